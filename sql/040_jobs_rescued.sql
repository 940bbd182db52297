-- migrate:up
-- Jobs that have lost a lease lie in lanes of their own: a silo runs one of them at a time (docs/jobs.md).
DROP INDEX jobs_lanes;
CREATE INDEX jobs_lanes ON jobs (tenant_id, type, priority, rescues, scheduled_at, job_id) WHERE status = 'QUEUED';

-- What a silo held is found at once when it dies, however many others run.
CREATE INDEX jobs_of_silo ON jobs (lease_silo) WHERE status = 'RUNNING';

-- migrate:down
DROP INDEX jobs_of_silo;
DROP INDEX jobs_lanes;
CREATE INDEX jobs_lanes ON jobs (tenant_id, type, priority, scheduled_at, job_id) WHERE status = 'QUEUED';
