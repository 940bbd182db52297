-- migrate:up
-- What asked for a job, across processes: the client's trace (traceparent) and its own word for the call (X-Correlation-Id).
-- Defaults rather than arguments, so that jobs a function inserts (append_event's webhook deliveries) carry them too; an
-- operator may SET bpc.correlation_id before a plain INSERT.
ALTER TABLE jobs ADD COLUMN correlation_id text;
ALTER TABLE jobs
  ALTER COLUMN traceparent    SET DEFAULT nullif(current_setting('bpc.traceparent', true), ''),
  ALTER COLUMN correlation_id SET DEFAULT nullif(current_setting('bpc.correlation_id', true), '');

-- Until the next call of it, or the transaction's end.
CREATE FUNCTION bpc_caused_by(p_traceparent text, p_correlation_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('bpc.traceparent', coalesce(p_traceparent, ''), true),
          set_config('bpc.correlation_id', coalesce(p_correlation_id, ''), true);
END $$;

-- migrate:down
DROP FUNCTION bpc_caused_by(text, text);
ALTER TABLE jobs ALTER COLUMN traceparent DROP DEFAULT, DROP COLUMN correlation_id;
