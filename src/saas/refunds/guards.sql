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

-- The month's budget, its row locked: approvals of other contracts in the same instant see each other's sums.
CREATE OR REPLACE FUNCTION guard_refund_month(approved refunds) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', timezone('Asia/Shanghai', approved.approved_at))::date;
    monthly bigint;
    used bigint;
BEGIN
    IF approved.approved_at IS NULL THEN
        RAISE EXCEPTION 'an approval has its time' USING ERRCODE = 'check_violation';
    END IF;
    SELECT b.monthly INTO monthly FROM refund_budgets b
        WHERE b.firm_id = approved.firm_id AND b.valid_from <= month ORDER BY b.valid_from DESC LIMIT 1 FOR UPDATE;
    IF monthly IS NULL THEN
        RETURN;
    END IF;
    SELECT coalesce(sum(r.amount), 0) INTO used FROM refunds r
        WHERE r.firm_id = approved.firm_id AND r.id <> approved.id AND r.state NOT IN ('cancelled', 'converted')
        AND r.approved_at >= timezone('Asia/Shanghai', month::timestamp)
        AND r.approved_at < timezone('Asia/Shanghai', (month + interval '1 month'));
    IF used + approved.amount > monthly THEN
        RAISE EXCEPTION 'more would be approved than the budget of the month' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    received bigint;
    fast_up_to bigint;
    second_from bigint;
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
    IF OLD.bundle_sha256 <> '' AND (NEW.bundle_sha256, NEW.retain_until, NEW.notice_id)
        IS DISTINCT FROM (OLD.bundle_sha256, OLD.retain_until, OLD.notice_id) THEN
        RAISE EXCEPTION 'a sealed file and the day until it is kept never change' USING ERRCODE = 'check_violation';
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
        SELECT (p.terms ->> 'fast_lane_up_to')::bigint, (p.terms ->> 'level_2_from')::bigint INTO fast_up_to, second_from
            FROM refund_policies p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.policy_id;
        IF NEW.level_1_by IS NULL AND NEW.amount > coalesce(fast_up_to, 0) THEN
            RAISE EXCEPTION 'the fast lane ends at the limit of the policy' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.level_1_by IS NOT NULL AND NEW.level_2_by IS NULL AND NEW.amount > coalesce(second_from, 0) THEN
            RAISE EXCEPTION 'an amount above the limit of the policy needs a second level' USING ERRCODE = 'check_violation';
        END IF;
        PERFORM guard_refund_month(NEW);
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'payee_checked' AND NOT coalesce((
        SELECT p.verified_at IS NOT NULL FROM refund_payees p WHERE p.firm_id = NEW.firm_id AND p.refund_id = NEW.id
            ORDER BY p.written_at DESC, p.id DESC LIMIT 1), false) THEN
        RAISE EXCEPTION 'the account that was written down last is not checked' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'paid' AND (
        SELECT coalesce(sum(p.amount), 0) FROM refund_payments p
            WHERE p.firm_id = NEW.firm_id AND p.refund_id = NEW.id AND p.state = 'paid') <> NEW.amount THEN
        RAISE EXCEPTION 'a refund is paid when all of it arrived' USING ERRCODE = 'check_violation';
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

-- The account: written once; only the call-back and the check are added, by people other than its writer.
CREATE OR REPLACE FUNCTION guard_refund_payee() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    requester uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an account that was written down stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.verified_by IS NOT NULL OR NEW.verified_at IS NOT NULL OR NEW.called_back_by IS NOT NULL
            OR NEW.called_back_at IS NOT NULL OR NEW.call_record <> '{}' THEN
            RAISE EXCEPTION 'an account is checked after it was written down' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - ARRAY['called_back_by', 'called_back_at', 'call_record', 'verified_by', 'verified_at'])
        IS DISTINCT FROM
        (to_jsonb(OLD) - ARRAY['called_back_by', 'called_back_at', 'call_record', 'verified_by', 'verified_at']) THEN
        RAISE EXCEPTION 'an account never changes: another one is a row of its own' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.verified_at IS NOT NULL AND (NEW.verified_by, NEW.verified_at)
        IS DISTINCT FROM (OLD.verified_by, OLD.verified_at) THEN
        RAISE EXCEPTION 'an account is checked once' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.called_back_at IS NOT NULL OR OLD.call_record ->> 'result' = 'denied')
        AND (NEW.called_back_by, NEW.called_back_at, NEW.call_record)
        IS DISTINCT FROM (OLD.called_back_by, OLD.called_back_at, OLD.call_record) THEN
        RAISE EXCEPTION 'what the client said on the telephone stays on record' USING ERRCODE = 'check_violation';
    END IF;
    SELECT requested_by INTO requester FROM refunds r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.refund_id;
    IF NEW.called_back_by IS NOT NULL AND NEW.called_back_by IS NOT DISTINCT FROM NEW.written_by THEN
        RAISE EXCEPTION 'whoever wrote an account down does not call back' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.verified_by IS NOT NULL AND OLD.verified_by IS NULL THEN
        IF NEW.verified_by IS NOT DISTINCT FROM NEW.written_by OR NEW.verified_by IS NOT DISTINCT FROM requester THEN
            RAISE EXCEPTION 'whoever asked for the money or wrote the account down does not check it'
                USING ERRCODE = 'check_violation';
        END IF;
        IF (NOT NEW.original OR NEW.usable_at > NEW.written_at OR NEW.written_by IS NULL)
            AND NEW.called_back_at IS NULL THEN
            RAISE EXCEPTION 'a changed account is checked after a call to the client' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.verified_at IS NULL OR NEW.verified_at < NEW.usable_at THEN
            RAISE EXCEPTION 'a changed account waits 24 hours' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund_payee ON refund_payees;
CREATE TRIGGER guard_refund_payee BEFORE INSERT OR UPDATE OR DELETE ON refund_payees
    FOR EACH ROW EXECUTE FUNCTION guard_refund_payee();

-- A transfer: within what is left of the approved amount, to the account that was checked last, and then it only ends.
CREATE OR REPLACE FUNCTION guard_refund_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refund refunds;
    given bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> 'in_transit' THEN
            RAISE EXCEPTION 'a payment that ended never changes' USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.refund_id, NEW.payee_id, NEW.batch_id, NEW.key, NEW.amount, NEW.made_by, NEW.made_at)
            IS DISTINCT FROM
            (OLD.refund_id, OLD.payee_id, OLD.batch_id, OLD.key, OLD.amount, OLD.made_by, OLD.made_at) THEN
            RAISE EXCEPTION 'a payment never changes: it arrives or fails' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = 'paid' AND (NEW.bank_reference = '' OR NEW.paid_on IS NULL) THEN
            RAISE EXCEPTION 'a payment arrived when the bank says so' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO refund FROM refunds r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.refund_id FOR UPDATE;
    IF NEW.state <> 'in_transit' OR refund.state NOT IN ('payee_checked', 'failed', 'executing') THEN
        RAISE EXCEPTION 'a payment begins on its way, for a refund whose account is checked' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(p.amount), 0) INTO given FROM refund_payments p
        WHERE p.firm_id = NEW.firm_id AND p.refund_id = NEW.refund_id AND p.state <> 'failed';
    IF given + NEW.amount > refund.amount THEN
        RAISE EXCEPTION 'a payment never exceeds what is left of the approved amount' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM refund_payees p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.payee_id
            AND p.refund_id = NEW.refund_id AND p.verified_at IS NOT NULL
    ) OR EXISTS (
        SELECT 1 FROM refund_payees later JOIN refund_payees p ON p.firm_id = later.firm_id AND p.id = NEW.payee_id
            WHERE later.firm_id = NEW.firm_id AND later.refund_id = NEW.refund_id
            AND (later.written_at, later.id) > (p.written_at, p.id)
    ) THEN
        RAISE EXCEPTION 'money goes only to the account that was checked last' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM refund_payees p WHERE p.firm_id = NEW.firm_id AND p.id = NEW.payee_id
            AND (p.written_by = NEW.made_by OR refund.requested_by = NEW.made_by)
    ) THEN
        RAISE EXCEPTION 'whoever asked for the money or wrote the account down does not pay' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund_payment ON refund_payments;
CREATE TRIGGER guard_refund_payment BEFORE INSERT OR UPDATE OR DELETE ON refund_payments
    FOR EACH ROW EXECUTE FUNCTION guard_refund_payment();

-- The invoice: a red number that was recorded stays.
CREATE OR REPLACE FUNCTION guard_refund_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.red_number <> '' THEN
        RAISE EXCEPTION 'a red invoice that was recorded stays on record' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

DROP TRIGGER IF EXISTS guard_refund_invoice ON refund_invoices;
CREATE TRIGGER guard_refund_invoice BEFORE UPDATE OR DELETE ON refund_invoices
    FOR EACH ROW EXECUTE FUNCTION guard_refund_invoice();

-- The budget: months that have begun under a figure keep it.
CREATE OR REPLACE FUNCTION guard_refund_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.valid_from <> NEW.valid_from THEN
        RAISE EXCEPTION 'a budget stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.valid_from < date_trunc('month', timezone('Asia/Shanghai', now()))::date THEN
        RAISE EXCEPTION 'the budget of a month that is over never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund_budget ON refund_budgets;
CREATE TRIGGER guard_refund_budget BEFORE UPDATE OR DELETE ON refund_budgets
    FOR EACH ROW EXECUTE FUNCTION guard_refund_budget();

-- Whether a member had a part in a refund: asked, prepared, reviewed, approved, decided, wrote the account down or paid.
CREATE OR REPLACE FUNCTION took_part_in_refund(firm uuid, refund uuid, member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM refunds r WHERE r.firm_id = firm AND r.id = refund AND (
            member IN (r.requested_by, r.preparer_id, r.countersigned_by, r.level_1_by, r.level_2_by, r.rejected_by,
                       r.rejection_proposed_by, r.appeal_decided_by)
            OR r.past_preparers ? member::text)
    ) OR EXISTS (
        SELECT 1 FROM refund_payees p WHERE p.firm_id = firm AND p.refund_id = refund
            AND member IN (p.written_by, p.verified_by, p.called_back_by)
    ) OR EXISTS (
        SELECT 1 FROM refund_payments p WHERE p.firm_id = firm AND p.refund_id = refund
            AND member IN (p.made_by, p.settled_by)
    )
$$;

-- Signals: looked at once, by somebody who neither prepared the refund nor asked for it.
CREATE OR REPLACE FUNCTION guard_refund_signal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.seen_at IS NOT NULL
        OR (NEW.refund_id, NEW.kind, NEW.about, NEW.text, NEW.at)
            IS DISTINCT FROM (OLD.refund_id, OLD.kind, OLD.about, OLD.text, OLD.at) THEN
        RAISE EXCEPTION 'a signal stays as it was raised, and as it was looked at' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.seen_at IS NOT NULL AND (NEW.seen_by IS NULL OR length(NEW.remark) < 2 OR EXISTS (
        SELECT 1 FROM refunds r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.refund_id
            AND (NEW.seen_by IN (r.preparer_id, r.requested_by) OR r.past_preparers ? NEW.seen_by::text)
    )) THEN
        RAISE EXCEPTION 'nobody judges the signals of their own refund' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund_signal ON refund_signals;
CREATE TRIGGER guard_refund_signal BEFORE UPDATE OR DELETE ON refund_signals
    FOR EACH ROW EXECUTE FUNCTION guard_refund_signal();

-- The quality sample: closed refunds only, read by somebody who had no part in them, and the verdict stays.
CREATE OR REPLACE FUNCTION guard_refund_quality_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (
        OLD.checked_at IS NOT NULL OR (NEW.refund_id, NEW.drawn_at) IS DISTINCT FROM (OLD.refund_id, OLD.drawn_at)
    )) THEN
        RAISE EXCEPTION 'a quality check stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM refunds r WHERE r.firm_id = NEW.firm_id AND r.id = NEW.refund_id AND r.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'only closed refunds are drawn' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.checked_at IS NOT NULL AND (NEW.checked_by IS NULL
        OR took_part_in_refund(NEW.firm_id, NEW.refund_id, NEW.checked_by)) THEN
        RAISE EXCEPTION 'a refund is read again by somebody who had no part in it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_refund_quality_check ON refund_quality_checks;
CREATE TRIGGER guard_refund_quality_check BEFORE INSERT OR UPDATE OR DELETE ON refund_quality_checks
    FOR EACH ROW EXECUTE FUNCTION guard_refund_quality_check();

-- Receipts: what was promised back stays covered by what was received, also when a receipt is corrected.
CREATE OR REPLACE FUNCTION guard_receipt_of_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    left_over bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.contract_id = OLD.contract_id AND NEW.amount >= OLD.amount THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM contracts c WHERE c.firm_id = OLD.firm_id AND c.id = OLD.contract_id FOR UPDATE;
    SELECT coalesce(sum(t.amount), 0) INTO left_over FROM receipts t
        WHERE t.firm_id = OLD.firm_id AND t.contract_id = OLD.contract_id AND t.id <> OLD.id;
    IF TG_OP = 'UPDATE' AND NEW.contract_id = OLD.contract_id THEN
        left_over := left_over + NEW.amount;
    END IF;
    IF left_over < refund_committed(OLD.firm_id, OLD.contract_id, NULL) THEN
        RAISE EXCEPTION 'refunds of this contract are promised or paid from this receipt' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

DROP TRIGGER IF EXISTS guard_receipt_of_refunds ON receipts;
CREATE TRIGGER guard_receipt_of_refunds BEFORE UPDATE OR DELETE ON receipts
    FOR EACH ROW EXECUTE FUNCTION guard_receipt_of_refunds();
