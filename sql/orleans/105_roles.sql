-- migrate:up
-- The tables above came after the roles (sql/090_roles.sql).
SELECT bpc_secure_tables();

-- migrate:down
