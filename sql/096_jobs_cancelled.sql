-- migrate:up
-- The word of a cancel names the claim too: one that comes late must not stop the next claim of the same job, and one
-- that comes before a silo knows of its claim waits for it.
CREATE OR REPLACE FUNCTION bpc_job_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bpc_jobs', NEW.job_id || ' ' || NEW.lease_epoch);
  RETURN NULL;
END $$;

-- migrate:down
CREATE OR REPLACE FUNCTION bpc_job_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bpc_jobs', NEW.job_id::text);
  RETURN NULL;
END $$;
