-- A firm is erased by its owner's word only, after thirty days, and once its archive is sealed. The days are counted
-- here: no program that runs as the application can shorten them.
CREATE OR REPLACE FUNCTION departures_grace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'where an archive is stays written down' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.erased_at IS NOT NULL THEN
    RAISE EXCEPTION 'this firm is erased' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' OR (NEW.asked_at, NEW.erase_after) IS DISTINCT FROM (OLD.asked_at, OLD.erase_after) THEN
    IF NEW.asked_at NOT BETWEEN now() - interval '1 day' AND now() + interval '1 day'
       OR NEW.erase_after < NEW.asked_at + interval '30 days' THEN
      RAISE EXCEPTION 'a firm has thirty days to change its mind' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS departures_grace ON departures;
CREATE TRIGGER departures_grace BEFORE INSERT OR UPDATE OR DELETE ON departures
  FOR EACH ROW EXECUTE FUNCTION departures_grace();

CREATE OR REPLACE FUNCTION erase_firm(leaving uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET session_replication_role = replica AS $$
BEGIN
  PERFORM 1 FROM public.departures WHERE id = leaving AND cancelled_at IS NULL AND erased_at IS NULL
    AND erase_after <= now() AND archive_sha256 <> '' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this firm is not to be erased: nobody asked, the days run, or there is no archive'
      USING ERRCODE = 'check_violation';
  END IF;
  IF nullif(current_setting('app.firm_id', true), '')::uuid IS DISTINCT FROM leaving THEN
    RAISE EXCEPTION 'a firm is erased from inside' USING ERRCODE = 'check_violation';
  END IF;
  RETURN public.erase_rows_of(leaving);
END $$;
REVOKE ALL ON FUNCTION erase_firm(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_firm(uuid) TO qz_app;
