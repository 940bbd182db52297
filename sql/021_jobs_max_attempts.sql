-- migrate:up
-- BPC_JOBS_MAX_ATTEMPTS_DEFAULT: a silo's sessions carry it as bpc.max_attempts; whoever enqueues by plain SQL gets 5.
ALTER TABLE jobs ALTER COLUMN max_attempts SET DEFAULT coalesce(nullif(current_setting('bpc.max_attempts', true), ''), '5')::int;

-- migrate:down
ALTER TABLE jobs ALTER COLUMN max_attempts SET DEFAULT 5;
