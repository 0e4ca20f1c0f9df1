-- Who has to learn: nobody lets themselves off, nobody confirms their own credits, what was attended stays.

CREATE OR REPLACE FUNCTION course_waived_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.waived_at IS NOT NULL AND NEW.waived_by IS NOT DISTINCT FROM NEW.member_id THEN
    RAISE EXCEPTION 'nobody lets themselves off a course' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS course_waived_by_another ON course_assignments;
CREATE TRIGGER course_waived_by_another BEFORE INSERT OR UPDATE ON course_assignments
  FOR EACH ROW EXECUTE FUNCTION course_waived_by_another();

CREATE OR REPLACE FUNCTION credits_confirmed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.why = 'outside' AND NEW.counts AND (NEW.decided_by IS NULL OR NEW.decided_by = NEW.member_id) THEN
    RAISE EXCEPTION 'credits earned outside are confirmed by somebody else' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.counts AND (NEW.credits, NEW.year, NEW.subject, NEW.member_id, NEW.counts)
      IS DISTINCT FROM (OLD.credits, OLD.year, OLD.subject, OLD.member_id, OLD.counts) THEN
    RAISE EXCEPTION 'credits that count do not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS credits_confirmed_by_another ON credit_entries;
CREATE TRIGGER credits_confirmed_by_another BEFORE INSERT OR UPDATE ON credit_entries
  FOR EACH ROW EXECUTE FUNCTION credits_confirmed_by_another();

CREATE OR REPLACE FUNCTION attendance_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held team_sessions;
BEGIN
  SELECT * INTO held FROM team_sessions
    WHERE firm_id = coalesce(NEW.firm_id, OLD.firm_id) AND id = coalesce(NEW.session_id, OLD.session_id);
  IF held.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'the attendance of a session that was held is final' USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS attendance_stays ON session_attendances;
CREATE TRIGGER attendance_stays BEFORE INSERT OR UPDATE OR DELETE ON session_attendances
  FOR EACH ROW EXECUTE FUNCTION attendance_stays();
