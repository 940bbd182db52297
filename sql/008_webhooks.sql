-- migrate:up
CREATE TABLE webhook_endpoints (
  webhook_endpoint_id uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL REFERENCES tenants,
  url                 text NOT NULL CHECK (length(url) <= 2000),
  secret_encrypted    bytea NOT NULL,
  status              text NOT NULL DEFAULT 'ENABLED' CHECK (status IN ('ENABLED', 'DISABLED')),
  created_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, webhook_endpoint_id)
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

-- migrate:down
DROP TABLE webhook_deliveries, webhook_subscriptions, webhook_endpoints;
