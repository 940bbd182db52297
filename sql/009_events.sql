-- migrate:up
CREATE TABLE events (
  event_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id         uuid NOT NULL REFERENCES tenants,
  aggregate_type    text NOT NULL CHECK (aggregate_type ~ '^[a-z_]{1,40}$'),
  aggregate_id      uuid NOT NULL,
  aggregate_version bigint NOT NULL CHECK (aggregate_version >= 1),
  event_type        text NOT NULL CHECK (event_type ~ '^[a-z_]{1,40}\.[a-z_]{1,40}$'),
  occurred_at       timestamptz NOT NULL,
  actor_id          text NOT NULL CHECK (length(actor_id) BETWEEN 1 AND 200),
  payload           text NOT NULL,   -- canonical JSON
  payload_hash      text NOT NULL CHECK (payload_hash ~ '^[0-9a-f]{64}$'),
  prev_event_hash   text,
  event_hash        text NOT NULL CHECK (event_hash ~ '^[0-9a-f]{64}$'),
  UNIQUE (tenant_id, aggregate_type, aggregate_id, aggregate_version),
  CHECK ((aggregate_version = 1) = (prev_event_hash IS NULL))
);
CREATE INDEX events_tenant ON events (tenant_id, event_id);

-- The one way to append: takes the aggregates' locks, makes versions, previous hashes and hashes, and fans out to
-- webhooks, all in the caller's transaction. event_hash = SHA-256 of canonical {actor_id … tenant_id}, members in
-- ordinal order. What many jobs append in one transaction is one statement.
CREATE FUNCTION append_events(
  p_tenants uuid[], p_aggregate_types text[], p_aggregates uuid[], p_event_types text[], p_actors text[],
  p_payloads text[], p_traceparents text[], p_correlation_ids text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz; v_round int := 0; v_events bigint[]; v_left int := cardinality(p_aggregates);
BEGIN
  -- In one order whoever asks, so that no two wait for each other.
  PERFORM pg_advisory_xact_lock(key)
     FROM (SELECT DISTINCT hashtextextended(tenant::text || type || aggregate, 7) AS key
             FROM unnest(p_tenants, p_aggregate_types, p_aggregates) AS e (tenant, type, aggregate) ORDER BY key) locks;
  v_now := clock_timestamp();   -- under the locks: in a chain time never runs backwards, as a transaction's start may
  WHILE v_left > 0 LOOP   -- an aggregate's n-th event of these in the n-th round; nearly always there is one round
    v_round := v_round + 1;
    WITH asked AS (
      SELECT e.*, row_number() OVER (PARTITION BY tenant_id, aggregate_type, aggregate_id ORDER BY place) AS n
        FROM unnest(p_tenants, p_aggregate_types, p_aggregates, p_event_types, p_actors, p_payloads) WITH ORDINALITY
             AS e (tenant_id, aggregate_type, aggregate_id, event_type, actor_id, payload, place)),
    chained AS MATERIALIZED (
      SELECT a.*, bpc_sha256(a.payload) AS payload_hash, coalesce(last.aggregate_version, 0) + 1 AS aggregate_version,
             last.event_hash AS prev_event_hash
        FROM asked a LEFT JOIN LATERAL (
             SELECT event_hash, aggregate_version FROM events e
              WHERE e.tenant_id = a.tenant_id AND e.aggregate_type = a.aggregate_type
                AND e.aggregate_id = a.aggregate_id
              ORDER BY aggregate_version DESC LIMIT 1) last ON true
       WHERE a.n = v_round),
    appended AS (
      INSERT INTO events (tenant_id, aggregate_type, aggregate_id, aggregate_version, event_type, occurred_at, actor_id,
                          payload, payload_hash, prev_event_hash, event_hash)
      SELECT tenant_id, aggregate_type, aggregate_id, aggregate_version, event_type, v_now, actor_id, payload,
             payload_hash, prev_event_hash,
             bpc_sha256('{"actor_id":' || to_json(actor_id) || ',"aggregate_id":"' || aggregate_id
               || '","aggregate_type":"' || aggregate_type || '","aggregate_version":' || aggregate_version
               || ',"event_type":"' || event_type || '","occurred_at":"' || bpc_time(v_now)
               || '","payload_hash":"' || payload_hash || '","prev_event_hash":'
               || coalesce('"' || prev_event_hash || '"', 'null') || ',"tenant_id":"' || tenant_id || '"}')
        FROM chained ORDER BY place
      RETURNING event_id)
    SELECT array_agg(event_id ORDER BY event_id) INTO v_events FROM appended;
    v_left := v_left - cardinality(v_events);
    -- Asked beforehand, because most tenants have none, and getting ready to insert nothing takes a tenth of a
    -- millisecond.
    IF EXISTS (SELECT FROM webhook_endpoints WHERE tenant_id = ANY (p_tenants) AND status = 'ENABLED') THEN
      PERFORM bpc_deliver_events(
        v_events, v_round, p_tenants, p_aggregate_types, p_aggregates, p_traceparents, p_correlation_ids);
    END IF;
  END LOOP;
  RETURN v_events[cardinality(v_events)];
END $$;

-- A delivery and its job for each endpoint that wants one of these events, with what the event was caused by: the n-th
-- event of an aggregate by the n-th that was asked for it.
CREATE FUNCTION bpc_deliver_events(
  p_events bigint[], p_n int, p_tenants uuid[], p_aggregate_types text[], p_aggregates uuid[], p_traceparents text[],
  p_correlation_ids text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH asked AS (
    SELECT e.*, row_number() OVER (PARTITION BY tenant_id, aggregate_type, aggregate_id ORDER BY place) AS n
      FROM unnest(p_tenants, p_aggregate_types, p_aggregates, p_traceparents, p_correlation_ids) WITH ORDINALITY
           AS e (tenant_id, aggregate_type, aggregate_id, traceparent, correlation_id, place)),
  delivered AS (
    INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_id, event_type, body)
    SELECT bpc_uuid7(), a.tenant_id, e.webhook_endpoint_id, a.event_id, a.event_type,
           '{"event_id":' || a.event_id || ',"event_type":"' || a.event_type || '","occurred_at":"'
           || bpc_time(a.occurred_at) || '","aggregate_type":"' || a.aggregate_type || '","aggregate_id":"'
           || a.aggregate_id || '","data":' || a.payload || '}'
      FROM events a JOIN webhook_endpoints e ON e.tenant_id = a.tenant_id AND e.status = 'ENABLED'
     WHERE a.event_id = ANY (p_events)
       AND EXISTS (SELECT FROM webhook_subscriptions s
                    WHERE s.tenant_id = a.tenant_id AND s.webhook_endpoint_id = e.webhook_endpoint_id
                      AND s.event_type IN (a.event_type, '*'))
    RETURNING webhook_delivery_id, event_id)
  INSERT INTO jobs (job_id, tenant_id, type, payload, max_attempts, idempotency_key, traceparent, correlation_id)
  SELECT bpc_uuid7(), a.tenant_id, 'DELIVER_WEBHOOK',
         jsonb_build_object('webhook_delivery_id', d.webhook_delivery_id), 12, d.webhook_delivery_id::text,
         coalesce(c.traceparent, nullif(current_setting('bpc.traceparent', true), '')),
         coalesce(c.correlation_id, nullif(current_setting('bpc.correlation_id', true), ''))
    FROM delivered d JOIN events a USING (event_id)
    JOIN asked c USING (tenant_id, aggregate_type, aggregate_id)
   WHERE c.n = p_n;
END $$;

-- The same for one event.
CREATE FUNCTION append_event(
  p_tenant uuid, p_aggregate_type text, p_aggregate uuid, p_event_type text, p_actor text, p_payload text)
RETURNS bigint LANGUAGE sql AS $$
  SELECT append_events(ARRAY[p_tenant], ARRAY[p_aggregate_type], ARRAY[p_aggregate], ARRAY[p_event_type],
                       ARRAY[p_actor], ARRAY[p_payload], ARRAY[NULL::text], ARRAY[NULL::text])
$$;

ALTER TABLE webhook_deliveries ADD FOREIGN KEY (event_id) REFERENCES events;

-- migrate:down
DROP FUNCTION append_event(uuid, text, uuid, text, text, text),
  bpc_deliver_events(bigint[], int, uuid[], text[], uuid[], text[], text[]),
  append_events(uuid[], text[], uuid[], text[], text[], text[], text[], text[]);
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_event_id_fkey;
DROP TABLE events;
