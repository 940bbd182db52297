-- migrate:up
-- The jobs table is the operators' console: the quickstart's UPDATEs must work on any row, so nothing refuses a
-- transition.
CREATE TABLE jobs (
  job_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id        uuid NOT NULL REFERENCES tenants,
  type             text NOT NULL,   -- no CHECK: silos of another build may know more types
  status           text NOT NULL DEFAULT 'QUEUED'
                   CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'DEAD_LETTER', 'CANCELLED')),
  payload          jsonb NOT NULL DEFAULT '{}',
  priority         int NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3),   -- lower runs first
  attempts         int NOT NULL DEFAULT 0,   -- counts starts: a job that kills its process runs out of them too
  -- BPC_JOBS_MAX_ATTEMPTS_DEFAULT: a silo's sessions carry it; whoever enqueues by plain SQL gets 5.
  max_attempts     int NOT NULL DEFAULT coalesce(nullif(current_setting('bpc.max_attempts', true), ''), '5')::int
                   CHECK (max_attempts >= 1),
  scheduled_at     timestamptz NOT NULL DEFAULT now(),
  created_at       timestamptz NOT NULL DEFAULT now(),
  started_at       timestamptz,
  completed_at     timestamptz,
  lease_owner      text,
  lease_expires_at timestamptz,
  lease_epoch      bigint NOT NULL DEFAULT 0,   -- fencing token: +1 at every claim, never reset
  lease_silo       text,
  rescues          int NOT NULL DEFAULT 0,
  last_error       jsonb,
  idempotency_key  text,
  -- What asked for it, across processes: the client's trace and its own word for the call (X-Correlation-Id). Defaults
  -- rather than arguments, so that jobs a function inserts (an event's webhook deliveries) carry them too; an operator
  -- may SET bpc.correlation_id before a plain INSERT.
  traceparent      text DEFAULT nullif(current_setting('bpc.traceparent', true), ''),
  correlation_id   text DEFAULT nullif(current_setting('bpc.correlation_id', true), ''),
  result           jsonb
);

-- Every step of a job writes an entry into each index that holds the row: so there are few, and most are partial.
-- jobs_lanes: what waits of one tenant, type and priority is a lane. Claims go lane by lane, so that what is paused,
-- limited or not yet due is stepped over in one hop, however much of it there is. Jobs that have lost a lease lie in
-- lanes of their own: a silo runs one of them at a time (docs/jobs.md).
-- jobs_leases: few jobs run at a time; what a dead silo held is looked for among them.
CREATE INDEX jobs_lanes  ON jobs (tenant_id, type, priority, rescues, scheduled_at, job_id) WHERE status = 'QUEUED';
CREATE INDEX jobs_leases ON jobs (lease_expires_at) WHERE status = 'RUNNING';
CREATE INDEX jobs_recent ON jobs (tenant_id, created_at DESC, job_id);
CREATE INDEX jobs_failed ON jobs (tenant_id, status, created_at DESC) WHERE status IN ('FAILED', 'DEAD_LETTER');
CREATE UNIQUE INDEX jobs_idempotency ON jobs (tenant_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Names the cause of the jobs inserted from here on, until the next call of it or the transaction's end.
CREATE FUNCTION bpc_caused_by(p_traceparent text, p_correlation_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('bpc.traceparent', coalesce(p_traceparent, ''), true),
          set_config('bpc.correlation_id', coalesce(p_correlation_id, ''), true);
END $$;

-- migrate:down
DROP TABLE jobs;
DROP FUNCTION bpc_caused_by(text, text);
