-- migrate:up
-- As with the times of jobs (043): from a time nobody can count with, no occurrence can be found.
UPDATE job_schedules SET handled_to = now() WHERE NOT (handled_to >= '2000-01-01Z' AND handled_to < '9999-01-01Z');
ALTER TABLE job_schedules ADD CONSTRAINT job_schedules_handled_to_is_from_2000_to_9998
  CHECK (handled_to >= '2000-01-01Z' AND handled_to < '9999-01-01Z');

-- migrate:down
ALTER TABLE job_schedules DROP CONSTRAINT job_schedules_handled_to_is_from_2000_to_9998;
