-- A finding of high or critical severity is put aside by a reviewer, a manager or the owner (domain.md W2).
CREATE OR REPLACE FUNCTION guard_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NEW.state IN ('dismissed', 'excepted') AND OLD.state = 'open'
        AND NEW.severity IN ('high', 'critical')
        AND NOT EXISTS (
            SELECT 1 FROM memberships m
            WHERE m.firm_id = NEW.firm_id AND m.id = NEW.decided_by AND m.roles ?| ARRAY['owner', 'manager', 'reviewer']
        )
        AND NOT (NEW.state = 'excepted' AND EXISTS (  -- covered by an exemption that a reviewer gave before
            SELECT 1 FROM exemptions e
            WHERE e.firm_id = NEW.firm_id AND e.client_id = NEW.client_id AND e.rule = NEW.rule
                AND e.decided_by = NEW.decided_by
        ))
    THEN
        RAISE EXCEPTION 'a severe finding is put aside by a reviewer' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.rule <> OLD.rule OR NEW.object <> OLD.object OR NEW.found_at <> OLD.found_at THEN
        RAISE EXCEPTION 'what makes a finding the same one never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_finding ON findings;
CREATE TRIGGER guard_finding BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION guard_finding();
