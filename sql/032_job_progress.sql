-- migrate:up
-- How far a running job is, and the last lines it said: one row per job, apart from jobs, whose rows change often enough.
-- It is written outside the job's transaction, under the fence, and outlives the run until the job itself is removed.
CREATE TABLE job_progress (
  job_id      uuid PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
  tenant_id   uuid NOT NULL REFERENCES tenants,
  lease_epoch bigint NOT NULL,   -- of the claim that speaks; the next one starts afresh
  done        bigint NOT NULL,
  total       bigint,
  lines       text[] NOT NULL DEFAULT '{}',   -- the last 20, each with its time
  updated_at  timestamptz NOT NULL
);

-- migrate:down
DROP TABLE job_progress;
