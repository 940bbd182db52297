-- migrate:up
-- A version that was revoked before it was ever active was never published, and stays so.
CREATE OR REPLACE FUNCTION bpc_public_tenant(p_passport_version_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenant_id FROM public.passport_versions v
   WHERE v.passport_version_id = p_passport_version_id AND v.status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
     AND v.activated_at IS NOT NULL
$$;

-- migrate:down
CREATE OR REPLACE FUNCTION bpc_public_tenant(p_passport_version_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenant_id FROM public.passport_versions v
   WHERE v.passport_version_id = p_passport_version_id AND v.status IN ('ACTIVE', 'SUPERSEDED', 'REVOKED')
$$;
