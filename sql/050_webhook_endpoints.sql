-- migrate:up
-- An endpoint that is deleted keeps its row, for the history of its deliveries, but not its secrets.
ALTER TABLE webhook_endpoints
  DROP CONSTRAINT webhook_endpoints_status_check,
  ALTER COLUMN secret_encrypted DROP NOT NULL,
  ADD COLUMN disabled_reason           text CHECK (length(disabled_reason) <= 500),
  ADD COLUMN updated_at                timestamptz NOT NULL DEFAULT now(),
  -- After a rotation both secrets sign until the old one's time is over.
  ADD COLUMN previous_secret_encrypted bytea,
  ADD COLUMN rotating_until            timestamptz,
  -- The circuit breaker, written when it opens or closes: open until then, half-open after it, closed where it is null.
  ADD COLUMN circuit_open_until        timestamptz,
  ADD COLUMN circuit_failures          int NOT NULL DEFAULT 0,   -- in a row
  ADD COLUMN failing_since             timestamptz,              -- the first of them
  ADD CONSTRAINT webhook_endpoints_status_check CHECK (status IN ('ENABLED', 'DISABLED', 'DELETED')),
  ADD CHECK ((status = 'DELETED') = (secret_encrypted IS NULL)),
  ADD CHECK (num_nulls(previous_secret_encrypted, rotating_until) IN (0, 2));

CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (webhook_endpoint_id, created_at DESC);

-- Every attempt of a delivery; the delivery's own row shows the last one.
CREATE TABLE webhook_attempts (
  webhook_delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  attempt             int NOT NULL CHECK (attempt >= 1),
  tenant_id           uuid NOT NULL REFERENCES tenants,
  http_status         int,
  error_message       text,
  duration_ms         int NOT NULL CHECK (duration_ms >= 0),
  attempted_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (webhook_delivery_id, attempt)
);
CREATE INDEX webhook_attempts_tenant ON webhook_attempts (tenant_id);

-- migrate:down
DROP TABLE webhook_attempts;
DROP INDEX webhook_deliveries_endpoint;
DELETE FROM webhook_deliveries WHERE webhook_endpoint_id IN
  (SELECT webhook_endpoint_id FROM webhook_endpoints WHERE status = 'DELETED');
DELETE FROM webhook_endpoints WHERE status = 'DELETED';
ALTER TABLE webhook_endpoints
  DROP CONSTRAINT webhook_endpoints_status_check,
  DROP COLUMN disabled_reason, DROP COLUMN updated_at,
  DROP COLUMN previous_secret_encrypted, DROP COLUMN rotating_until,
  DROP COLUMN circuit_open_until, DROP COLUMN circuit_failures, DROP COLUMN failing_since,
  ALTER COLUMN secret_encrypted SET NOT NULL,
  ADD CONSTRAINT webhook_endpoints_status_check CHECK (status IN ('ENABLED', 'DISABLED'));
