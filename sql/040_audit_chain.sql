-- migrate:up
-- Beside the chain of each aggregate a tenant has one of all its events, so that an aggregate removed whole leaves a
-- hole. It is written later, by one writer: nobody's commit waits for anybody else's. Until then events wait in
-- audit_queue, which their own transaction puts them into. (A queue and not a mark: an event that commits late has a
-- lower number than others linked before, and whoever looks above the last one linked never sees it.)
CREATE TABLE audit_queue (
  event_id  bigint PRIMARY KEY,
  tenant_id uuid NOT NULL
);

-- No foreign key to events: it is this table that tells when one of them is gone.
CREATE TABLE audit_links (
  tenant_id  uuid NOT NULL REFERENCES tenants,
  position   bigint NOT NULL CHECK (position >= 1),
  event_id   bigint NOT NULL UNIQUE,
  event_hash text NOT NULL,
  link_hash  text NOT NULL CHECK (link_hash ~ '^[0-9a-f]{64}$'),
  linked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, position)
);
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON audit_links FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('the past never changes');
CREATE TRIGGER kept BEFORE TRUNCATE ON audit_links FOR EACH STATEMENT
  EXECUTE FUNCTION bpc_refuse('the past never changes');

CREATE FUNCTION bpc_queue_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_queue (event_id, tenant_id) SELECT event_id, tenant_id FROM appended;
  RETURN NULL;
END $$;
CREATE TRIGGER queued AFTER INSERT ON events REFERENCING NEW TABLE AS appended
  FOR EACH STATEMENT EXECUTE FUNCTION bpc_queue_event();

-- Links the events that wait, oldest first, and says how many it was; 0 where another session is at it. An aggregate's
-- events come in their order, since the second cannot be made before the first is committed.
-- link_hash = SHA-256 of canonical {event_hash, position, prev_link_hash, tenant_id}.
CREATE FUNCTION link_events(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_event record;
  v_tenant uuid; v_position bigint; v_hash text;
  v_linked int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('bpc.link_events', 7)) THEN
    RETURN 0;
  END IF;
  FOR v_event IN
    SELECT e.event_id, e.tenant_id, e.event_hash
      FROM (SELECT event_id FROM audit_queue ORDER BY event_id LIMIT p_limit) q JOIN events e USING (event_id)
     ORDER BY e.tenant_id, e.event_id
  LOOP
    IF v_tenant IS DISTINCT FROM v_event.tenant_id THEN
      v_tenant := v_event.tenant_id;
      SELECT position, link_hash INTO v_position, v_hash FROM audit_links
       WHERE tenant_id = v_tenant ORDER BY position DESC LIMIT 1;
    END IF;
    v_position := coalesce(v_position, 0) + 1;
    v_hash := bpc_sha256('{"event_hash":"' || v_event.event_hash || '","position":' || v_position
      || ',"prev_link_hash":' || coalesce('"' || v_hash || '"', 'null') || ',"tenant_id":"' || v_tenant || '"}');
    INSERT INTO audit_links (tenant_id, position, event_id, event_hash, link_hash)
    VALUES (v_tenant, v_position, v_event.event_id, v_event.event_hash, v_hash);
    DELETE FROM audit_queue WHERE event_id = v_event.event_id;
    v_linked := v_linked + 1;
  END LOOP;
  RETURN v_linked;
END $$;

-- migrate:down
DROP TRIGGER queued ON events;
DROP FUNCTION link_events(int), bpc_queue_event();
DROP TABLE audit_links, audit_queue;
