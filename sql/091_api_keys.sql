-- migrate:up
-- What a tenant allows or denies its keys beyond what their role says: a list of rules, replaced as a whole. The
-- highest version is in force; the ones before stay, so that it can be told what held when.
CREATE TABLE access_policies (
  tenant_id  uuid NOT NULL REFERENCES tenants,
  version    int NOT NULL CHECK (version >= 1),
  rules      jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array' AND jsonb_array_length(rules) <= 100),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, version)
);
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON access_policies FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('a policy never changes: a new version takes its place');

CREATE TRIGGER revoked BEFORE UPDATE OF revoked_at ON api_keys FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION bpc_refuse('a revoked key stays revoked');

-- Beside the key its tenant's rules: both are needed for every request, and remembered together.
DROP FUNCTION bpc_find_api_key(text);
CREATE FUNCTION bpc_find_api_key(p_prefix text)
RETURNS TABLE (api_key_id uuid, tenant_id uuid, key_hash bytea, role text, expires_at timestamptz,
               revoked_at timestamptz, last_used_at timestamptz, rules text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.api_key_id, k.tenant_id, k.key_hash, k.role, k.expires_at, k.revoked_at, k.last_used_at,
         (SELECT p.rules::text FROM public.access_policies p
           WHERE p.tenant_id = k.tenant_id ORDER BY p.version DESC LIMIT 1)
    FROM public.api_keys k WHERE k.prefix = p_prefix
$$;
REVOKE EXECUTE ON FUNCTION bpc_find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bpc_find_api_key(text) TO bpc_gateway, bpc_worker;
SELECT bpc_secure_tables();

-- migrate:down
DROP FUNCTION bpc_find_api_key(text);
CREATE FUNCTION bpc_find_api_key(p_prefix text)
RETURNS TABLE (api_key_id uuid, tenant_id uuid, key_hash bytea, role text, expires_at timestamptz,
               revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.api_key_id, k.tenant_id, k.key_hash, k.role, k.expires_at, k.revoked_at
    FROM public.api_keys k WHERE k.prefix = p_prefix
$$;
REVOKE EXECUTE ON FUNCTION bpc_find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bpc_find_api_key(text) TO bpc_gateway, bpc_worker;
DROP TRIGGER revoked ON api_keys;
DROP TABLE access_policies;
