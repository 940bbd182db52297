-- migrate:up
-- The state a grain keeps for itself (a dispatcher's statistics, a circuit breaker, a token bucket); the domain's is in
-- our tables.
CREATE TABLE orleans_grain_state (
  service_id    text NOT NULL,
  grain_type    text NOT NULL,
  key_n0        bigint NOT NULL,   -- a grain's key: two numbers (of a uuid or an integer) and a text
  key_n1        bigint NOT NULL,
  key_text      text NOT NULL,
  payload       bytea,             -- null: cleared
  version       int NOT NULL,
  modified_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (service_id, grain_type, key_n0, key_n1, key_text)
);

-- A write names the version it read, or none if it saw no row. No row in the answer means that somebody else wrote in
-- between.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $query$
SELECT payload AS PayloadBinary, version AS Version
  FROM orleans_grain_state
 WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
   AND key_text = coalesce(@GrainIdExtensionString, '')
$query$),

('WriteToStorageKey', $query$
WITH updated AS (
  UPDATE orleans_grain_state SET payload = @PayloadBinary, version = version + 1, modified_at = now()
   WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
     AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
  RETURNING version),
inserted AS (
  INSERT INTO orleans_grain_state (service_id, grain_type, key_n0, key_n1, key_text, payload, version)
  SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), @PayloadBinary, 1
   WHERE @GrainStateVersion IS NULL
  ON CONFLICT DO NOTHING
  RETURNING version)
SELECT version AS NewGrainStateVersion FROM updated UNION ALL SELECT version FROM inserted
$query$),

('ClearStorageKey', $query$
UPDATE orleans_grain_state SET payload = NULL, version = version + 1, modified_at = now()
 WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
   AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
$query$),

('DeleteStorageKey', $query$
DELETE FROM orleans_grain_state
 WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
   AND key_text = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
$query$);

-- migrate:down
DELETE FROM OrleansQuery
 WHERE QueryKey IN ('ReadFromStorageKey', 'WriteToStorageKey', 'ClearStorageKey', 'DeleteStorageKey');
DROP TABLE orleans_grain_state;
