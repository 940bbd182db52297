-- migrate:up
-- What is proved by a hash or a signature never changes, whoever asks: these triggers hold for every program and every
-- hand. A rule is one line below: the event it forbids, in words. (Jobs have none: operators may set anything there.)
CREATE FUNCTION bpc_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

-- The allowed steps are the arguments, each written as FROM>TO.
CREATE FUNCTION bpc_check_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status || '>' || NEW.status) <> ALL (TG_ARGV) THEN
    RAISE EXCEPTION '%: no step leads from % to %', TG_TABLE_NAME, OLD.status, NEW.status
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- UPDATE OF fires only for statements that name such a column: a change of state does not read the bytes again.

-- Documents and their facts
CREATE TRIGGER frozen BEFORE UPDATE OF document_version_id, tenant_id, document_id, version, mime_type, content, sha256,
  created_at ON document_versions FOR EACH ROW EXECUTE FUNCTION bpc_refuse('what was uploaded never changes');
CREATE TRIGGER step BEFORE UPDATE OF status ON document_versions FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_check_step('UPLOADED>VALIDATED', 'UPLOADED>REJECTED');
CREATE TRIGGER decided BEFORE UPDATE OF violations ON document_versions FOR EACH ROW WHEN (OLD.status <> 'UPLOADED')
  EXECUTE FUNCTION bpc_refuse('a verdict never changes');
CREATE TRIGGER kept BEFORE DELETE ON document_versions FOR EACH ROW WHEN (OLD.status <> 'UPLOADED')
  EXECUTE FUNCTION bpc_refuse('a parsed version is kept');

CREATE TRIGGER hashed BEFORE INSERT ON facts FOR EACH ROW WHEN (encode(sha256(NEW.payload), 'hex') <> NEW.payload_hash)
  EXECUTE FUNCTION bpc_refuse('the hash is not that of the payload');
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON facts FOR EACH ROW EXECUTE FUNCTION bpc_refuse('a fact never changes');

-- Snapshots
CREATE FUNCTION bpc_check_snapshot_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_status text;
BEGIN
  -- FOR SHARE waits for a seal under way, which the foreign key's own lock does not.
  SELECT status INTO v_status FROM snapshots
   WHERE snapshot_id = CASE TG_OP WHEN 'DELETE' THEN OLD.snapshot_id ELSE NEW.snapshot_id END FOR SHARE;
  IF v_status = 'SEALED' THEN
    RAISE EXCEPTION 'snapshot_items: the snapshot is SEALED' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- A list read before a late item was committed would seal something else than what the table holds.
CREATE FUNCTION bpc_check_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF jsonb_array_length(convert_from(NEW.snapshot_bytes, 'UTF8')::jsonb -> 'facts')
     IS DISTINCT FROM (SELECT count(*)::int FROM snapshot_items WHERE snapshot_id = NEW.snapshot_id)
     OR encode(sha256(NEW.snapshot_bytes), 'hex') <> NEW.snapshot_hash THEN
    RAISE EXCEPTION 'snapshots: the seal does not list the items, or its hash is another'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER step BEFORE UPDATE OF status ON snapshots FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_check_step('BUILDING>READY', 'BUILDING>SEALED', 'READY>SEALED');
CREATE TRIGGER seal BEFORE UPDATE OF status ON snapshots FOR EACH ROW
  WHEN (OLD.status <> 'SEALED' AND NEW.status = 'SEALED') EXECUTE FUNCTION bpc_check_seal();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON snapshots FOR EACH ROW WHEN (OLD.status = 'SEALED')
  EXECUTE FUNCTION bpc_refuse('a SEALED snapshot never changes');
CREATE TRIGGER open BEFORE INSERT OR DELETE ON snapshot_items FOR EACH ROW EXECUTE FUNCTION bpc_check_snapshot_open();
CREATE TRIGGER frozen BEFORE UPDATE ON snapshot_items FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('an item is added or removed, never changed');

-- Rule packages
CREATE TRIGGER frozen BEFORE UPDATE OF rule_package_version_id, tenant_id, rule_package_id, version, language,
  dsl_source, tests_source, dsl_sha256, tests_sha256, created_at
  ON rule_package_versions FOR EACH ROW EXECUTE FUNCTION bpc_refuse('a source never changes: make a new version');
CREATE TRIGGER step BEFORE UPDATE OF status ON rule_package_versions FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_check_step('DRAFT>VALIDATED', 'VALIDATED>PUBLISHED', 'PUBLISHED>DEPRECATED',
                                  'DEPRECATED>RETIRED');
CREATE TRIGGER published BEFORE UPDATE OF published_at ON rule_package_versions FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION bpc_refuse('when it was published never changes');
CREATE TRIGGER kept BEFORE DELETE ON rule_package_versions FOR EACH ROW WHEN (OLD.status NOT IN ('DRAFT', 'VALIDATED'))
  EXECUTE FUNCTION bpc_refuse('a PUBLISHED version is kept');
-- The database's clock says when, also where somebody takes the step by plain SQL.
CREATE FUNCTION bpc_date_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'DEPRECATED' THEN
    NEW.deprecated_at := now();
  ELSIF NEW.status = 'RETIRED' THEN
    NEW.retired_at := now();
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER dated BEFORE UPDATE OF status ON rule_package_versions FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_date_rules();
CREATE TRIGGER left_at BEFORE UPDATE OF deprecated_at, retired_at ON rule_package_versions FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('when it was DEPRECATED or RETIRED comes with the step and never changes');
CREATE TRIGGER reason BEFORE UPDATE OF status_reason ON rule_package_versions FOR EACH ROW
  WHEN (OLD.status = NEW.status) EXECUTE FUNCTION bpc_refuse('a reason comes with its step and never changes');
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON rule_tests_runs FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('what a test run found never changes');

-- Passports
CREATE TRIGGER hashed BEFORE INSERT ON passport_versions FOR EACH ROW
  WHEN (encode(sha256(NEW.payload), 'hex') <> NEW.payload_hash
        OR encode(sha256(NEW.receipt), 'hex') <> NEW.receipt_hash)
  EXECUTE FUNCTION bpc_refuse('a hash is not that of its bytes');
CREATE TRIGGER frozen BEFORE UPDATE OF passport_version_id, tenant_id, passport_id, snapshot_id,
  rule_package_version_id, compile_job_id, issued_at, compiler_build_id, payload, payload_hash, proof, proof_root_hash,
  receipt, receipt_hash, created_at ON passport_versions FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('what was compiled never changes');
CREATE TRIGGER signed BEFORE UPDATE OF signature, signing_key_id, signing_public_key, signed_at
  ON passport_versions FOR EACH ROW WHEN (OLD.signature IS NOT NULL)
  EXECUTE FUNCTION bpc_refuse('a signature never changes');
CREATE TRIGGER coded BEFORE UPDATE OF qr_payload, qr_png ON passport_versions FOR EACH ROW
  WHEN (OLD.qr_png IS NOT NULL) EXECUTE FUNCTION bpc_refuse('a QR code never changes');
CREATE TRIGGER superseded BEFORE UPDATE OF activated_at, superseded_at, superseded_by ON passport_versions FOR EACH ROW
  WHEN (OLD.status IN ('SUPERSEDED', 'REVOKED')) EXECUTE FUNCTION bpc_refuse('when it was ACTIVE never changes');
CREATE TRIGGER revoked BEFORE UPDATE OF revoked_at, revoke_reason ON passport_versions FOR EACH ROW
  WHEN (OLD.status = 'REVOKED') EXECUTE FUNCTION bpc_refuse('a revocation never changes');
CREATE TRIGGER step BEFORE UPDATE OF status ON passport_versions FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_check_step('COMPILING>SIGNED', 'SIGNED>ACTIVE', 'ACTIVE>SUPERSEDED',
                                  'SIGNED>REVOKED', 'ACTIVE>REVOKED', 'SUPERSEDED>REVOKED');
CREATE TRIGGER kept BEFORE DELETE ON passport_versions FOR EACH ROW EXECUTE FUNCTION bpc_refuse('a version is kept');

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON passport_sections FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('a section never changes');
CREATE TRIGGER hashed BEFORE INSERT ON passport_exports FOR EACH ROW
  WHEN (encode(sha256(NEW.content), 'hex') <> NEW.sha256)
  EXECUTE FUNCTION bpc_refuse('the hash is not that of the content');
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON passport_exports FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('an export never changes');
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON signing_keys FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('a key keeps its name, and past signatures their key');

-- Events
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON events FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('the past never changes');
CREATE TRIGGER kept BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION bpc_refuse('the past never changes');

-- migrate:down
DROP TRIGGER frozen ON document_versions;
DROP TRIGGER step ON document_versions;
DROP TRIGGER decided ON document_versions;
DROP TRIGGER kept ON document_versions;
DROP TRIGGER hashed ON facts;
DROP TRIGGER frozen ON facts;
DROP TRIGGER step ON snapshots;
DROP TRIGGER seal ON snapshots;
DROP TRIGGER frozen ON snapshots;
DROP TRIGGER open ON snapshot_items;
DROP TRIGGER frozen ON snapshot_items;
DROP TRIGGER frozen ON rule_package_versions;
DROP TRIGGER step ON rule_package_versions;
DROP TRIGGER published ON rule_package_versions;
DROP TRIGGER kept ON rule_package_versions;
DROP TRIGGER reason ON rule_package_versions;
DROP TRIGGER left_at ON rule_package_versions;
DROP TRIGGER dated ON rule_package_versions;
DROP TRIGGER frozen ON rule_tests_runs;
DROP TRIGGER hashed ON passport_versions;
DROP TRIGGER frozen ON passport_versions;
DROP TRIGGER signed ON passport_versions;
DROP TRIGGER coded ON passport_versions;
DROP TRIGGER superseded ON passport_versions;
DROP TRIGGER revoked ON passport_versions;
DROP TRIGGER step ON passport_versions;
DROP TRIGGER kept ON passport_versions;
DROP TRIGGER frozen ON passport_sections;
DROP TRIGGER hashed ON passport_exports;
DROP TRIGGER frozen ON passport_exports;
DROP TRIGGER frozen ON signing_keys;
DROP TRIGGER frozen ON events;
DROP TRIGGER kept ON events;
DROP FUNCTION bpc_check_seal(), bpc_check_snapshot_open(), bpc_check_step(), bpc_date_rules(), bpc_refuse();
