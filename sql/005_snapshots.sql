-- migrate:up
CREATE TABLE snapshots (
  snapshot_id    uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL REFERENCES tenants,
  label          text CHECK (length(label) <= 200),
  status         text NOT NULL DEFAULT 'BUILDING' CHECK (status IN ('BUILDING', 'READY', 'SEALED')),
  snapshot_bytes bytea,   -- BPC-SNAPSHOT-1
  snapshot_hash  text CHECK (snapshot_hash ~ '^[0-9a-f]{64}$'),
  secret         bytea CHECK (octet_length(secret) = 32),   -- salts the sections; made at seal, served to nobody
  created_at     timestamptz NOT NULL DEFAULT now(),
  sealed_at      timestamptz,
  CHECK ((status = 'SEALED') = (snapshot_bytes IS NOT NULL AND snapshot_hash IS NOT NULL AND secret IS NOT NULL AND sealed_at IS NOT NULL))
);
CREATE INDEX snapshots_tenant ON snapshots (tenant_id, snapshot_id);

CREATE TABLE snapshot_items (
  snapshot_id uuid NOT NULL REFERENCES snapshots,
  fact_id     uuid NOT NULL REFERENCES facts,
  tenant_id   uuid NOT NULL REFERENCES tenants,
  PRIMARY KEY (snapshot_id, fact_id)
);

-- migrate:down
DROP TABLE snapshot_items, snapshots;
