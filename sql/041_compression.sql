-- migrate:up
-- A proof is a hundred kilobytes of text that repeats itself. With pglz, the server's first method of compression,
-- storing a passport took 5.7 ms of it, more than compiling and signing; with lz4 it takes 1.9. What is stored already
-- stays as it is. A server built without lz4 keeps pglz. A PNG is compressed as it comes.
DO $$
DECLARE v_column text[];
BEGIN
  FOREACH v_column SLICE 1 IN ARRAY ARRAY[
    ['passport_versions', 'payload'], ['passport_versions', 'proof'], ['passport_versions', 'receipt'],
    ['passport_sections', 'content'], ['passport_exports', 'content'], ['snapshots', 'snapshot_bytes'],
    ['document_versions', 'content'], ['facts', 'payload'], ['events', 'payload'], ['webhook_deliveries', 'body'],
    ['rule_package_versions', 'dsl_source'], ['rule_package_versions', 'tests_source'], ['rule_tests_runs', 'report'],
    ['idempotency_keys', 'response'], ['jobs', 'payload'], ['jobs', 'result'], ['jobs', 'last_error']]
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET COMPRESSION lz4', v_column[1], v_column[2]);
  END LOOP;
EXCEPTION WHEN feature_not_supported THEN
  RAISE NOTICE 'this server has no lz4: long values are stored with pglz, which takes more of its time';
END $$;
ALTER TABLE passport_versions ALTER COLUMN qr_png SET STORAGE EXTERNAL;

-- migrate:down
-- Columns keep lz4: every server that could set it can read it.
ALTER TABLE passport_versions ALTER COLUMN qr_png SET STORAGE EXTENDED;
