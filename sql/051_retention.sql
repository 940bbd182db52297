-- migrate:up
-- What is removed when its time is over is found by its age.
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- migrate:down
DROP INDEX webhook_deliveries_age, idempotency_keys_age;
