-- Separation of duties and frozen content, so that neither a forged request nor a bug gets round them.

CREATE OR REPLACE FUNCTION adjustments_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reviewed_by IS NOT NULL AND NEW.edited_by @> to_jsonb(NEW.reviewed_by::text) THEN
        RAISE EXCEPTION 'whoever edited a plan does not review it';
    END IF;
    IF NEW.manager_id IS NOT NULL AND NEW.edited_by @> to_jsonb(NEW.manager_id::text) THEN
        RAISE EXCEPTION 'whoever edited a plan does not approve it';
    END IF;
    IF NEW.approved_at IS NOT NULL AND NEW.reviewed_by IS NULL THEN
        RAISE EXCEPTION 'a plan is approved by a reviewer';
    END IF;
    IF NEW.approved_at IS NOT NULL AND NEW.needs_manager AND NEW.manager_id IS NULL THEN
        RAISE EXCEPTION 'this plan needs a manager as well';
    END IF;
    IF NEW.verified_by IS NOT NULL AND NEW.edited_by @> to_jsonb(NEW.verified_by::text) THEN
        RAISE EXCEPTION 'whoever edited a plan does not prove its cure';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.approved_at IS NOT NULL AND (
        NEW.facts, NEW.method, NEW.wrong, NEW.tax, NEW.total, NEW.duties, NEW.effective_on, NEW.before_sha256,
        NEW.prepared_by, NEW.edited_by, NEW.reviewed_by, NEW.manager_id, NEW.approved_at
    ) IS DISTINCT FROM (
        OLD.facts, OLD.method, OLD.wrong, OLD.tax, OLD.total, OLD.duties, OLD.effective_on, OLD.before_sha256,
        OLD.prepared_by, OLD.edited_by, OLD.reviewed_by, OLD.manager_id, OLD.approved_at
    ) THEN
        RAISE EXCEPTION 'an approved plan never changes';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS adjustments_guard ON adjustments;
CREATE TRIGGER adjustments_guard BEFORE INSERT OR UPDATE ON adjustments
    FOR EACH ROW EXECUTE FUNCTION adjustments_guard();

CREATE OR REPLACE FUNCTION planned_vouchers_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen boolean;
    subject planned_vouchers := coalesce(NEW, OLD);
BEGIN
    SELECT submitted_at IS NOT NULL INTO frozen FROM adjustments
        WHERE firm_id = subject.firm_id AND id = subject.adjustment_id;
    IF NOT coalesce(frozen, false) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.date, NEW.word, NEW.number, NEW.summary, NEW.lines, NEW.position)
        IS NOT DISTINCT FROM (OLD.kind, OLD.date, OLD.word, OLD.number, OLD.summary, OLD.lines, OLD.position) THEN
        RETURN NEW;  -- the number it was posted under
    END IF;
    RAISE EXCEPTION 'the vouchers of a submitted plan never change';
END $$;
DROP TRIGGER IF EXISTS planned_vouchers_guard ON planned_vouchers;
CREATE TRIGGER planned_vouchers_guard BEFORE INSERT OR UPDATE OR DELETE ON planned_vouchers
    FOR EACH ROW EXECUTE FUNCTION planned_vouchers_guard();
