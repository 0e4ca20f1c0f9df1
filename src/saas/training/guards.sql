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

-- What is taught: a published version, its lessons and its questions never change; whoever sits an exam keeps them.

CREATE OR REPLACE FUNCTION published_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published version of a course never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS published_version_stays ON course_versions;
CREATE TRIGGER published_version_stays BEFORE UPDATE OR DELETE ON course_versions
  FOR EACH ROW EXECUTE FUNCTION published_version_stays();

CREATE OR REPLACE FUNCTION published_content_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM course_versions v WHERE v.firm_id = coalesce(NEW.firm_id, OLD.firm_id)
      AND v.id IN (NEW.version_id, OLD.version_id) AND v.published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a published version of a course never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS published_lesson_stays ON course_lessons;
CREATE TRIGGER published_lesson_stays BEFORE INSERT OR UPDATE OR DELETE ON course_lessons
  FOR EACH ROW EXECUTE FUNCTION published_content_stays();
DROP TRIGGER IF EXISTS published_question_stays ON course_questions;
CREATE TRIGGER published_question_stays BEFORE INSERT OR UPDATE OR DELETE ON course_questions
  FOR EACH ROW EXECUTE FUNCTION published_content_stays();

-- What was sat: an attempt that is handed in, its answers and its points stay as they were marked.

CREATE OR REPLACE FUNCTION attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.handed_in_at IS NOT NULL THEN
    RAISE EXCEPTION 'an attempt that is handed in never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.member_id, NEW.course_id, NEW.version_id, NEW.seed, NEW.started_at, NEW.ends_at)
      IS DISTINCT FROM (OLD.member_id, OLD.course_id, OLD.version_id, OLD.seed, OLD.started_at, OLD.ends_at) THEN
    RAISE EXCEPTION 'who sits what, since when and until when never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS attempt_stays ON exam_attempts;
CREATE TRIGGER attempt_stays BEFORE UPDATE ON exam_attempts FOR EACH ROW EXECUTE FUNCTION attempt_stays();

CREATE OR REPLACE FUNCTION exam_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM exam_attempts a WHERE a.firm_id = OLD.firm_id AND a.id = OLD.attempt_id
      AND a.handed_in_at IS NOT NULL) THEN
    RAISE EXCEPTION 'an attempt that is handed in never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.attempt_id, NEW.question_id, NEW.position, NEW."order")
      IS DISTINCT FROM (OLD.attempt_id, OLD.question_id, OLD.position, OLD."order") THEN
    RAISE EXCEPTION 'what an attempt asks never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS exam_item_stays ON exam_items;
CREATE TRIGGER exam_item_stays BEFORE UPDATE ON exam_items FOR EACH ROW EXECUTE FUNCTION exam_item_stays();

-- A certificate says what was earned: only its print and its withdrawal are added to it, by somebody else.

CREATE OR REPLACE FUNCTION certificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.member_id, NEW.course_id, NEW.version_id, NEW.attempt_id, NEW.year, NEW.number, NEW.code_hash, NEW.member_name,
      NEW.title, NEW.percent, NEW.credits, NEW.qualifications, NEW.issued_at, NEW.valid_until)
      IS DISTINCT FROM (OLD.member_id, OLD.course_id, OLD.version_id, OLD.attempt_id, OLD.year, OLD.number, OLD.code_hash,
      OLD.member_name, OLD.title, OLD.percent, OLD.credits, OLD.qualifications, OLD.issued_at, OLD.valid_until) THEN
    RAISE EXCEPTION 'a certificate never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
    RAISE EXCEPTION 'a withdrawn certificate stays withdrawn' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.withdrawn_at IS NOT NULL AND NEW.withdrawn_by IS NOT DISTINCT FROM NEW.member_id THEN
    RAISE EXCEPTION 'nobody withdraws their own certificate' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS certificate_stays ON certificates;
CREATE TRIGGER certificate_stays BEFORE UPDATE ON certificates FOR EACH ROW EXECUTE FUNCTION certificate_stays();

CREATE OR REPLACE FUNCTION certificate_was_earned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM exam_attempts a WHERE a.firm_id = NEW.firm_id AND a.id = NEW.attempt_id AND a.passed
      AND a.member_id = NEW.member_id AND a.course_id = NEW.course_id AND a.handed_in_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a certificate needs a passed attempt of the same person' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS certificate_was_earned ON certificates;
CREATE TRIGGER certificate_was_earned BEFORE INSERT ON certificates
  FOR EACH ROW EXECUTE FUNCTION certificate_was_earned();

CREATE OR REPLACE FUNCTION reopened_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.by_id = NEW.member_id THEN
    RAISE EXCEPTION 'nobody opens another attempt for themselves' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS reopened_by_another ON exam_reopenings;
CREATE TRIGGER reopened_by_another BEFORE INSERT ON exam_reopenings
  FOR EACH ROW EXECUTE FUNCTION reopened_by_another();
