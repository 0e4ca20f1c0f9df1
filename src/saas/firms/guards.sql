-- A firm always has exactly one owner, checked when a transaction ends, so that a firm can be handed over in one.
CREATE OR REPLACE FUNCTION memberships_one_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  firm uuid := coalesce(NEW.firm_id, OLD.firm_id);
  owners integer;
BEGIN
  SELECT count(*) INTO owners FROM memberships WHERE firm_id = firm AND is_owner AND left_at IS NULL;
  IF owners <> 1 AND EXISTS (SELECT 1 FROM memberships WHERE firm_id = firm) THEN
    RAISE EXCEPTION 'a firm has one owner, this one would have %', owners USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS memberships_one_owner ON memberships;
CREATE CONSTRAINT TRIGGER memberships_one_owner AFTER INSERT OR UPDATE OR DELETE ON memberships
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION memberships_one_owner();

-- Roles are those of the program; the owner has the owner's role and nobody else does; a person stays the same.
CREATE OR REPLACE FUNCTION memberships_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF jsonb_typeof(NEW.roles) <> 'array' OR jsonb_array_length(NEW.roles) = 0
     OR NOT NEW.roles <@ '["owner","manager","reviewer","bookkeeper","cashier","trainer","auditor"]'::jsonb THEN
    RAISE EXCEPTION 'unknown roles %', NEW.roles USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.roles ? 'owner') <> NEW.is_owner THEN
    RAISE EXCEPTION 'the owner''s role belongs to the owner' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.is_owner AND NEW.left_at IS NOT NULL THEN
    RAISE EXCEPTION 'the owner hands the firm over before leaving' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.person_id <> OLD.person_id THEN
    RAISE EXCEPTION 'a membership stays its person''s' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS memberships_roles ON memberships;
CREATE TRIGGER memberships_roles BEFORE INSERT OR UPDATE ON memberships
  FOR EACH ROW EXECUTE FUNCTION memberships_roles();

-- Nobody qualifies themselves, except the owner, who has nobody above.
CREATE OR REPLACE FUNCTION qualifications_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.granted_by = NEW.member_id AND NOT EXISTS (
    SELECT 1 FROM memberships WHERE firm_id = NEW.firm_id AND id = NEW.member_id AND is_owner) THEN
    RAISE EXCEPTION 'a qualification is granted by somebody else' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS qualifications_by_another ON qualifications;
CREATE TRIGGER qualifications_by_another BEFORE INSERT OR UPDATE ON qualifications
  FOR EACH ROW EXECUTE FUNCTION qualifications_by_another();

-- An invitation is accepted once, by nobody once it was withdrawn, and never asks for the owner's role.
CREATE OR REPLACE FUNCTION invitations_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.roles ? 'owner' OR NOT NEW.roles <@ '["manager","reviewer","bookkeeper","cashier","trainer","auditor"]'::jsonb THEN
    RAISE EXCEPTION 'an invitation cannot give these roles: %', NEW.roles USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.accepted_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
      RAISE EXCEPTION 'an invitation is accepted once' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL AND NEW.accepted_at IS NOT NULL THEN
      RAISE EXCEPTION 'the invitation was withdrawn' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.roles <> OLD.roles OR NEW.email <> OLD.email THEN
      RAISE EXCEPTION 'an invitation stays as it was sent' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS invitations_once ON invitations;
CREATE TRIGGER invitations_once BEFORE INSERT OR UPDATE ON invitations
  FOR EACH ROW EXECUTE FUNCTION invitations_once();
