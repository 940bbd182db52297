-- migrate:up
CREATE TABLE documents (
  document_id  uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants,
  kind         text NOT NULL CHECK (kind IN ('BOM', 'PCF', 'DUE_DILIGENCE', 'ITEMS', 'OTHER')),
  external_ref text CHECK (length(external_ref) <= 200),
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, document_id)
);

CREATE TABLE document_versions (
  document_version_id uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL,
  document_id         uuid NOT NULL,
  version             int NOT NULL CHECK (version >= 1),
  mime_type           text NOT NULL CHECK (mime_type IN ('application/json', 'text/csv')),
  content             bytea NOT NULL CHECK (octet_length(content) <= 10485760),
  sha256              text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  status              text NOT NULL DEFAULT 'UPLOADED' CHECK (status IN ('UPLOADED', 'VALIDATED', 'REJECTED')),
  violations          jsonb,   -- [{where, message}] of a REJECTED version
  created_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (document_id, version),
  UNIQUE (tenant_id, document_version_id),
  FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, document_id),
  CHECK ((status = 'REJECTED') = (violations IS NOT NULL))
);

CREATE TABLE facts (
  fact_id             uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL,
  document_version_id uuid NOT NULL,
  fact_type           text NOT NULL CHECK (length(fact_type) BETWEEN 1 AND 100),
  fact_key            text NOT NULL CHECK (length(fact_key) BETWEEN 1 AND 500),
  payload             bytea NOT NULL,   -- canonical bytes
  payload_hash        text NOT NULL CHECK (payload_hash ~ '^[0-9a-f]{64}$'),
  created_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (document_version_id, fact_type, fact_key),
  UNIQUE (tenant_id, fact_id),
  FOREIGN KEY (tenant_id, document_version_id) REFERENCES document_versions (tenant_id, document_version_id)
);
CREATE INDEX facts_key ON facts (tenant_id, fact_type, fact_key text_pattern_ops);

-- migrate:down
DROP TABLE facts, document_versions, documents;
