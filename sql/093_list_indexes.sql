-- migrate:up
-- Rows that lists of the API ask for by name and that lie thinly among many others. Building them takes about a second
-- a million rows, and for so long their table takes no new ones. In the order in which calls come to the tables.
-- Whoever types a longer word for his call may: an index has no room for every length.
CREATE INDEX jobs_correlation ON jobs (tenant_id, correlation_id, created_at) WHERE length(correlation_id) <= 200;
CREATE INDEX events_time ON events (tenant_id, occurred_at, event_id);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (tenant_id, created_at DESC, webhook_delivery_id DESC)
  WHERE status = 'FAILED';

-- As in 090_roles.sql, and the sequence that is no column's with it: pg_restore --no-owner makes the login its owner.
CREATE OR REPLACE FUNCTION bpc_secure_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT c.oid::regclass AS name, c.relname, c.relrowsecurity AS secured, c.relowner::regrole::text AS owner,
                  EXISTS (SELECT FROM pg_attribute a
                           WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS is_tenants
             FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
              AND c.relowner IN (session_user::regrole, 'bpc_owner'::regrole)
  LOOP
    IF t.owner <> 'bpc_owner' THEN
      EXECUTE format('ALTER TABLE %s OWNER TO bpc_owner', t.name);
    END IF;
    IF t.relname <> 'schema_migrations' THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO bpc_worker', t.name);
    END IF;
    IF t.is_tenants THEN
      PERFORM bpc_secure_table(t.name, t.secured);
    ELSIF t.relname IN ('signing_keys', 'orleansquery', 'orleans_clusters', 'orleans_members') THEN
      EXECUTE format('GRANT SELECT ON %s TO bpc_gateway', t.name);
    END IF;
  END LOOP;

  SELECT relowner::regrole::text AS owner INTO t FROM pg_class WHERE oid = 'bpc_jobs_watched'::regclass;
  IF t.owner <> 'bpc_owner' AND t.owner = session_user::regrole::text THEN
    ALTER SEQUENCE bpc_jobs_watched OWNER TO bpc_owner;
    t.owner := 'bpc_owner';
  END IF;
  IF t.owner = 'bpc_owner' THEN
    GRANT SELECT ON SEQUENCE bpc_jobs_watched TO PUBLIC;
    GRANT UPDATE ON SEQUENCE bpc_jobs_watched TO bpc_worker;
  END IF;

  FOR t IN SELECT p.oid::regprocedure AS name FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace AND p.proowner = session_user::regrole
              AND p.proowner <> 'bpc_owner'::regrole
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER ROUTINE %s OWNER TO bpc_owner', t.name);
  END LOOP;
END $$;

-- migrate:down
DROP INDEX jobs_correlation, events_time, webhook_deliveries_failed;
-- bpc_secure_tables() stays: what it does more harms no older build.
