-- migrate:up
CREATE TABLE orleans_reminders (
  service_id    text NOT NULL,
  grain_id      text NOT NULL,
  reminder_name text NOT NULL,
  start_at      timestamptz NOT NULL,
  period        bigint NOT NULL,   -- milliseconds
  grain_hash    int NOT NULL,      -- the grain's place on the ring: each silo serves a range of it
  version       int NOT NULL,
  PRIMARY KEY (service_id, grain_id, reminder_name)
);
CREATE INDEX orleans_reminders_ring ON orleans_reminders (service_id, grain_hash);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('UpsertReminderRowKey', $query$
INSERT INTO orleans_reminders AS r (service_id, grain_id, reminder_name, start_at, period, grain_hash, version)
VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
ON CONFLICT (service_id, grain_id, reminder_name) DO UPDATE
   SET start_at = excluded.start_at, period = excluded.period, grain_hash = excluded.grain_hash, version = r.version + 1
RETURNING version AS Version
$query$),

('ReadReminderRowKey', $query$
SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
  FROM orleans_reminders
 WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName
$query$),

('ReadReminderRowsKey', $query$
SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
  FROM orleans_reminders
 WHERE service_id = @ServiceId AND grain_id = @GrainId
$query$),

-- A range begins after its first hash and ends with its last; the second kind runs over the end of the ring.
('ReadRangeRows1Key', $query$
SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
  FROM orleans_reminders
 WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash
$query$),

('ReadRangeRows2Key', $query$
SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
  FROM orleans_reminders
 WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)
$query$),

('DeleteReminderRowKey', $query$
WITH deleted AS (
  DELETE FROM orleans_reminders
   WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName AND version = @Version
  RETURNING 1)
SELECT EXISTS (SELECT FROM deleted)
$query$),

('DeleteReminderRowsKey', $query$
DELETE FROM orleans_reminders WHERE service_id = @ServiceId
$query$);

-- migrate:down
DELETE FROM OrleansQuery WHERE QueryKey IN (
  'UpsertReminderRowKey', 'ReadReminderRowKey', 'ReadReminderRowsKey', 'ReadRangeRows1Key', 'ReadRangeRows2Key',
  'DeleteReminderRowKey', 'DeleteReminderRowsKey');
DROP TABLE orleans_reminders;
