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
  UNIQUE (tenant_id, snapshot_id),
  CHECK (num_nulls(snapshot_bytes, snapshot_hash, secret, sealed_at) = CASE status WHEN 'SEALED' THEN 0 ELSE 4 END)
);

CREATE TABLE snapshot_items (
  snapshot_id uuid NOT NULL,
  fact_id     uuid NOT NULL,
  tenant_id   uuid NOT NULL,
  PRIMARY KEY (snapshot_id, fact_id),
  FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, snapshot_id),
  FOREIGN KEY (tenant_id, fact_id) REFERENCES facts (tenant_id, fact_id)
);

-- migrate:down
DROP TABLE snapshot_items, snapshots;
