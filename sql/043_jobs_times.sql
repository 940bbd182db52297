-- migrate:up
-- A time no silo can count with ('infinity', a year beyond 9999) would stop the claims of the whole cluster. The
-- constraint's name is what whoever types one reads.
UPDATE jobs SET scheduled_at = CASE WHEN scheduled_at < '2000-01-01Z' THEN now() ELSE '9998-12-31Z' END
 WHERE NOT (scheduled_at >= '2000-01-01Z' AND scheduled_at < '9999-01-01Z');
UPDATE jobs SET created_at = now() WHERE NOT (created_at >= '2000-01-01Z' AND created_at < '9999-01-01Z');
ALTER TABLE jobs ADD CONSTRAINT jobs_times_are_from_2000_to_9998
  CHECK (scheduled_at >= '2000-01-01Z' AND scheduled_at < '9999-01-01Z'
         AND created_at >= '2000-01-01Z' AND created_at < '9999-01-01Z');

-- migrate:down
ALTER TABLE jobs DROP CONSTRAINT jobs_times_are_from_2000_to_9998;
