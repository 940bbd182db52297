-- migrate:up
-- A schedule's name is its tenant's, and that of the schedules of all tenants (tenant_id NULL) the cluster's: nobody
-- takes a name away from anybody else.
ALTER TABLE job_schedules DROP CONSTRAINT job_schedules_pkey,
  ADD CONSTRAINT job_schedules_name_key UNIQUE NULLS NOT DISTINCT (tenant_id, name);

-- migrate:down
ALTER TABLE job_schedules DROP CONSTRAINT job_schedules_name_key, ADD CONSTRAINT job_schedules_pkey PRIMARY KEY (name);
