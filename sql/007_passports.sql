-- migrate:up
CREATE TABLE battery_products (
  battery_product_id uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenants,
  sku                text NOT NULL CHECK (length(sku) BETWEEN 1 AND 100),
  name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  category           text NOT NULL CHECK (category IN ('EV', 'LMT', 'INDUSTRIAL')),
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, sku)
);

-- One passport an individual battery: (product, serial number).
CREATE TABLE passports (
  passport_id        uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenants,
  battery_product_id uuid NOT NULL REFERENCES battery_products,
  serial_number      text NOT NULL CHECK (length(serial_number) BETWEEN 1 AND 100),
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, battery_product_id, serial_number)
);

CREATE TABLE signing_keys (
  signing_key_id text PRIMARY KEY,
  public_key     bytea NOT NULL CHECK (octet_length(public_key) = 32),
  created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE passport_versions (
  passport_version_id     uuid PRIMARY KEY,
  tenant_id               uuid NOT NULL REFERENCES tenants,
  passport_id             uuid NOT NULL REFERENCES passports,
  snapshot_id             uuid NOT NULL REFERENCES snapshots,
  rule_package_version_id uuid NOT NULL REFERENCES rule_package_versions,
  compile_job_id          uuid NOT NULL UNIQUE,   -- the same job run again finds its version
  status                  text NOT NULL DEFAULT 'COMPILING'
                          CHECK (status IN ('COMPILING', 'SIGNED', 'ACTIVE', 'SUPERSEDED', 'REVOKED')),
  issued_at               timestamptz NOT NULL,
  compiler_build_id       text NOT NULL,
  payload                 bytea NOT NULL,
  payload_hash            text NOT NULL CHECK (payload_hash ~ '^[0-9a-f]{64}$'),
  proof                   bytea NOT NULL,
  proof_root_hash         text NOT NULL CHECK (proof_root_hash ~ '^[0-9a-f]{64}$'),
  receipt                 bytea NOT NULL,
  receipt_hash            text NOT NULL CHECK (receipt_hash ~ '^[0-9a-f]{64}$'),
  signature               bytea CHECK (octet_length(signature) = 64),
  signing_key_id          text REFERENCES signing_keys,
  signing_public_key      bytea CHECK (octet_length(signing_public_key) = 32),
  qr_payload              text,
  qr_png                  bytea,
  signed_at               timestamptz,
  activated_at            timestamptz,
  superseded_at           timestamptz,
  superseded_by           uuid REFERENCES passport_versions,
  revoked_at              timestamptz,
  revoke_reason           text CHECK (length(revoke_reason) <= 2000),
  created_at              timestamptz NOT NULL DEFAULT now(),
  CHECK (status = 'COMPILING' OR (signature IS NOT NULL AND signing_key_id IS NOT NULL AND signing_public_key IS NOT NULL)),
  CHECK (status <> 'ACTIVE' OR qr_png IS NOT NULL),
  CHECK ((status = 'REVOKED') = (revoked_at IS NOT NULL))
);
CREATE UNIQUE INDEX passport_versions_one_active ON passport_versions (passport_id) WHERE status = 'ACTIVE';
CREATE INDEX passport_versions_passport ON passport_versions (tenant_id, passport_id, passport_version_id);

-- The four sections, by who may see them. Their bytes are what the payload's hashes stand for.
CREATE TABLE passport_sections (
  passport_version_id uuid NOT NULL REFERENCES passport_versions,
  section             text NOT NULL CHECK (section IN ('public', 'restricted', 'authorities', 'legitimate_interest')),
  tenant_id           uuid NOT NULL REFERENCES tenants,
  content             bytea NOT NULL,
  PRIMARY KEY (passport_version_id, section)
);

CREATE TABLE passport_exports (
  export_id           uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL REFERENCES tenants,
  passport_version_id uuid NOT NULL REFERENCES passport_versions,
  job_id              uuid UNIQUE,
  format              text NOT NULL CHECK (format IN ('bundle')),
  content             bytea NOT NULL,
  sha256              text NOT NULL,
  created_at          timestamptz NOT NULL DEFAULT now()
);

-- migrate:down
DROP TABLE passport_exports, passport_sections, passport_versions, signing_keys, passports, battery_products;
