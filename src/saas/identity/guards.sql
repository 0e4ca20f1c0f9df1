-- A person's second factor: a code that was used once is never taken again, and a step never goes back.
CREATE OR REPLACE FUNCTION people_factor_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.totp_secret IS NOT DISTINCT FROM OLD.totp_secret
     AND OLD.totp_last_step IS NOT NULL
     AND (NEW.totp_last_step IS NULL OR NEW.totp_last_step < OLD.totp_last_step) THEN
    RAISE EXCEPTION 'a second factor''s last step never goes back' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.totp_confirmed_at IS NOT NULL AND NEW.totp_secret IS NULL THEN
    RAISE EXCEPTION 'a second factor needs its secret' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS people_factor_goes_forward ON people;
CREATE TRIGGER people_factor_goes_forward BEFORE UPDATE ON people
  FOR EACH ROW EXECUTE FUNCTION people_factor_goes_forward();

-- A session that ended stays ended, and never becomes another person's.
CREATE OR REPLACE FUNCTION sessions_stay_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.person_id <> OLD.person_id OR NEW.token_hash <> OLD.token_hash THEN
    RAISE EXCEPTION 'a session stays its person''s' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL THEN
    RAISE EXCEPTION 'a session that ended stays ended' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.needs_second_factor AND NOT NEW.needs_second_factor THEN
    RAISE EXCEPTION 'the second factor opens a new session' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS sessions_stay_ended ON sessions;
CREATE TRIGGER sessions_stay_ended BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_stay_ended();

-- A one-time link is used once.
CREATE OR REPLACE FUNCTION confirmations_are_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at THEN
    RAISE EXCEPTION 'a confirmation is used once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS confirmations_are_used_once ON confirmations;
CREATE TRIGGER confirmations_are_used_once BEFORE UPDATE ON confirmations
  FOR EACH ROW EXECUTE FUNCTION confirmations_are_used_once();
