-- Checklists and procedures: two people where two are asked for, and what was signed stays as it was signed
-- (trust.md §3; 财会〔2023〕27号: whoever leads a project does not control its quality).

CREATE OR REPLACE FUNCTION guard_checklist_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a run is closed as void, never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.checklist_id, NEW.version_id, NEW.period, NEW.made_at, NEW.two_person, NEW.lead)
        IS DISTINCT FROM (OLD.checklist_id, OLD.version_id, OLD.period, OLD.made_at, OLD.two_person, OLD.lead) THEN
        RAISE EXCEPTION 'a run keeps its version, its period and who signs it' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('signed_off', 'completed') AND (NEW.state, NEW.prepared_by, NEW.prepared_at, NEW.signed_by, NEW.signed_at)
        IS DISTINCT FROM (OLD.state, OLD.prepared_by, OLD.prepared_at, OLD.signed_by, OLD.signed_at) THEN
        RAISE EXCEPTION 'what was signed off never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('prepared', 'with_manager', 'signed_off', 'completed') THEN
        IF NEW.prepared_by IS NULL OR EXISTS (SELECT FROM checklist_steps s
            WHERE s.firm_id = NEW.firm_id AND s.run_id = NEW.id AND s.outcome = '') THEN
            RAISE EXCEPTION 'a run with open steps is not done' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM checklist_steps s WHERE s.firm_id = NEW.firm_id AND s.run_id = NEW.id
            AND s.two_person AND s.outcome = 'done' AND s.confirmed_by IS NULL) THEN
            RAISE EXCEPTION 'a step still waits for its second person' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = 'completed' AND NEW.two_person THEN
        RAISE EXCEPTION 'this checklist needs a second person' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'signed_off' AND OLD.state <> 'signed_off' THEN
        IF NEW.signed_by IS NULL OR NEW.signed_by = NEW.prepared_by OR EXISTS (SELECT FROM checklist_steps s
            WHERE s.firm_id = NEW.firm_id AND s.run_id = NEW.id AND s.done_by = NEW.signed_by) THEN
            RAISE EXCEPTION 'nobody signs off their own work' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_checklist_run ON checklist_runs;
CREATE TRIGGER guard_checklist_run BEFORE UPDATE OR DELETE ON checklist_runs
    FOR EACH ROW EXECUTE FUNCTION guard_checklist_run();

CREATE OR REPLACE FUNCTION guard_checklist_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed boolean;
BEGIN
    SELECT r.state IN ('prepared', 'with_manager', 'signed_off', 'completed', 'void') INTO closed FROM checklist_runs r
        WHERE r.firm_id = OLD.firm_id AND r.id = OLD.run_id;
    IF TG_OP = 'DELETE' OR closed THEN
        RAISE EXCEPTION 'the steps of a run that is done never change' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.run_id, NEW.position, NEW.title_zh, NEW.title_en, NEW.evidence, NEW.role, NEW.two_person)
        IS DISTINCT FROM (OLD.run_id, OLD.position, OLD.title_zh, OLD.title_en, OLD.evidence, OLD.role, OLD.two_person) THEN
        RAISE EXCEPTION 'a step keeps what its version says' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_checklist_step ON checklist_steps;
CREATE TRIGGER guard_checklist_step BEFORE UPDATE OR DELETE ON checklist_steps
    FOR EACH ROW EXECUTE FUNCTION guard_checklist_step();

CREATE OR REPLACE FUNCTION guard_procedure_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version is replaced, never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_by = NEW.author_id OR NEW.editors ? NEW.approved_by::text THEN
        RAISE EXCEPTION 'nobody puts their own procedure in force' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('coming', 'in_force') AND NEW.author_id IS NOT NULL
        AND NEW.approved_by IS NULL THEN
        RAISE EXCEPTION 'a procedure comes in force by a second person' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state NOT IN ('', 'draft') AND (NEW.title_zh, NEW.title_en, NEW.body_zh, NEW.body_en, NEW.source, NEW.version,
            NEW.procedure_id, NEW.effective_on)
        IS DISTINCT FROM (OLD.title_zh, OLD.title_en, OLD.body_zh, OLD.body_en, OLD.source, OLD.version,
            OLD.procedure_id, OLD.effective_on) THEN
        RAISE EXCEPTION 'the text of a version changes only while it is a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_procedure_version ON procedure_versions;
CREATE TRIGGER guard_procedure_version BEFORE UPDATE OR DELETE ON procedure_versions
    FOR EACH ROW EXECUTE FUNCTION guard_procedure_version();
