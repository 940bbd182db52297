-- migrate:up
-- A published version leaves in two steps: DEPRECATED (still compiles, with a warning), then RETIRED (no longer
-- compiles; what it made replays for ever). The day of each step and the last one's reason stand beside the status.
ALTER TABLE rule_package_versions
  ADD COLUMN deprecated_at timestamptz,
  ADD COLUMN retired_at    timestamptz,
  ADD COLUMN status_reason text CHECK (length(status_reason) BETWEEN 1 AND 2000);

-- The database's clock says when, also where somebody takes the step by plain SQL.
CREATE FUNCTION bpc_date_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'DEPRECATED' THEN
    NEW.deprecated_at := now();
  ELSIF NEW.status = 'RETIRED' THEN
    NEW.retired_at := now();
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER dated BEFORE UPDATE OF status ON rule_package_versions FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION bpc_date_rules();
CREATE TRIGGER left_at BEFORE UPDATE OF deprecated_at, retired_at ON rule_package_versions FOR EACH ROW
  EXECUTE FUNCTION bpc_refuse('when it was DEPRECATED or RETIRED comes with the step and never changes');
CREATE TRIGGER reason BEFORE UPDATE OF status_reason ON rule_package_versions FOR EACH ROW
  WHEN (OLD.status = NEW.status) EXECUTE FUNCTION bpc_refuse('a reason comes with its step and never changes');

-- migrate:down
DROP TRIGGER reason ON rule_package_versions;
DROP TRIGGER left_at ON rule_package_versions;
DROP TRIGGER dated ON rule_package_versions;
DROP FUNCTION bpc_date_rules();
ALTER TABLE rule_package_versions DROP COLUMN deprecated_at, DROP COLUMN retired_at, DROP COLUMN status_reason;
