-- migrate:up
-- NOTIFY lets one transaction commit at a time (16 inserters: 13,100 rows a second without, 2,900 with). So a silo that
-- hears many promises to look by itself until a moment that it writes down here (milliseconds since 1970), and until then
-- plain SQL notifies nobody. A sequence, because its value is seen at once, by every snapshot, and leaves no dead rows.
-- What a silo does for those who commit later than that: grains/Jobs/Waking/JobWatch.cs.
CREATE SEQUENCE bpc_jobs_watched;

-- Whoever queues a job by plain SQL wakes the dispatchers at once. Once a statement, whatever its rows: a bulk insert is
-- one notification. A silo's own sessions, which wake their dispatcher by a call, set bpc.skip_notify and pay only for the
-- trigger's WHEN.
-- search_path: whoever restores a dump or writes public.jobs may have none.
CREATE FUNCTION bpc_jobs_wake() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF (SELECT last_value FROM bpc_jobs_watched) < extract(epoch FROM clock_timestamp()) * 1000 THEN
    PERFORM pg_notify('bpc_jobs', '');
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_wake AFTER INSERT OR UPDATE OF status, scheduled_at ON jobs
  FOR EACH STATEMENT WHEN (current_setting('bpc.skip_notify', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION bpc_jobs_wake();

-- Whoever cancels a running job, by whatever statement, tells the silos which: the one that runs it stops its handler
-- at once. Were the word lost, its next renewal would tell it. The word names the claim too: one that comes late must
-- not stop the next claim of the same job, and one that comes before a silo knows of its claim waits for it.
CREATE FUNCTION bpc_job_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bpc_jobs', NEW.job_id || ' ' || NEW.lease_epoch);
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_cancelled AFTER UPDATE OF status ON jobs
  FOR EACH ROW WHEN (OLD.status = 'RUNNING' AND NEW.status = 'CANCELLED') EXECUTE FUNCTION bpc_job_cancelled();

-- migrate:down
DROP TRIGGER jobs_cancelled ON jobs;
DROP TRIGGER jobs_wake ON jobs;
DROP FUNCTION bpc_job_cancelled(), bpc_jobs_wake();
DROP SEQUENCE bpc_jobs_watched;
