-- Scorecards and the ledger of bonuses and penalties: nobody decides about themselves, what was counted never changes,
-- what is closed is frozen, and a penalty stays within Article 16, whatever the program does.

CREATE OR REPLACE FUNCTION guard_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a scorecard is never removed' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.member_id, NEW.period, NEW.since, NEW.until, NEW.weights, NEW.made_at, NEW.made_by, NEW.closes_at)
        IS DISTINCT FROM
        (OLD.member_id, OLD.period, OLD.since, OLD.until, OLD.weights, OLD.made_at, OLD.made_by, OLD.closes_at) THEN
        RAISE EXCEPTION 'what a scorecard was made of never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'closed' AND (NEW.state, NEW.total, NEW.agreed_at)
        IS DISTINCT FROM (OLD.state, OLD.total, OLD.agreed_at) THEN
        RAISE EXCEPTION 'a closed scorecard is frozen' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'disputed' AND NEW.total IS DISTINCT FROM OLD.total THEN
        RAISE EXCEPTION 'a total changes by the answer to an objection only' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'closed' AND OLD.state <> 'closed' THEN
        IF EXISTS (SELECT 1 FROM score_disputes d
            WHERE d.firm_id = NEW.firm_id AND d.card_id = NEW.id AND d.answered_at IS NULL) THEN
            RAISE EXCEPTION 'an objection is answered before its scorecard is closed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.agreed_at IS NULL AND NEW.entered_at <= NEW.closes_at THEN
            RAISE EXCEPTION 'the time for objections is not over' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_scorecard ON scorecards;
CREATE TRIGGER guard_scorecard BEFORE UPDATE OR DELETE ON scorecards FOR EACH ROW EXECUTE FUNCTION guard_scorecard();

CREATE OR REPLACE FUNCTION guard_score_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE card scorecards;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a figure of a scorecard is never removed' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO card FROM scorecards c WHERE c.firm_id = NEW.firm_id AND c.id = NEW.card_id;
    IF TG_OP = 'INSERT' THEN
        IF card.state = 'closed' OR NEW.corrected IS NOT NULL THEN
            RAISE EXCEPTION 'a closed scorecard is frozen' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.card_id, NEW.part, NEW.measure, NEW.place, NEW.n, NEW.value, NEW.target, NEW.points) IS DISTINCT FROM
        (OLD.card_id, OLD.part, OLD.measure, OLD.place, OLD.n, OLD.value, OLD.target, OLD.points) THEN
        RAISE EXCEPTION 'what was counted never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.corrected, NEW.corrected_by) IS DISTINCT FROM (OLD.corrected, OLD.corrected_by) THEN
        IF card.state <> 'disputed' THEN
            RAISE EXCEPTION 'points are corrected while they are disputed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.corrected_by IS NULL OR NEW.corrected_by = card.member_id THEN
            RAISE EXCEPTION 'nobody corrects their own points' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_score_line ON score_lines;
CREATE TRIGGER guard_score_line BEFORE INSERT OR UPDATE OR DELETE ON score_lines
    FOR EACH ROW EXECUTE FUNCTION guard_score_line();

CREATE OR REPLACE FUNCTION guard_score_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE card scorecards;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an objection is never removed' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO card FROM scorecards c WHERE c.firm_id = NEW.firm_id AND c.id = NEW.card_id;
    IF TG_OP = 'INSERT' THEN
        IF card.state = 'closed' OR NEW.raised_at > card.closes_at OR NEW.raised_by <> card.member_id
            OR NEW.answered_at IS NOT NULL THEN
            RAISE EXCEPTION 'the person concerned objects, in time' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.card_id, NEW.line_id, NEW.reason, NEW.raised_by, NEW.raised_at) IS DISTINCT FROM
        (OLD.card_id, OLD.line_id, OLD.reason, OLD.raised_by, OLD.raised_at) OR OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'an objection and its answer stay as they were said' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.answered_at IS NOT NULL AND (NEW.answered_by IS NULL OR NEW.answered_by = card.member_id OR NEW.answer = '')
        THEN
        RAISE EXCEPTION 'somebody else answers an objection' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_score_dispute ON score_disputes;
CREATE TRIGGER guard_score_dispute BEFORE INSERT OR UPDATE OR DELETE ON score_disputes
    FOR EACH ROW EXECUTE FUNCTION guard_score_dispute();

CREATE OR REPLACE FUNCTION guard_pay_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE together bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an entry of the ledger is never removed' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('', 'proposed') OR NEW.approved_by IS NOT NULL THEN
            RAISE EXCEPTION 'an entry begins as a proposal' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.number, NEW.member_id, NEW.kind, NEW.month, NEW.amount, NEW.clause, NEW.reason, NEW.files, NEW.rule_key,
        NEW.card_id, NEW.proposed_by, NEW.proposed_at) IS DISTINCT FROM (OLD.number, OLD.member_id, OLD.kind, OLD.month,
        OLD.amount, OLD.clause, OLD.reason, OLD.files, OLD.rule_key, OLD.card_id, OLD.proposed_by, OLD.proposed_at) THEN
        RAISE EXCEPTION 'what was proposed never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_at, NEW.wage, NEW.minimum, NEW.objects_until)
        IS DISTINCT FROM (OLD.approved_by, OLD.approved_at, OLD.wage, OLD.minimum, OLD.objects_until)
        OR OLD.answered_by IS NOT NULL AND (NEW.answer, NEW.answered_by) IS DISTINCT FROM (OLD.answer, OLD.answered_by)
        OR OLD.objection <> '' AND NEW.objection <> OLD.objection
        OR OLD.state IN ('final', 'refused', 'withdrawn') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'what was decided stays as it was decided' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'objected', 'final') AND NEW.approved_by IS NULL THEN
        RAISE EXCEPTION 'an entry counts once somebody approved it' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_by IS NOT NULL AND NEW.approved_by IS NOT DISTINCT FROM NEW.proposed_by THEN
        RAISE EXCEPTION 'nobody approves what they proposed' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.approved_by IS NULL AND NEW.approved_by IS NOT NULL AND NEW.kind = 'penalty' THEN
        -- Two approvals for one person and month wait for each other, so that neither misses the other's amount.
        PERFORM pg_advisory_xact_lock(hashtextextended('pay ' || NEW.firm_id || NEW.member_id || NEW.month, 0));
        SELECT coalesce(sum(e.amount), 0) + NEW.amount INTO together FROM pay_entries e
            WHERE e.firm_id = NEW.firm_id AND e.member_id = NEW.member_id AND e.month = NEW.month AND e.id <> NEW.id
                AND e.kind = 'penalty' AND e.approved_by IS NOT NULL AND e.state <> 'withdrawn';
        IF NEW.wage IS NULL OR coalesce(NEW.minimum, 0) = 0 OR together * 5 > NEW.wage
            OR NEW.wage - together < NEW.minimum THEN
            RAISE EXCEPTION 'a penalty takes at most 20 %% of the wage and leaves the minimum wage'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_pay_entry ON pay_entries;
CREATE TRIGGER guard_pay_entry BEFORE INSERT OR UPDATE OR DELETE ON pay_entries
    FOR EACH ROW EXECUTE FUNCTION guard_pay_entry();
