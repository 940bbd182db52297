-- migrate:up
-- Everything belongs to a tenant, and references carry the tenant with the id, so that rows of two tenants are never
-- linked.
CREATE TABLE tenants (
  tenant_id  uuid PRIMARY KEY,
  slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  api_key_id   uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants,
  prefix       text NOT NULL UNIQUE,            -- the part of the key that may be shown; a request finds its row by it
  key_hash     bytea NOT NULL CHECK (octet_length(key_hash) = 32),   -- HMAC-SHA256(pepper, key); the key is nowhere
  role         text NOT NULL CHECK (role IN ('Admin', 'ComplianceOfficer', 'Auditor')),
  label        text CHECK (length(label) <= 200),
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id);

-- The same key with the same body replays the first answer; with another body it is IDEMPOTENCY_CONFLICT.
CREATE TABLE idempotency_keys (
  tenant_id    uuid NOT NULL REFERENCES tenants,
  key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  request_hash text NOT NULL,
  response     jsonb NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- migrate:down
DROP TABLE idempotency_keys, api_keys, tenants;
