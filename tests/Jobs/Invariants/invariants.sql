-- What must hold of jobs and of what they made (docs/jobs.md, "What must hold"), checked over a log of every change.
-- For test databases only: psql -f invariants.sql, then the run, then, when every job has ended,
--   SELECT * FROM violations('12 s');     -- no row: everything held
-- The interval is how long an expired lease may lie about: the rescue period, and a lease where a silo had stopped.
-- Signatures and event chains are not checked here: openssl and the chain's own verifier do that.

-- Every change of a job. A job's changes are logged under its row lock, so seq has their true order.
CREATE TABLE job_log (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  xact    xid8 NOT NULL DEFAULT pg_current_xact_id(),
  writer  text NOT NULL DEFAULT current_setting('application_name'),   -- a silo's is its BPC_WORKER_ID
  by_silo boolean NOT NULL DEFAULT coalesce(current_setting('bpc.skip_notify', true), '') = 'on',   -- or an operator
  job_id  uuid NOT NULL,
  before  jobs,
  after   jobs
);
CREATE INDEX ON job_log (job_id, seq);

-- The work of test handlers. A job with {"effect": true} writes one row in the transaction that ends it, whether it
-- succeeds or not, with the epoch its claim was given: what the claim says of itself, whatever stands in jobs by then.
CREATE TABLE job_effects (
  job_id      uuid NOT NULL,
  lease_epoch bigint NOT NULL,
  xact        xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ON job_effects (job_id);

-- Whoever receives a test's webhooks writes each copy down.
CREATE TABLE webhook_copies (webhook_delivery_id uuid NOT NULL, body text NOT NULL);
GRANT SELECT, INSERT ON job_effects, webhook_copies TO PUBLIC;

-- The hash of each byte string when it was stored.
CREATE TABLE stored_bytes (place text, id text, name text, hash bytea NOT NULL, PRIMARY KEY (place, id, name));

CREATE FUNCTION log_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO job_log (job_id, before, after) VALUES (coalesce(NEW.job_id, OLD.job_id), OLD, NEW);
  RETURN NULL;
END $$;
CREATE TRIGGER log_job AFTER INSERT OR UPDATE OR DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION log_job();

CREATE VIEW stored_rows AS
  SELECT 'document_versions' AS place, document_version_id::text AS id, to_jsonb(t) AS stored FROM document_versions t
  UNION ALL SELECT 'facts', fact_id::text, to_jsonb(t) FROM facts t
  UNION ALL SELECT 'snapshots', snapshot_id::text, to_jsonb(t) FROM snapshots t
  UNION ALL SELECT 'passport_versions', passport_version_id::text, to_jsonb(t) FROM passport_versions t
  UNION ALL SELECT 'passport_sections', passport_version_id || '/' || section, to_jsonb(t) FROM passport_sections t
  UNION ALL SELECT 'passport_exports', export_id::text, to_jsonb(t) FROM passport_exports t;

-- Arguments: the columns of the row's id, joined by a comma, then those whose bytes must stay.
CREATE FUNCTION log_bytes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_row jsonb := to_jsonb(NEW);
BEGIN
  INSERT INTO stored_bytes
  SELECT TG_TABLE_NAME, (SELECT string_agg(v_row ->> key, '/') FROM unnest(string_to_array(TG_ARGV[0], ',')) AS key),
         name, sha256(convert_to(v_row ->> name, 'UTF8'))
    FROM unnest(TG_ARGV[1:]) AS name WHERE v_row ->> name IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER log_bytes AFTER INSERT ON document_versions FOR EACH ROW
  EXECUTE FUNCTION log_bytes('document_version_id', 'content');
CREATE TRIGGER log_bytes AFTER INSERT ON facts FOR EACH ROW EXECUTE FUNCTION log_bytes('fact_id', 'payload');
CREATE TRIGGER log_bytes AFTER INSERT OR UPDATE ON snapshots FOR EACH ROW
  EXECUTE FUNCTION log_bytes('snapshot_id', 'snapshot_bytes', 'snapshot_hash', 'secret');
CREATE TRIGGER log_bytes AFTER INSERT OR UPDATE ON passport_versions FOR EACH ROW
  EXECUTE FUNCTION log_bytes('passport_version_id', 'payload', 'proof', 'receipt', 'signature', 'qr_payload', 'qr_png');
CREATE TRIGGER log_bytes AFTER INSERT ON passport_sections FOR EACH ROW
  EXECUTE FUNCTION log_bytes('passport_version_id,section', 'content');
CREATE TRIGGER log_bytes AFTER INSERT ON passport_exports FOR EACH ROW
  EXECUTE FUNCTION log_bytes('export_id', 'content');

-- The log in one line per change: what a job was, and what it became.
CREATE VIEW job_steps AS
SELECT *,
       coalesce(was IN ('SUCCEEDED', 'FAILED', 'DEAD_LETTER', 'CANCELLED'), false) AS was_over,
       -- a retry by API is written by a silo, and gives a fresh start
       became = 'QUEUED' AND was <> 'QUEUED'
         AND (NOT by_silo OR was <> 'RUNNING' AND attempts = 0 AND rescues = 0 AND owner IS NULL) AS requeue,
       by_silo AND became = 'RUNNING' AND was IS DISTINCT FROM 'RUNNING' AS claim,
       by_silo AND was = 'RUNNING' AND became = ANY (ARRAY['QUEUED', 'DEAD_LETTER']) AND rescues > rescues_was AS rescue
  FROM (SELECT seq, at, xact, writer, by_silo, job_id, (after).type,
               (before).status AS was, (after).status AS became,
               (before).lease_epoch AS epoch_was, (after).lease_epoch AS epoch,
               (before).attempts AS attempts_was, (after).attempts, (after).max_attempts,
               (before).rescues AS rescues_was, (after).rescues,
               (before).lease_owner AS owner_was, (after).lease_owner AS owner, (after).lease_expires_at AS expires
          FROM job_log) step;

CREATE FUNCTION violations(patience interval) RETURNS TABLE (invariant text, subject text, detail text)
LANGUAGE sql STABLE AS $$
-- I1: nothing is lost; each claim comes to one end at most, and every job to one when all is done
SELECT 'I1', job_id::text, 'was never ended: ' || status FROM jobs WHERE status IN ('QUEUED', 'RUNNING')
UNION ALL
SELECT 'I1', job_id::text, 'was removed while ' || was FROM job_steps
 WHERE by_silo AND became IS NULL AND was IN ('QUEUED', 'RUNNING')
UNION ALL
SELECT 'I1', job_id::text, 'is gone, and nobody removed it' FROM job_log l
 GROUP BY job_id HAVING NOT bool_or((after) IS NULL) AND NOT EXISTS (SELECT FROM jobs j WHERE j.job_id = l.job_id)
UNION ALL
SELECT 'I1', job_id::text, format('epoch %s ended %s times', epoch, count(*)) FROM job_steps
 WHERE by_silo AND was = 'RUNNING' AND became NOT IN ('RUNNING', 'QUEUED') GROUP BY job_id, epoch HAVING count(*) > 1

-- I2: each end was written by the claim that held the epoch (a cancel and a rescue are nobody's claim)
UNION ALL
SELECT 'I2', job_id::text, format('%s ended what %s held', writer, owner_was) FROM job_steps
 WHERE by_silo AND was = 'RUNNING' AND became NOT IN ('RUNNING', 'CANCELLED') AND NOT rescue
   AND writer IS DISTINCT FROM owner_was
UNION ALL
SELECT 'I2', e.job_id::text, format('the claim of epoch %s wrote its effect and did not hold the job', e.lease_epoch)
  FROM job_effects e
 WHERE NOT EXISTS (SELECT FROM job_steps s WHERE s.job_id = e.job_id AND s.xact = e.xact AND s.epoch = e.lease_epoch
                      AND s.by_silo AND s.was = 'RUNNING' AND s.became <> 'RUNNING')

-- I3: only the steps of the protocol, and the epoch counts claims
UNION ALL
SELECT 'I3', job_id::text, format('%s -> %s', coalesce(was, 'nothing'), became) FROM job_steps
 WHERE by_silo AND NOT was_over AND became <> coalesce(was, '')
   AND (coalesce(was, '') || '>' || became) <> ALL (ARRAY[
       '>QUEUED', '>RUNNING', 'QUEUED>RUNNING', 'QUEUED>FAILED', 'QUEUED>CANCELLED', 'RUNNING>QUEUED',
       'RUNNING>SUCCEEDED', 'RUNNING>FAILED', 'RUNNING>DEAD_LETTER', 'RUNNING>CANCELLED'])
UNION ALL
SELECT 'I3', job_id::text, format('claimed with epoch %s -> %s, attempts %s -> %s, owner %s, until %s',
                                  epoch_was, epoch, attempts_was, attempts, owner, expires) FROM job_steps
 WHERE claim AND (epoch <> coalesce(epoch_was, 0) + 1 OR attempts <> coalesce(attempts_was, 0) + 1
                  OR owner IS NULL OR expires IS NULL)
UNION ALL
SELECT 'I3', job_id::text, format('epoch %s -> %s without a claim', epoch_was, epoch) FROM job_steps
 WHERE NOT claim AND epoch <> epoch_was

-- I4: effects once: one for each success, one successor a job, none without its source's effect
UNION ALL
SELECT 'I4', s.job_id::text, format('succeeded in epoch %s with %s effects', s.epoch, count(e.job_id))
  FROM job_steps s LEFT JOIN job_effects e ON e.job_id = s.job_id AND e.xact = s.xact AND e.lease_epoch = s.epoch
 WHERE s.by_silo AND s.was = 'RUNNING' AND s.became = 'SUCCEEDED'
   AND EXISTS (SELECT FROM jobs j WHERE j.job_id = s.job_id AND j.payload @> '{"effect": true}')
 GROUP BY s.job_id, s.epoch, s.xact HAVING count(e.job_id) <> 1
UNION ALL
SELECT 'I4', source, format('%s has %s successors %s', source_type, count(job_id), next_type)
  FROM (SELECT v.compile_job_id::text AS source, 'COMPILE_PASSPORT' AS source_type,
               'SIGN_PASSPORT' AS next_type, j.job_id
          FROM passport_versions v LEFT JOIN jobs j ON j.type = 'SIGN_PASSPORT'
           AND j.payload->>'passport_version_id' = v.passport_version_id::text
        UNION ALL
        SELECT v.passport_version_id::text, 'SIGN_PASSPORT', 'GENERATE_QR', j.job_id
          FROM passport_versions v LEFT JOIN jobs j ON j.type = 'GENERATE_QR'
           AND j.payload->>'passport_version_id' = v.passport_version_id::text WHERE v.signature IS NOT NULL
        UNION ALL
        SELECT s.job_id::text, s.type, 'with its id as source', j.job_id
          FROM jobs s LEFT JOIN jobs j ON j.payload->>'source' = s.job_id::text
         WHERE s.status = 'SUCCEEDED' AND s.payload @> '{"next": true}') chain
 GROUP BY source, source_type, next_type HAVING count(job_id) <> 1
UNION ALL
SELECT 'I4', job_id::text, type || ' has no effect of a source before it' FROM jobs j
 WHERE type = 'SIGN_PASSPORT' AND NOT EXISTS (
         SELECT FROM passport_versions v WHERE v.passport_version_id::text = j.payload->>'passport_version_id')
    OR type = 'GENERATE_QR' AND NOT EXISTS (
         SELECT FROM passport_versions v WHERE v.passport_version_id::text = j.payload->>'passport_version_id'
            AND v.signature IS NOT NULL)
    OR payload ? 'source' AND NOT EXISTS (
         SELECT FROM job_steps s WHERE s.job_id::text = j.payload->>'source' AND s.became = 'SUCCEEDED')
UNION ALL
SELECT 'I4', job_id::text, format('succeeded and made %s versions', count(v.compile_job_id))
  FROM jobs j LEFT JOIN passport_versions v ON v.compile_job_id = j.job_id
 WHERE j.type = 'COMPILE_PASSPORT' AND j.status = 'SUCCEEDED' GROUP BY job_id HAVING count(v.compile_job_id) <> 1
UNION ALL
SELECT 'I4', compile_job_id::text, 'made a version and did not succeed' FROM passport_versions v
 WHERE NOT EXISTS (SELECT FROM job_steps s WHERE s.job_id = v.compile_job_id AND s.became = 'SUCCEEDED')

-- I5: nothing finished is undone, and stored bytes never change
UNION ALL
SELECT 'I5', job_id::text, format('%s was undone: %s', was, became) FROM job_steps
 WHERE by_silo AND was_over AND became IS NOT NULL AND NOT requeue
UNION ALL
SELECT 'I5', b.id, format('the bytes of %s.%s have changed', b.place, b.name)
  FROM stored_bytes b JOIN stored_rows r USING (place, id)
 WHERE sha256(convert_to(r.stored ->> b.name, 'UTF8')) IS DISTINCT FROM b.hash

-- I7: every webhook is delivered at least once, under one id and with one body
UNION ALL
SELECT 'I7', d.webhook_delivery_id::text, format('has %s jobs', count(j.job_id))
  FROM webhook_deliveries d LEFT JOIN jobs j ON j.type = 'DELIVER_WEBHOOK'
   AND j.payload->>'webhook_delivery_id' = d.webhook_delivery_id::text
 GROUP BY d.webhook_delivery_id HAVING count(j.job_id) <> 1
UNION ALL
SELECT 'I7', job_id::text, 'succeeded, and nobody received it' FROM jobs j
 WHERE type = 'DELIVER_WEBHOOK' AND status = 'SUCCEEDED' AND NOT EXISTS (
       SELECT FROM webhook_copies c WHERE c.webhook_delivery_id::text = j.payload->>'webhook_delivery_id')
UNION ALL
SELECT 'I7', c.webhook_delivery_id::text, 'a copy is not what was to be delivered'
  FROM webhook_copies c LEFT JOIN webhook_deliveries d USING (webhook_delivery_id) WHERE d.body IS DISTINCT FROM c.body

-- I8: attempts are limited, but for those an operator grants; a lost lease gives none back, or a job that kills its
-- process would do so for ever
UNION ALL
SELECT 'I8', job_id::text, format('attempt %s of %s, queued again %s times', attempts, max_attempts, requeues)
  FROM (SELECT *, count(*) FILTER (WHERE requeue) OVER (PARTITION BY job_id ORDER BY seq) AS requeues FROM job_steps) s
 WHERE claim AND attempts > max_attempts + requeues
UNION ALL
SELECT 'I8', job_id::text, format('attempts %s -> %s by a rescue', attempts_was, attempts) FROM job_steps
 WHERE rescue AND attempts < attempts_was
UNION ALL
SELECT 'I8', job_id::text, format('attempts %s -> %s', attempts_was, attempts) FROM job_steps
 WHERE by_silo AND NOT requeue AND attempts < attempts_was - 1

-- I9: no row is RUNNING under an expired lease for long; one without a lease has expired
UNION ALL
SELECT 'I9', job_id::text, format('RUNNING for %s after its lease had expired', until - coalesce(expires, at))
  FROM (SELECT *, lead(at, 1, clock_timestamp()) OVER (PARTITION BY job_id ORDER BY seq) AS until FROM job_steps) s
 WHERE became = 'RUNNING' AND until > coalesce(expires, at) + patience
$$;
