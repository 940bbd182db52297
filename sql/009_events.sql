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

-- The one way to append: takes the aggregate's lock, makes version, previous hash and hash, and fans out to webhooks,
-- all in the caller's transaction. event_hash = SHA-256 of canonical {actor_id … tenant_id}, members in ordinal order.
CREATE FUNCTION append_event(
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

ALTER TABLE webhook_deliveries ADD FOREIGN KEY (event_id) REFERENCES events;

-- migrate:down
DROP FUNCTION append_event(uuid, text, uuid, text, text, text);
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_event_id_fkey;
DROP TABLE events;
