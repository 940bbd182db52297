-- migrate:up
CREATE TABLE webhook_endpoints (
  webhook_endpoint_id uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL REFERENCES tenants,
  url                 text NOT NULL CHECK (length(url) <= 2000),
  secret_encrypted    bytea,   -- none once it is DELETED: the row stays for the history of its deliveries
  status              text NOT NULL DEFAULT 'ENABLED' CHECK (status IN ('ENABLED', 'DISABLED', 'DELETED')),
  created_at          timestamptz NOT NULL DEFAULT now(),
  disabled_reason     text CHECK (length(disabled_reason) <= 500),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  -- After a rotation both secrets sign until the old one's time is over.
  previous_secret_encrypted bytea,
  rotating_until            timestamptz,
  -- The circuit breaker, written when it opens or closes: open until then, half-open after it, closed where it is null.
  circuit_open_until  timestamptz,
  circuit_failures    int NOT NULL DEFAULT 0,   -- in a row
  failing_since       timestamptz,              -- the first of them
  UNIQUE (tenant_id, webhook_endpoint_id),
  CHECK ((status = 'DELETED') = (secret_encrypted IS NULL)),
  CHECK (num_nulls(previous_secret_encrypted, rotating_until) IN (0, 2))
);

CREATE TABLE webhook_subscriptions (
  webhook_subscription_id uuid PRIMARY KEY,
  tenant_id               uuid NOT NULL,
  webhook_endpoint_id     uuid NOT NULL,
  event_type              text NOT NULL,   -- such as passport_version.activated, or * for all
  created_at              timestamptz NOT NULL DEFAULT now(),
  UNIQUE (webhook_endpoint_id, event_type),
  FOREIGN KEY (tenant_id, webhook_endpoint_id) REFERENCES webhook_endpoints (tenant_id, webhook_endpoint_id)
);
CREATE INDEX webhook_subscriptions_event ON webhook_subscriptions (tenant_id, event_type);

CREATE TABLE webhook_deliveries (
  webhook_delivery_id uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL,
  webhook_endpoint_id uuid NOT NULL,
  event_id            bigint,
  event_type          text NOT NULL,
  body                text NOT NULL,   -- what is sent, the same bytes at every attempt
  status              text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
  http_status         int,
  error_message       text,
  attempts            int NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL DEFAULT now(),
  delivered_at        timestamptz,
  FOREIGN KEY (tenant_id, webhook_endpoint_id) REFERENCES webhook_endpoints (tenant_id, webhook_endpoint_id)
);
CREATE INDEX webhook_deliveries_recent ON webhook_deliveries (tenant_id, created_at DESC);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (webhook_endpoint_id, created_at DESC);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

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
DROP TABLE webhook_attempts, webhook_deliveries, webhook_subscriptions, webhook_endpoints;
