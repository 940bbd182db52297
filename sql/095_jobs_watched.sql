-- migrate:up
-- NOTIFY lets one transaction commit at a time. So a silo that hears many promises to look by itself until a moment
-- that it writes down here (milliseconds since 1970), and until then plain SQL notifies nobody. A sequence, because its
-- value is seen at once, by every snapshot, and leaves no dead rows. What a silo does for those who commit later than
-- that: grains/Jobs/JobWatch.cs.
CREATE SEQUENCE bpc_jobs_watched;
ALTER SEQUENCE bpc_jobs_watched OWNER TO bpc_owner;
GRANT SELECT ON SEQUENCE bpc_jobs_watched TO PUBLIC;
GRANT UPDATE ON SEQUENCE bpc_jobs_watched TO bpc_worker;

-- search_path: whoever restores a dump or writes public.jobs may have none.
CREATE OR REPLACE FUNCTION bpc_jobs_wake() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF (SELECT last_value FROM bpc_jobs_watched) < extract(epoch FROM clock_timestamp()) * 1000 THEN
    PERFORM pg_notify('bpc_jobs', '');
  END IF;
  RETURN NULL;
END $$;

-- migrate:down
CREATE OR REPLACE FUNCTION bpc_jobs_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bpc_jobs', '');
  RETURN NULL;
END $$;
DROP SEQUENCE bpc_jobs_watched;
