-- Two pairs of eyes on every case, whatever the program does (domain.md W2, trust.md §3).

-- Whoever prepared: the owner, those who owned it before, and whoever edited a line of the version under review.
CREATE OR REPLACE FUNCTION case_prepared_by(c cases, member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT member = c.owner_id
        OR coalesce(c.extra -> 'past_owners', '[]'::jsonb) ? member::text
        OR coalesce(c.extra -> 'editors', '[]'::jsonb) ? member::text
$$;

CREATE OR REPLACE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number OR NEW.opened_at <> OLD.opened_at THEN
        RAISE EXCEPTION 'the number and the beginning of a case never change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by AND case_prepared_by(NEW, NEW.reviewed_by) THEN
        RAISE EXCEPTION 'nobody reviews a case they prepared' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.manager_id IS DISTINCT FROM OLD.manager_id
        AND (case_prepared_by(NEW, NEW.manager_id) OR NEW.manager_id = NEW.reviewed_by)
    THEN
        RAISE EXCEPTION 'the second approval is given by a third person' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state THEN
        IF NEW.state IN ('approved', 'in_approval', 'dismissed') AND NEW.reviewed_by IS NULL THEN
            RAISE EXCEPTION 'a case becomes % by a second person', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = 'closed' AND OLD.state = 'explained' AND NEW.reviewed_by IS NULL THEN
            RAISE EXCEPTION 'a case becomes % by a second person', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = 'approved' AND OLD.state IN ('in_review', 'in_approval') AND NEW.manager_id IS NULL
            AND coalesce((NEW.extra ->> 'needs_manager')::boolean, false)
        THEN
            RAISE EXCEPTION 'this case needs a manager''s approval too' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_case ON cases;
CREATE TRIGGER guard_case BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION guard_case();

-- What was decided stays decided unless the case is opened again. Asked when the transaction ends, since reopening first
-- takes the decision back and then leaves the state.
CREATE OR REPLACE FUNCTION guard_closed_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'dismissed')
        AND (NEW.outcome, NEW.outcome_reason, NEW.reviewed_by, NEW.manager_id, NEW.owner_id, NEW.closed_at, NEW.cause)
            IS DISTINCT FROM
            (OLD.outcome, OLD.outcome_reason, OLD.reviewed_by, OLD.manager_id, OLD.owner_id, OLD.closed_at, OLD.cause)
        AND EXISTS (
            SELECT 1 FROM cases c
            WHERE c.firm_id = NEW.firm_id AND c.id = NEW.id AND c.state IN ('closed', 'dismissed')
        )
    THEN
        RAISE EXCEPTION 'what was decided in a closed case never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS guard_closed_case ON cases;
CREATE CONSTRAINT TRIGGER guard_closed_case AFTER UPDATE ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION guard_closed_case();

-- What was restored is signed off by somebody who neither prepared the case nor tested it.
CREATE OR REPLACE FUNCTION guard_fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_off_at IS NOT NULL THEN
        RAISE EXCEPTION 'a system fault that was signed off never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.signed_off_by IS NOT NULL AND (NEW.tested_by IS NULL OR NEW.signed_off_by = NEW.tested_by OR EXISTS (
        SELECT 1 FROM cases c
        WHERE c.firm_id = NEW.firm_id AND c.id = NEW.case_id AND case_prepared_by(c, NEW.signed_off_by)
    )) THEN
        RAISE EXCEPTION 'restored books are signed off by a second person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_fault ON system_faults;
CREATE TRIGGER guard_fault BEFORE UPDATE ON system_faults FOR EACH ROW EXECUTE FUNCTION guard_fault();

-- A lesson is part of what was decided: it stands once the case is closed.
CREATE OR REPLACE FUNCTION guard_lesson() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM cases c WHERE c.firm_id = OLD.firm_id AND c.id = OLD.case_id AND c.state IN ('closed', 'dismissed')
    ) THEN
        RAISE EXCEPTION 'the lesson of a closed case never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

DROP TRIGGER IF EXISTS guard_lesson ON lessons;
CREATE TRIGGER guard_lesson BEFORE UPDATE OR DELETE ON lessons FOR EACH ROW EXECUTE FUNCTION guard_lesson();

-- What was asked, and when it was answered first, stays; a later answer only follows the earlier one.
CREATE OR REPLACE FUNCTION guard_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.text, NEW.case_id, NEW.contact_id, NEW.asked_at) IS DISTINCT FROM
       (OLD.text, OLD.case_id, OLD.contact_id, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'a question that was asked never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.answered_at IS NOT NULL AND NEW.answered_at IS NULL THEN
        RAISE EXCEPTION 'an answer that was given is never taken away' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_question ON questions;
CREATE TRIGGER guard_question BEFORE UPDATE ON questions FOR EACH ROW EXECUTE FUNCTION guard_question();
