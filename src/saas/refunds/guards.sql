-- Refunds: two pairs of eyes, and never more back than was received, whatever the program does (domain.md W4, trust.md §3).

-- Fen reserved, in transit or paid back under one contract, without one of its refunds. The one place that knows.
CREATE OR REPLACE FUNCTION refund_committed(firm uuid, contract uuid, without uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(
        CASE WHEN r.state IN ('approved', 'payee_checked', 'executing', 'failed', 'paid', 'archived') THEN r.amount
        ELSE (SELECT coalesce(sum(p.amount), 0) FROM refund_payments p
              WHERE p.firm_id = r.firm_id AND p.refund_id = r.id AND p.state <> 'failed') END
    ), 0)::bigint
    FROM refunds r WHERE r.firm_id = firm AND r.contract_id = contract AND r.id IS DISTINCT FROM without
$$;

CREATE OR REPLACE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    received bigint;
    reserving constant text[] := ARRAY['approved', 'payee_checked', 'executing', 'failed', 'paid', 'archived'];
BEGIN
    IF (NEW.number, NEW.contract_id, NEW.policy_id, NEW.opened_at, NEW.requested_by)
        IS DISTINCT FROM (OLD.number, OLD.contract_id, OLD.policy_id, OLD.opened_at, OLD.requested_by) THEN
        RAISE EXCEPTION 'number, contract, policy and beginning of a refund never change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.past_preparers ? NEW.countersigned_by::text OR NEW.past_preparers ? NEW.level_1_by::text
        OR NEW.past_preparers ? NEW.level_2_by::text
        OR NEW.requested_by IN (NEW.countersigned_by, NEW.level_1_by, NEW.level_2_by) THEN
        RAISE EXCEPTION 'nobody approves a refund they prepared or asked for' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level_2_by IS NOT NULL AND NEW.level_2_by = NEW.countersigned_by THEN
        RAISE EXCEPTION 'the second level is another person than the countersigner' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = ANY (reserving) AND NEW.amount IS DISTINCT FROM OLD.amount THEN
        RAISE EXCEPTION 'an approved amount never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'approved' AND NOT OLD.state = ANY (reserving) THEN
        IF NEW.countersigned_by IS NULL OR (NEW.level_1_by IS NULL AND NOT NEW.fast_lane) THEN
            RAISE EXCEPTION 'a refund is approved by others than its preparer' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.level_2_by IS NULL AND (NEW.at_fault OR NEW.amount <> NEW.computed) THEN
            RAISE EXCEPTION 'an override or an own error needs a second level' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = ANY (reserving) AND NOT OLD.state = ANY (reserving) THEN
        PERFORM 1 FROM contracts c WHERE c.firm_id = NEW.firm_id AND c.id = NEW.contract_id FOR UPDATE;
        SELECT coalesce(sum(amount), 0) INTO received FROM receipts t
            WHERE t.firm_id = NEW.firm_id AND t.contract_id = NEW.contract_id;
        IF refund_committed(NEW.firm_id, NEW.contract_id, NEW.id) + NEW.amount > received THEN
            RAISE EXCEPTION 'more would be paid back than was received' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund ON refunds;
CREATE TRIGGER guard_refund BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION guard_refund();
