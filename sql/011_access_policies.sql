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

-- migrate:down
DROP TRIGGER revoked ON api_keys;
DROP TABLE access_policies;
