-- migrate:up
-- Jobs without a key need no entry: every step of a job writes one into each index that holds it.
ALTER TABLE jobs DROP CONSTRAINT jobs_tenant_id_type_idempotency_key_key;
CREATE UNIQUE INDEX jobs_idempotency ON jobs (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- migrate:down
DROP INDEX jobs_idempotency;
ALTER TABLE jobs ADD UNIQUE (tenant_id, type, idempotency_key);
