-- migrate:up
-- One row a cluster. Every change of its members carries the version it was decided on, and takes the next: of two
-- silos that decide on one version, one wins and the other reads again.
CREATE TABLE orleans_clusters (
  cluster_id text PRIMARY KEY,
  version    int NOT NULL DEFAULT 0
);

CREATE TABLE orleans_members (
  cluster_id    text NOT NULL REFERENCES orleans_clusters ON DELETE CASCADE,
  address       text NOT NULL,
  port          int NOT NULL,
  generation    int NOT NULL,   -- tells a restarted silo from its predecessor on the same port
  silo_name     text NOT NULL,
  host_name     text NOT NULL,
  status        int NOT NULL,   -- SiloStatus: 3 is Active, 6 is Dead
  gateway_port  int NOT NULL,   -- 0: takes no clients
  suspect_times text,
  started_at    timestamptz NOT NULL,
  alive_at      timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $query$
WITH inserted AS (
  INSERT INTO orleans_clusters (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT EXISTS (SELECT FROM inserted)
$query$),

('InsertMembershipKey', $query$
WITH decided AS (
  UPDATE orleans_clusters SET version = version + 1
   WHERE cluster_id = @DeploymentId AND version = @Version
     AND NOT EXISTS (SELECT FROM orleans_members
                      WHERE cluster_id = @DeploymentId
                        AND address = @Address AND port = @Port AND generation = @Generation)
  RETURNING cluster_id),
inserted AS (
  INSERT INTO orleans_members (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port,
                               started_at, alive_at)
  SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM decided
  RETURNING 1)
SELECT EXISTS (SELECT FROM inserted)
$query$),

('UpdateMembershipKey', $query$
WITH decided AS (
  UPDATE orleans_clusters SET version = version + 1
   WHERE cluster_id = @DeploymentId AND version = @Version
     AND EXISTS (SELECT FROM orleans_members
                  WHERE cluster_id = @DeploymentId
                    AND address = @Address AND port = @Port AND generation = @Generation)
  RETURNING cluster_id),
updated AS (
  UPDATE orleans_members m SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
    FROM decided d
   WHERE m.cluster_id = d.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
  RETURNING 1)
SELECT EXISTS (SELECT FROM updated)
$query$),

('UpdateIAmAlivetimeKey', $query$
UPDATE orleans_members SET alive_at = @IAmAliveTime
 WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$query$),

('MembershipReadRowKey', $query$
SELECT c.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
       m.host_name AS HostName, m.status AS Status, m.gateway_port AS ProxyPort, m.suspect_times AS SuspectTimes,
       m.started_at AS StartTime, m.alive_at AS IAmAliveTime
  FROM orleans_clusters c
  LEFT JOIN orleans_members m ON m.cluster_id = c.cluster_id
                             AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
 WHERE c.cluster_id = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
SELECT c.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName,
       m.host_name AS HostName, m.status AS Status, m.gateway_port AS ProxyPort, m.suspect_times AS SuspectTimes,
       m.started_at AS StartTime, m.alive_at AS IAmAliveTime
  FROM orleans_clusters c
  LEFT JOIN orleans_members m ON m.cluster_id = c.cluster_id
 WHERE c.cluster_id = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
  FROM orleans_members
 WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$query$),

('DeleteMembershipTableEntriesKey', $query$
DELETE FROM orleans_clusters WHERE cluster_id = @DeploymentId
$query$),

('CleanupDefunctSiloEntriesKey', $query$
DELETE FROM orleans_members WHERE cluster_id = @DeploymentId AND alive_at < @IAmAliveTime AND status = 6
$query$);

-- migrate:down
DELETE FROM OrleansQuery WHERE QueryKey IN (
  'InsertMembershipVersionKey', 'InsertMembershipKey', 'UpdateMembershipKey', 'UpdateIAmAlivetimeKey',
  'MembershipReadRowKey', 'MembershipReadAllKey', 'GatewaysQueryKey',
  'DeleteMembershipTableEntriesKey', 'CleanupDefunctSiloEntriesKey');
DROP TABLE orleans_members, orleans_clusters;
