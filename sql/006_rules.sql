-- migrate:up
CREATE TABLE rule_packages (
  rule_package_id uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL REFERENCES tenants,
  name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description     text CHECK (length(description) <= 2000),
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name),
  UNIQUE (tenant_id, rule_package_id)
);

CREATE TABLE rule_package_versions (
  rule_package_version_id uuid PRIMARY KEY,
  tenant_id               uuid NOT NULL,
  rule_package_id         uuid NOT NULL,
  version                 int NOT NULL CHECK (version >= 1),
  language                text NOT NULL,   -- BPC-RULES-1
  dsl_source              text NOT NULL,
  tests_source            text NOT NULL,
  dsl_sha256              text NOT NULL CHECK (dsl_sha256 ~ '^[0-9a-f]{64}$'),
  tests_sha256            text NOT NULL CHECK (tests_sha256 ~ '^[0-9a-f]{64}$'),
  status                  text NOT NULL DEFAULT 'DRAFT'
                          CHECK (status IN ('DRAFT', 'VALIDATED', 'PUBLISHED', 'DEPRECATED', 'RETIRED')),
  created_at              timestamptz NOT NULL DEFAULT now(),
  published_at            timestamptz,
  deprecated_at           timestamptz,   -- still compiles, with a warning
  retired_at              timestamptz,   -- no longer compiles; what it made replays for ever
  status_reason           text CHECK (length(status_reason) BETWEEN 1 AND 2000),   -- of the last of these two steps
  UNIQUE (rule_package_id, version),
  UNIQUE (tenant_id, rule_package_version_id),
  FOREIGN KEY (tenant_id, rule_package_id) REFERENCES rule_packages (tenant_id, rule_package_id)
);

CREATE TABLE rule_tests_runs (
  rule_tests_run_id       uuid PRIMARY KEY,
  tenant_id               uuid NOT NULL,
  rule_package_version_id uuid NOT NULL,
  job_id                  uuid UNIQUE,   -- the job that ran it: the same job run again finds its row
  seed                    bigint NOT NULL,
  cases                   int NOT NULL CHECK (cases >= 0),
  failed                  int NOT NULL CHECK (failed BETWEEN 0 AND cases),
  report                  jsonb NOT NULL,   -- first failures (shrunk) and coverage
  created_at              timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, rule_package_version_id) REFERENCES rule_package_versions (tenant_id, rule_package_version_id)
);
CREATE INDEX rule_tests_runs_version ON rule_tests_runs (rule_package_version_id, created_at DESC);

-- migrate:down
DROP TABLE rule_tests_runs, rule_package_versions, rule_packages;
