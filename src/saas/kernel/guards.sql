-- Outside live firms no mail leaves the house (architecture.md §5). The database itself decides, from what the firm is,
-- whether a job may deliver to the real relay; nobody may claim it, and what was decided stands.
CREATE OR REPLACE FUNCTION outbox_outlet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  leaves boolean := NOT EXISTS (SELECT 1 FROM firms WHERE id = NEW.firm_id AND kind <> 'live');
BEGIN
  IF NEW.outlet IS NULL AND TG_OP = 'INSERT' THEN
    NEW.outlet := CASE WHEN leaves THEN 'relay' ELSE 'mailbox' END;
  END IF;
  IF NEW.outlet IS NULL OR NEW.outlet NOT IN ('relay', 'mailbox') THEN
    RAISE EXCEPTION 'unknown outlet %', NEW.outlet USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outlet = 'relay' AND NOT leaves THEN
    RAISE EXCEPTION 'outside live firms mail goes to the embedded mailbox only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS outbox_outlet ON outbox;
CREATE TRIGGER outbox_outlet BEFORE INSERT OR UPDATE OF outlet, firm_id ON outbox
  FOR EACH ROW EXECUTE FUNCTION outbox_outlet();

-- A demo never becomes a real firm, nor a real firm a demo: what was decided for its mail would no longer be true.
CREATE OR REPLACE FUNCTION firms_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a firm stays %, what it was made as', OLD.kind USING ERRCODE = 'check_violation';
END $$;
DROP TRIGGER IF EXISTS firms_kind ON firms;
CREATE TRIGGER firms_kind BEFORE UPDATE OF kind ON firms
  FOR EACH ROW WHEN (NEW.kind IS DISTINCT FROM OLD.kind) EXECUTE FUNCTION firms_kind();

-- The doorbell: the relay hears of promised work when the promise is committed, and need not wait for its next look.
CREATE OR REPLACE FUNCTION outbox_rings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS outbox_rings ON outbox;
CREATE TRIGGER outbox_rings AFTER INSERT ON outbox FOR EACH ROW WHEN (NOT NEW.held) EXECUTE FUNCTION outbox_rings();

-- Sandboxes are copies for practice: filled past the guards of their tables, which look at the order in which things
-- were once done, and erased past them too. Nobody can do either to a firm of another kind, nor from outside its scope.
CREATE OR REPLACE FUNCTION refuse_unless_sandbox(sandbox uuid) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.firms WHERE id = sandbox AND kind = 'sandbox' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'only a sandbox is filled or erased' USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION fill_sandbox(sandbox uuid, target text, columns text[], incoming text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET session_replication_role = replica AS $$
DECLARE
  listed text := (SELECT string_agg(quote_ident(name), ', ') FROM unnest(columns) AS name);
BEGIN
  PERFORM public.refuse_unless_sandbox(sandbox);
  IF EXISTS (SELECT 1 FROM jsonb_array_elements(incoming::jsonb) AS r WHERE r ->> 'firm_id' IS DISTINCT FROM sandbox::text) THEN
    RAISE EXCEPTION 'these rows belong to another firm' USING ERRCODE = 'check_violation';
  END IF;
  EXECUTE format('INSERT INTO public.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_recordset(NULL::public.%1$I, $1)',
                 target, listed) USING incoming::jsonb;
END $$;
REVOKE ALL ON FUNCTION fill_sandbox(uuid, text, text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fill_sandbox(uuid, text, text[], text) TO qz_app;

-- Every row of a firm, by table. For the two functions that may: erase_sandbox and erase_firm (privacy/guards.sql), whose
-- owner's rights and silenced triggers it runs with; nobody else may call it.
CREATE OR REPLACE FUNCTION erase_rows_of(firm uuid) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  each record;
  n bigint;
  erased jsonb := '{}';
BEGIN
  DELETE FROM public.outbox WHERE firm_id = firm;  -- first: it waits for the jobs that are running
  FOR each IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'firm_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
  LOOP
    EXECUTE format('DELETE FROM public.%I WHERE firm_id = $1', each.relname) USING firm;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
      erased := erased || jsonb_build_object(each.relname, n);
    END IF;
  END LOOP;
  RETURN erased;
END $$;
REVOKE ALL ON FUNCTION erase_rows_of(uuid) FROM PUBLIC;

CREATE OR REPLACE FUNCTION erase_sandbox(sandbox uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET session_replication_role = replica AS $$
BEGIN
  PERFORM public.refuse_unless_sandbox(sandbox);
  IF nullif(current_setting('app.firm_id', true), '')::uuid IS DISTINCT FROM sandbox THEN
    RAISE EXCEPTION 'a sandbox is erased from inside' USING ERRCODE = 'check_violation';
  END IF;
  RETURN public.erase_rows_of(sandbox);
END $$;
REVOKE ALL ON FUNCTION erase_sandbox(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_sandbox(uuid) TO qz_app;
