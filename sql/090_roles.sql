-- migrate:up
-- Three roles nobody logs in as. A process connects with the installation's one login and works as its role (the
-- startup option role=…, which RESET ROLE leads back to):
--   bpc_owner    owns everything: migrations, backups and an operator's psql, whose login is a member
--   bpc_worker   a silo: reads and writes the rows of all tenants, changes no table
--   bpc_gateway  a gateway: owns nothing, writes nothing, sees no secret and, of one tenant at a time, its rows
DO $$
DECLARE
  v_role text;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['bpc_owner', 'bpc_worker', 'bpc_gateway'] LOOP
    BEGIN
      IF to_regrole(v_role) IS NULL THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
      END IF;
      IF NOT pg_has_role(session_user, v_role, 'USAGE') THEN
        EXECUTE format('GRANT %I TO %I', v_role, session_user);
      END IF;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;   -- another database of this server in the same moment
      WHEN insufficient_privilege THEN NULL;                 -- said below
    END;
    IF to_regrole(v_role) IS NULL OR NOT pg_has_role(session_user, v_role, 'USAGE') THEN
      RAISE insufficient_privilege USING MESSAGE = format(
        'the login %1$I is no member of %2$I and may not make it so; whoever may create roles runs once: '
        'CREATE ROLE bpc_owner NOLOGIN; CREATE ROLE bpc_worker NOLOGIN; CREATE ROLE bpc_gateway NOLOGIN; '
        'GRANT bpc_owner, bpc_worker, bpc_gateway TO %1$I (roles that exist already are right); then migrate again',
        session_user, v_role);
    END IF;
  END LOOP;

  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO bpc_owner', current_schema());
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO bpc_worker, bpc_gateway', current_schema());
  IF NOT has_schema_privilege('bpc_owner', current_schema(), 'CREATE') THEN
    RAISE insufficient_privilege USING MESSAGE = format(
      'the login %I may not let bpc_owner create tables; the owner of the database runs once: '
      'GRANT USAGE, CREATE ON SCHEMA %I TO bpc_owner; then migrate again', session_user, current_schema());
  END IF;
END $$;

-- The tenant of this transaction, which the gateway sets in the round trip of each query; null sees no rows.
CREATE FUNCTION bpc_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('bpc.tenant_id', true), '')::uuid
$$;

-- Whether the gateway may read a column: what is secret or the hash of a secret is for silos alone.
CREATE FUNCTION bpc_is_public_column(p_table name, p_column name) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_column !~ 'secret|key_hash' AND p_table <> 'idempotency_keys'
$$;

-- Brings every table to these rules, old or new, and may be called at any time: `bpc migrate` does so at its end, and
-- whoever migrates with dbmate calls it afterwards. A table with a tenant_id needs nothing else. Not FORCE: the owner
-- is who migrates and backs up, and pg_dump refuses tables whose rows it cannot see.
CREATE FUNCTION bpc_secure_tables() RETURNS void LANGUAGE plpgsql AS $$
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

  FOR t IN SELECT p.oid::regprocedure AS name FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace AND p.proowner = session_user::regrole
              AND p.proowner <> 'bpc_owner'::regrole
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER ROUTINE %s OWNER TO bpc_owner', t.name);
  END LOOP;
END $$;

-- bpc_tenant() stands in a subquery so that it is asked once per statement, not once per row.
CREATE FUNCTION bpc_secure_table(p_table regclass, p_secured boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_columns text;
BEGIN
  IF NOT p_secured THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = p_table AND polname = 'own_tenant') THEN
    EXECUTE format('CREATE POLICY own_tenant ON %s TO bpc_gateway USING (tenant_id = (SELECT bpc_tenant()))', p_table);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = p_table AND polname = 'every_tenant') THEN
    EXECUTE format('CREATE POLICY every_tenant ON %s TO bpc_worker USING (true) WITH CHECK (true)', p_table);
  END IF;
  SELECT string_agg(quote_ident(a.attname), ', ') INTO v_columns
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
   WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped
     AND bpc_is_public_column(c.relname, a.attname);
  IF v_columns IS NOT NULL THEN
    EXECUTE format('GRANT SELECT (%s) ON %s TO bpc_gateway', v_columns, p_table);
  END IF;
END $$;

-- The owner of a key is not known before its row is found: the one thing asked without a tenant, for one row of an
-- exact prefix. Beside the key its tenant's rules: both are needed for every request, and remembered together.
CREATE FUNCTION bpc_find_api_key(p_prefix text)
RETURNS TABLE (api_key_id uuid, tenant_id uuid, key_hash bytea, role text, expires_at timestamptz,
               revoked_at timestamptz, last_used_at timestamptz, rules text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.api_key_id, k.tenant_id, k.key_hash, k.role, k.expires_at, k.revoked_at, k.last_used_at,
         (SELECT p.rules::text FROM public.access_policies p
           WHERE p.tenant_id = k.tenant_id ORDER BY p.version DESC LIMIT 1)
    FROM public.api_keys k WHERE k.prefix = p_prefix
$$;

-- Whoever scans a battery names no tenant either: whose passport it is, if everybody may see it.
CREATE FUNCTION bpc_public_tenant(p_passport_version_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenant_id FROM public.passport_versions v
   WHERE v.passport_version_id = p_passport_version_id AND v.status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
$$;

REVOKE EXECUTE ON FUNCTION bpc_find_api_key(text), bpc_public_tenant(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bpc_find_api_key(text), bpc_public_tenant(uuid) TO bpc_gateway, bpc_worker;
ALTER SEQUENCE bpc_jobs_watched OWNER TO bpc_owner;
GRANT SELECT ON SEQUENCE bpc_jobs_watched TO PUBLIC;
GRANT UPDATE ON SEQUENCE bpc_jobs_watched TO bpc_worker;
SELECT bpc_secure_tables();

-- migrate:down
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT polrelid::regclass AS name, polname FROM pg_policy WHERE polname IN ('own_tenant', 'every_tenant') LOOP
    EXECUTE format('DROP POLICY %I ON %s', t.polname, t.name);
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t.name);
  END LOOP;
END $$;
DROP FUNCTION bpc_public_tenant(uuid), bpc_find_api_key(text), bpc_secure_tables(), bpc_secure_table(regclass, boolean),
  bpc_is_public_column(name, name), bpc_tenant();
