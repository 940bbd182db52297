-- migrate:up
-- How much of the cluster a tenant gets while others wait too; who has no row has weight 1.
CREATE TABLE job_weights (
  tenant_id uuid PRIMARY KEY REFERENCES tenants,
  weight    int NOT NULL CHECK (weight BETWEEN 1 AND 1000)
);

-- What is not to be started: all of a tenant, all of a type, or that type of that tenant. NULL means every one; a row
-- of two NULLs pauses everything. What runs already ends as it would.
CREATE TABLE job_pauses (
  tenant_id  uuid REFERENCES tenants,
  type       text,
  reason     text CHECK (length(reason) <= 500),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX job_pauses_once ON job_pauses (coalesce(tenant_id::text, ''), coalesce(type, ''));

-- How much may run at once, and how much may start in a minute, in the whole cluster. A job must fit all rows that
-- speak of it.
CREATE TABLE job_limits (
  job_limit_id   uuid PRIMARY KEY DEFAULT bpc_uuid7(),
  tenant_id      uuid REFERENCES tenants,
  type           text,
  max_running    int CHECK (max_running >= 0),
  max_per_minute int CHECK (max_per_minute >= 1),
  tokens         double precision NOT NULL DEFAULT 1,   -- the engine's: starts that are free now, as of refilled_at
  refilled_at    timestamptz NOT NULL DEFAULT now(),
  CHECK (max_running IS NOT NULL OR max_per_minute IS NOT NULL)
);
CREATE UNIQUE INDEX job_limits_once ON job_limits (coalesce(tenant_id::text, ''), coalesce(type, ''));

-- Resumed, or given more room: look at once.
CREATE TRIGGER job_pauses_wake AFTER UPDATE OR DELETE ON job_pauses
  FOR EACH STATEMENT EXECUTE FUNCTION bpc_jobs_wake();
CREATE TRIGGER job_limits_wake AFTER UPDATE OF tenant_id, type, max_running, max_per_minute OR DELETE ON job_limits
  FOR EACH STATEMENT EXECUTE FUNCTION bpc_jobs_wake();

-- migrate:down
DROP TABLE job_limits, job_pauses, job_weights;
