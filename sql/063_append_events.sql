-- migrate:up
-- What many jobs append in one transaction costs one statement, not six of plpgsql for each event. append_event is the
-- same for one.
CREATE FUNCTION append_events(
  p_tenants uuid[], p_aggregate_types text[], p_aggregates uuid[], p_event_types text[], p_actors text[],
  p_payloads text[], p_traceparents text[], p_correlation_ids text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz; v_round int := 0; v_event bigint; v_appended int; v_left int := cardinality(p_aggregates);
BEGIN
  -- In one order whoever asks, so that no two wait for each other.
  PERFORM pg_advisory_xact_lock(key)
     FROM (SELECT DISTINCT hashtextextended(tenant::text || type || aggregate, 7) AS key
             FROM unnest(p_tenants, p_aggregate_types, p_aggregates) AS e (tenant, type, aggregate) ORDER BY key) locks;
  v_now := clock_timestamp();   -- under the locks: in a chain time never runs backwards, as a transaction's start may
  WHILE v_left > 0 LOOP   -- an aggregate's n-th event of these in the n-th round; nearly always there is one round
    v_round := v_round + 1;
    WITH asked AS MATERIALIZED (
      SELECT e.*, row_number() OVER (PARTITION BY tenant_id, aggregate_type, aggregate_id ORDER BY place) AS n
        FROM unnest(p_tenants, p_aggregate_types, p_aggregates, p_event_types, p_actors, p_payloads, p_traceparents,
                    p_correlation_ids) WITH ORDINALITY
             AS e (tenant_id, aggregate_type, aggregate_id, event_type, actor_id, payload, traceparent, correlation_id,
                   place)),
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
      RETURNING event_id, tenant_id, aggregate_type, aggregate_id, event_type, payload),
    delivered AS (
      INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_id, event_type, body)
      SELECT bpc_uuid7(), a.tenant_id, e.webhook_endpoint_id, a.event_id, a.event_type,
             '{"event_id":' || a.event_id || ',"event_type":"' || a.event_type || '","occurred_at":"' || bpc_time(v_now)
             || '","aggregate_type":"' || a.aggregate_type || '","aggregate_id":"' || a.aggregate_id
             || '","data":' || a.payload || '}'
        FROM appended a JOIN webhook_endpoints e ON e.tenant_id = a.tenant_id AND e.status = 'ENABLED'
       WHERE EXISTS (SELECT FROM webhook_subscriptions s
                      WHERE s.tenant_id = a.tenant_id AND s.webhook_endpoint_id = e.webhook_endpoint_id
                        AND s.event_type IN (a.event_type, '*'))
      RETURNING webhook_delivery_id, event_id),
    queued AS (
      INSERT INTO jobs (job_id, tenant_id, type, payload, max_attempts, idempotency_key, traceparent, correlation_id)
      SELECT bpc_uuid7(), a.tenant_id, 'DELIVER_WEBHOOK',
             jsonb_build_object('webhook_delivery_id', d.webhook_delivery_id), 12, d.webhook_delivery_id::text,
             coalesce(c.traceparent, nullif(current_setting('bpc.traceparent', true), '')),
             coalesce(c.correlation_id, nullif(current_setting('bpc.correlation_id', true), ''))
        FROM delivered d JOIN appended a USING (event_id)
        JOIN chained c USING (tenant_id, aggregate_type, aggregate_id))
    SELECT max(event_id), count(*) INTO v_event, v_appended FROM appended;
    v_left := v_left - v_appended;
  END LOOP;
  RETURN v_event;
END $$;

CREATE OR REPLACE FUNCTION append_event(
  p_tenant uuid, p_aggregate_type text, p_aggregate uuid, p_event_type text, p_actor text, p_payload text)
RETURNS bigint LANGUAGE sql AS $$
  SELECT append_events(ARRAY[p_tenant], ARRAY[p_aggregate_type], ARRAY[p_aggregate], ARRAY[p_event_type],
                       ARRAY[p_actor], ARRAY[p_payload], ARRAY[NULL::text], ARRAY[NULL::text])
$$;

CREATE OR REPLACE FUNCTION bpc_queue_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_queue (event_id, tenant_id) SELECT event_id, tenant_id FROM appended;
  RETURN NULL;
END $$;
DROP TRIGGER queued ON events;
CREATE TRIGGER queued AFTER INSERT ON events REFERENCING NEW TABLE AS appended
  FOR EACH STATEMENT EXECUTE FUNCTION bpc_queue_event();

-- migrate:down
DROP TRIGGER queued ON events;
CREATE OR REPLACE FUNCTION bpc_queue_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_queue (event_id, tenant_id) VALUES (NEW.event_id, NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER queued AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION bpc_queue_event();
CREATE OR REPLACE FUNCTION append_event(
  p_tenant uuid, p_aggregate_type text, p_aggregate uuid, p_event_type text, p_actor text, p_payload text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_payload_hash text := bpc_sha256(p_payload);
  v_now timestamptz; v_prev text; v_version bigint; v_hash text; v_event bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_tenant::text || p_aggregate_type || p_aggregate, 7));
  v_now := clock_timestamp();   -- under the lock: in a chain time never runs backwards, as a transaction's start may
  SELECT event_hash, aggregate_version INTO v_prev, v_version FROM events
   WHERE tenant_id = p_tenant AND aggregate_type = p_aggregate_type AND aggregate_id = p_aggregate
   ORDER BY aggregate_version DESC LIMIT 1;
  v_version := coalesce(v_version, 0) + 1;
  v_hash := bpc_sha256('{"actor_id":' || to_json(p_actor) || ',"aggregate_id":"' || p_aggregate
    || '","aggregate_type":"' || p_aggregate_type || '","aggregate_version":' || v_version
    || ',"event_type":"' || p_event_type || '","occurred_at":"' || bpc_time(v_now)
    || '","payload_hash":"' || v_payload_hash || '","prev_event_hash":' || coalesce('"' || v_prev || '"', 'null')
    || ',"tenant_id":"' || p_tenant || '"}');
  INSERT INTO events (tenant_id, aggregate_type, aggregate_id, aggregate_version, event_type, occurred_at, actor_id,
                      payload, payload_hash, prev_event_hash, event_hash)
  VALUES (p_tenant, p_aggregate_type, p_aggregate, v_version, p_event_type, v_now, p_actor, p_payload,
          v_payload_hash, v_prev, v_hash)
  RETURNING event_id INTO v_event;

  WITH delivery AS (
    INSERT INTO webhook_deliveries (webhook_delivery_id, tenant_id, webhook_endpoint_id, event_id, event_type, body)
    SELECT bpc_uuid7(), p_tenant, e.webhook_endpoint_id, v_event, p_event_type,
           '{"event_id":' || v_event || ',"event_type":"' || p_event_type || '","occurred_at":"' || bpc_time(v_now)
           || '","aggregate_type":"' || p_aggregate_type || '","aggregate_id":"' || p_aggregate
           || '","data":' || p_payload || '}'
      FROM webhook_endpoints e
     WHERE e.tenant_id = p_tenant AND e.status = 'ENABLED'
       AND EXISTS (SELECT FROM webhook_subscriptions s
                    WHERE s.tenant_id = p_tenant AND s.webhook_endpoint_id = e.webhook_endpoint_id
                      AND s.event_type IN (p_event_type, '*'))
    RETURNING webhook_delivery_id)
  INSERT INTO jobs (job_id, tenant_id, type, payload, max_attempts, idempotency_key)
  SELECT bpc_uuid7(), p_tenant, 'DELIVER_WEBHOOK', jsonb_build_object('webhook_delivery_id', webhook_delivery_id), 12,
         webhook_delivery_id::text
    FROM delivery;
  RETURN v_event;
END $$;
DROP FUNCTION append_events(uuid[], text[], uuid[], text[], text[], text[], text[], text[]);
