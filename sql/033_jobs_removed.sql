-- migrate:up
-- Jobs that are gone (retention, an operator's DELETE), so that the number ever enqueued only grows: a counter that falls
-- looks like a restart to Prometheus, which then counts everything again.
CREATE TABLE jobs_removed (
  tenant_id uuid   NOT NULL REFERENCES tenants,
  type      text   NOT NULL,
  jobs      bigint NOT NULL,
  PRIMARY KEY (tenant_id, type)
);

CREATE FUNCTION bpc_jobs_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO jobs_removed AS r (tenant_id, type, jobs)
  SELECT tenant_id, type, count(*) FROM gone GROUP BY tenant_id, type ORDER BY tenant_id, type
  ON CONFLICT (tenant_id, type) DO UPDATE SET jobs = r.jobs + excluded.jobs;
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_removed AFTER DELETE ON jobs REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION bpc_jobs_removed();

-- migrate:down
DROP TRIGGER jobs_removed ON jobs;
DROP FUNCTION bpc_jobs_removed();
DROP TABLE jobs_removed;
