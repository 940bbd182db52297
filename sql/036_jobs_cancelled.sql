-- migrate:up
-- Whoever cancels a running job, by whatever statement, tells the silos which: the one that runs it stops its handler
-- at once. Were the word lost, its next renewal would tell it.
CREATE FUNCTION bpc_job_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bpc_jobs', NEW.job_id::text);
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_cancelled AFTER UPDATE OF status ON jobs
  FOR EACH ROW WHEN (OLD.status = 'RUNNING' AND NEW.status = 'CANCELLED') EXECUTE FUNCTION bpc_job_cancelled();

-- migrate:down
DROP TRIGGER jobs_cancelled ON jobs;
DROP FUNCTION bpc_job_cancelled();
