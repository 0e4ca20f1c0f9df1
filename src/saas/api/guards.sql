-- A token is what it was made as: nobody widens it, lengthens its life or brings it back once it was revoked.
CREATE OR REPLACE FUNCTION api_tokens_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF jsonb_typeof(NEW.scopes) <> 'array' OR jsonb_array_length(NEW.scopes) = 0 OR NOT NEW.scopes <@
       '["clients:read","ledgers:read","ledgers:push","ledgers:store","findings:read","cases:read","notices:read","filings:read"]'::jsonb THEN
      RAISE EXCEPTION 'unknown scopes %', NEW.scopes USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.expires_at > NEW.made_at + interval '366 days' THEN
      RAISE EXCEPTION 'a token lives for a year at most' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.scopes <> OLD.scopes OR NEW.secret_hash <> OLD.secret_hash OR NEW.expires_at <> OLD.expires_at
     OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by THEN
    RAISE EXCEPTION 'a token stays what it was made as' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a revoked token stays revoked' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS api_tokens_fixed ON api_tokens;
CREATE TRIGGER api_tokens_fixed BEFORE INSERT OR UPDATE ON api_tokens
  FOR EACH ROW EXECUTE FUNCTION api_tokens_fixed();

-- Two pairs of eyes are people's: whatever the program lets through, a token's deed that is not about an import does
-- not become part of the trail, and with the trail the deed itself is rolled back.
CREATE OR REPLACE FUNCTION tokens_only_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.actor_kind = 'token' AND NEW.outcome = 'done'
     AND NEW.action NOT IN ('import.start', 'import.store', 'import.cancel', 'import.remap') THEN
    RAISE EXCEPTION 'a token cannot do %', NEW.action USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS tokens_only_import ON audit_entries;
CREATE TRIGGER tokens_only_import BEFORE INSERT ON audit_entries
  FOR EACH ROW WHEN (NEW.actor_kind = 'token') EXECUTE FUNCTION tokens_only_import();
