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
-- No unique index: a database an older build let it into has no way to take it back, since keys are frozen. One after
-- the other, so that none misses what another is about to commit.
CREATE FUNCTION bpc_check_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_id text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('signing_keys', 7));
  IF EXISTS (SELECT FROM signing_keys WHERE signing_key_id = NEW.signing_key_id) THEN
    RETURN NEW;   -- the primary key's to decide: ON CONFLICT DO NOTHING of a key that is there already
  END IF;
  SELECT signing_key_id INTO v_id FROM signing_keys WHERE public_key = NEW.public_key
   ORDER BY created_at, signing_key_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'this key is registered as ''%'' already; use that id, or make a new key', v_id
      USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER once BEFORE INSERT ON signing_keys FOR EACH ROW EXECUTE FUNCTION bpc_check_key();

-- TRUNCATE fires no trigger of rows.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['facts', 'snapshots', 'snapshot_items', 'document_versions', 'rule_tests_runs',
                           'rule_package_versions', 'passport_versions', 'passport_sections', 'passport_exports',
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
DROP TRIGGER once ON signing_keys;
DROP FUNCTION bpc_check_key();
DROP TRIGGER activated ON passport_versions;
DROP TRIGGER frozen ON documents;
DROP TRIGGER frozen ON passports;
DROP TRIGGER frozen ON battery_products;
