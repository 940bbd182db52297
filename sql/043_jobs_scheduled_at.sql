-- migrate:up
-- A time no silo can count with ('infinity', a year beyond 9999) would stop the claims of the whole cluster. The
-- constraint's name is what whoever types one reads.
UPDATE jobs SET scheduled_at = CASE WHEN scheduled_at < '2000-01-01Z' THEN created_at ELSE '9998-12-31Z' END
 WHERE NOT (scheduled_at >= '2000-01-01Z' AND scheduled_at < '9999-01-01Z');
ALTER TABLE jobs ADD CONSTRAINT jobs_scheduled_at_is_from_2000_to_9998
  CHECK (scheduled_at >= '2000-01-01Z' AND scheduled_at < '9999-01-01Z');

-- migrate:down
ALTER TABLE jobs DROP CONSTRAINT jobs_scheduled_at_is_from_2000_to_9998;
