-- migrate:up
-- Few jobs run at a time, and jobs_leases finds them: a dead silo's are looked for among them, so that no claim and no
-- end writes an entry for it.
DROP INDEX jobs_of_silo;

-- migrate:down
CREATE INDEX jobs_of_silo ON jobs (lease_silo) WHERE status = 'RUNNING';
