-- migrate:up
-- What a passport is about stands in its signed bytes and, for lists and the public page, in these rows: they keep to
-- what was signed.
CREATE TRIGGER frozen BEFORE UPDATE OF battery_product_id, tenant_id, sku, name, category ON battery_products
  FOR EACH ROW EXECUTE FUNCTION bpc_refuse('a product never changes: passports are about it');
CREATE TRIGGER frozen BEFORE UPDATE OF passport_id, tenant_id, battery_product_id, serial_number ON passports
  FOR EACH ROW EXECUTE FUNCTION bpc_refuse('the battery of a passport never changes');
CREATE TRIGGER frozen BEFORE UPDATE OF document_id, tenant_id, kind ON documents
  FOR EACH ROW EXECUTE FUNCTION bpc_refuse('the kind of a document never changes');
CREATE TRIGGER activated BEFORE UPDATE OF activated_at ON passport_versions FOR EACH ROW
  WHEN (OLD.activated_at IS NOT NULL AND NEW.activated_at IS DISTINCT FROM OLD.activated_at)
  EXECUTE FUNCTION bpc_refuse('when it became ACTIVE never changes');

-- One key under two ids would be published twice under one RFC 7638 thumbprint, and look like a rotation that was none.
CREATE UNIQUE INDEX signing_keys_once ON signing_keys (public_key);

-- TRUNCATE fires no trigger of rows.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['facts', 'snapshots', 'snapshot_items', 'document_versions', 'rule_package_versions',
                           'rule_tests_runs', 'passport_versions', 'passport_sections', 'passport_exports',
                           'signing_keys', 'access_policies']
  LOOP
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT
                    EXECUTE FUNCTION bpc_refuse(''what was proved or signed is kept'')', t);
  END LOOP;
END $$;

-- migrate:down
DO $$
DECLARE
  t regclass;
BEGIN
  FOR t IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'never_emptied' LOOP
    EXECUTE format('DROP TRIGGER never_emptied ON %s', t);
  END LOOP;
END $$;
DROP INDEX signing_keys_once;
DROP TRIGGER activated ON passport_versions;
DROP TRIGGER frozen ON documents;
DROP TRIGGER frozen ON passports;
DROP TRIGGER frozen ON battery_products;
