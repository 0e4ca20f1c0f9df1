-- Improvement: nobody approves or judges what is their own, what was approved stays as it was, and a receipt is given once.

CREATE OR REPLACE FUNCTION guard_improvement_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.drafted_at) IS DISTINCT FROM (OLD.number, OLD.drafted_at) THEN
        RAISE EXCEPTION 'number and beginning of a change never change' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.approved_by IS NOT NULL AND (NEW.title, NEW.problem, NEW.proposal, NEW.target_kind, NEW.target_key,
        NEW.author_id, NEW.effective_on, NEW.measure_days, NEW.baseline, NEW.approved_by, NEW.approved_at)
        IS DISTINCT FROM (OLD.title, OLD.problem, OLD.proposal, OLD.target_kind, OLD.target_key,
        OLD.author_id, OLD.effective_on, OLD.measure_days, OLD.baseline, OLD.approved_by, OLD.approved_at) THEN
        RAISE EXCEPTION 'an approved change and its baseline never change' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.outcome IS NOT NULL AND NEW.outcome IS DISTINCT FROM OLD.outcome THEN
        RAISE EXCEPTION 'what was measured never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'in_force', 'measured', 'kept') AND NEW.approved_by IS NULL THEN
        RAISE EXCEPTION 'a change is in force only once a second person approved it' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'kept' AND (NEW.decided_by IS NULL OR NEW.decided_by = NEW.author_id) THEN
        RAISE EXCEPTION 'somebody else than its author keeps a change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_improvement_change ON improvement_changes;
CREATE TRIGGER guard_improvement_change BEFORE UPDATE ON improvement_changes
    FOR EACH ROW EXECUTE FUNCTION guard_improvement_change();

CREATE OR REPLACE FUNCTION guard_improvement_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('effective', 'ineffective') AND (NEW.judged_by IS NULL OR NEW.judged_by = NEW.owner_id) THEN
        RAISE EXCEPTION 'somebody else than its owner judges an action' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.done_on IS NOT NULL AND (NEW.done_on, NEW.baseline, NEW.target_kind, NEW.target_key)
        IS DISTINCT FROM (OLD.done_on, OLD.baseline, OLD.target_kind, OLD.target_key) THEN
        RAISE EXCEPTION 'what was measured before an action never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.judged_by IS NOT NULL AND (NEW.judged_by, NEW.judged_at, NEW.verdict, NEW.outcome)
        IS DISTINCT FROM (OLD.judged_by, OLD.judged_at, OLD.verdict, OLD.outcome) THEN
        RAISE EXCEPTION 'a verdict stays on record' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_improvement_action ON improvement_actions;
CREATE TRIGGER guard_improvement_action BEFORE UPDATE ON improvement_actions
    FOR EACH ROW EXECUTE FUNCTION guard_improvement_action();

CREATE OR REPLACE FUNCTION guard_improvement_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.read_at IS NOT NULL AND (NEW.read_at, NEW.member_id, NEW.answers, NEW."right", NEW.questions)
        IS DISTINCT FROM (OLD.read_at, OLD.member_id, OLD.answers, OLD."right", OLD.questions) THEN
        RAISE EXCEPTION 'a read receipt never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_improvement_receipt ON improvement_receipts;
CREATE TRIGGER guard_improvement_receipt BEFORE UPDATE ON improvement_receipts
    FOR EACH ROW EXECUTE FUNCTION guard_improvement_receipt();

CREATE OR REPLACE FUNCTION guard_improvement_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL AND (NEW.result, NEW.result_id, NEW.reason, NEW.decided_by, NEW.decided_at)
        IS DISTINCT FROM (OLD.result, OLD.result_id, OLD.reason, OLD.decided_by, OLD.decided_at) THEN
        RAISE EXCEPTION 'what was decided about something in the inbox stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_improvement_inbox ON improvement_inbox;
CREATE TRIGGER guard_improvement_inbox BEFORE UPDATE ON improvement_inbox
    FOR EACH ROW EXECUTE FUNCTION guard_improvement_inbox();
