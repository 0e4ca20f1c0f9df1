-- Nothing is shared, sent or published without a consent that stands; nobody approves the plan they put together.

CREATE OR REPLACE FUNCTION services_consent_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted text := TG_ARGV[0];
BEGIN
  IF NEW.consent_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM consents c
    WHERE c.firm_id = NEW.firm_id AND c.id = NEW.consent_id AND c.purpose = wanted
      AND c.contact_id = NEW.contact_id AND c.client_id = NEW.client_id AND c.revoked_at IS NULL
  ) THEN
    RAISE EXCEPTION 'no consent of this contact for % stands', wanted USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS hand_on_needs_consent ON names_handed_on;
CREATE TRIGGER hand_on_needs_consent BEFORE INSERT ON names_handed_on
  FOR EACH ROW EXECUTE FUNCTION services_consent_stands('share');

DROP TRIGGER IF EXISTS care_needs_consent ON care_messages;
CREATE TRIGGER care_needs_consent BEFORE INSERT ON care_messages
  FOR EACH ROW EXECUTE FUNCTION services_consent_stands('care');

DROP TRIGGER IF EXISTS review_needs_consent ON reviews;
CREATE TRIGGER review_needs_consent BEFORE INSERT OR UPDATE OF published_at, text ON reviews
  FOR EACH ROW WHEN (NEW.published_at IS NOT NULL AND NEW.withdrawn_at IS NULL)
  EXECUTE FUNCTION services_consent_stands('review');

CREATE OR REPLACE FUNCTION services_consent_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a consent is taken back, never deleted' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.revoked_at IS NOT NULL OR (NEW.contact_id, NEW.client_id, NEW.purpose, NEW.partner, NEW.what, NEW.given_at)
     IS DISTINCT FROM (OLD.contact_id, OLD.client_id, OLD.purpose, OLD.partner, OLD.what, OLD.given_at) THEN
    RAISE EXCEPTION 'what was agreed does not change, and what was taken back stays so' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS consent_is_kept ON consents;
CREATE TRIGGER consent_is_kept BEFORE UPDATE OR DELETE ON consents
  FOR EACH ROW EXECUTE FUNCTION services_consent_is_kept();

CREATE OR REPLACE FUNCTION services_proposal_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('offered', 'accepted') AND (NEW.approved_by IS NULL OR NEW.approved_by = NEW.prepared_by) THEN
    RAISE EXCEPTION 'a plan goes to the client only after a second person approved it' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND (NEW.lines, NEW.discount, NEW.months, NEW.effective_on, NEW.prepared_by)
     IS DISTINCT FROM (OLD.lines, OLD.discount, OLD.months, OLD.effective_on, OLD.prepared_by) THEN
    RAISE EXCEPTION 'what was offered does not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS proposal_second_person ON service_proposals;
CREATE TRIGGER proposal_second_person BEFORE INSERT OR UPDATE ON service_proposals
  FOR EACH ROW EXECUTE FUNCTION services_proposal_second_person();
