-- migrate:up
-- Jobs by the clock. An operator's INSERT, UPDATE or DELETE is all it takes; a silo notices within a second. Each
-- occurrence becomes one job in the whole cluster: its idempotency key is the schedule's name and the occurrence.
CREATE TABLE job_schedules (
  name       text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  tenant_id  uuid REFERENCES tenants,        -- NULL: one job for each tenant
  type       text NOT NULL,
  payload    jsonb NOT NULL DEFAULT '{}',
  priority   int NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3),
  cron       text NOT NULL,                  -- minute hour day month weekday, or with seconds before them
  time_zone  text NOT NULL DEFAULT 'UTC',    -- such as Europe/Vienna
  enabled    boolean NOT NULL DEFAULT true,
  catch_up   text NOT NULL DEFAULT 'last'    -- what was missed while no silo ran: the last occurrence, all (100), or none
             CHECK (catch_up IN ('last', 'all', 'none')),
  handled_to timestamptz NOT NULL DEFAULT now(),   -- the engine's: occurrences up to here have been dealt with
  last_error text                            -- the engine's: why it cannot be read
);

-- migrate:down
DROP TABLE job_schedules;
