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
