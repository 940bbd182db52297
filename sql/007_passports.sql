-- migrate:up
CREATE TABLE battery_products (
  battery_product_id uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenants,
  sku                text NOT NULL CHECK (length(sku) BETWEEN 1 AND 100),
  name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  category           text NOT NULL CHECK (category IN ('EV', 'LMT', 'INDUSTRIAL')),
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, sku),
  UNIQUE (tenant_id, battery_product_id)
);

-- One passport an individual battery: (product, serial number).
CREATE TABLE passports (
  passport_id        uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL,
  battery_product_id uuid NOT NULL,
  serial_number      text NOT NULL CHECK (length(serial_number) BETWEEN 1 AND 100),
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, battery_product_id, serial_number),
  UNIQUE (tenant_id, passport_id),
  FOREIGN KEY (tenant_id, battery_product_id) REFERENCES battery_products (tenant_id, battery_product_id)
);

CREATE TABLE signing_keys (
  signing_key_id text PRIMARY KEY,
  public_key     bytea NOT NULL CHECK (octet_length(public_key) = 32),
  created_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (signing_key_id, public_key)
);

CREATE TABLE passport_versions (
  passport_version_id     uuid PRIMARY KEY,
  tenant_id               uuid NOT NULL,
  passport_id             uuid NOT NULL,
  snapshot_id             uuid NOT NULL,
  rule_package_version_id uuid NOT NULL,
  compile_job_id          uuid NOT NULL,   -- the same job run again finds its version
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
  signing_key_id          text,
  signing_public_key      bytea,
  qr_payload              text,
  qr_png                  bytea,
  signed_at               timestamptz,
  activated_at            timestamptz,
  superseded_at           timestamptz,
  superseded_by           uuid,
  revoked_at              timestamptz,
  revoke_reason           text CHECK (length(revoke_reason) <= 2000),
  created_at              timestamptz NOT NULL DEFAULT now(),
  -- A young database has no statistics, and the planner takes any of the indexes that begin with the tenant for a
  -- question that names it, even one to be read for all the tenant has: so one begins with the tenant.
  UNIQUE (tenant_id, passport_version_id),
  UNIQUE (compile_job_id, tenant_id),
  UNIQUE (passport_id, passport_version_id, tenant_id),
  FOREIGN KEY (tenant_id, passport_id) REFERENCES passports (tenant_id, passport_id),
  FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, snapshot_id),
  FOREIGN KEY (tenant_id, rule_package_version_id)
    REFERENCES rule_package_versions (tenant_id, rule_package_version_id),
  FOREIGN KEY (signing_key_id, signing_public_key) REFERENCES signing_keys (signing_key_id, public_key),
  FOREIGN KEY (tenant_id, passport_id, superseded_by)   -- only by a version of the same passport
    REFERENCES passport_versions (tenant_id, passport_id, passport_version_id),
  CHECK (num_nulls(signature, signing_key_id, signing_public_key, signed_at)
         = CASE status WHEN 'COMPILING' THEN 4 ELSE 0 END),
  CHECK (num_nulls(qr_payload, qr_png) IN (0, 2)),
  CHECK (status <> 'ACTIVE' OR (qr_png IS NOT NULL AND activated_at IS NOT NULL)),
  CHECK (status <> 'SUPERSEDED' OR superseded_at IS NOT NULL),
  CHECK ((status = 'REVOKED') = (revoked_at IS NOT NULL AND revoke_reason IS NOT NULL))
);
CREATE UNIQUE INDEX passport_versions_one_active ON passport_versions (passport_id) WHERE status = 'ACTIVE';

-- The four sections, by who may see them. Their bytes are what the payload's hashes stand for.
CREATE TABLE passport_sections (
  passport_version_id uuid NOT NULL,
  section             text NOT NULL CHECK (section IN ('public', 'restricted', 'authorities', 'legitimate_interest')),
  tenant_id           uuid NOT NULL,
  content             bytea NOT NULL,
  PRIMARY KEY (passport_version_id, section),
  FOREIGN KEY (tenant_id, passport_version_id) REFERENCES passport_versions (tenant_id, passport_version_id)
);

CREATE TABLE passport_exports (
  export_id           uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL,
  passport_version_id uuid NOT NULL,
  job_id              uuid UNIQUE,
  format              text NOT NULL CHECK (format IN ('bundle')),
  content             bytea NOT NULL,
  sha256              text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  created_at          timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, passport_version_id) REFERENCES passport_versions (tenant_id, passport_version_id)
);
CREATE INDEX passport_exports_version ON passport_exports (passport_version_id, created_at DESC);

-- migrate:down
DROP TABLE passport_exports, passport_sections, passport_versions, signing_keys, passports, battery_products;
