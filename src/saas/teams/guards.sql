-- Standing in, signing and thanking: different people, whatever the program does.

-- No member has two at a time, and no circle of deputies (or of approvers) exists on any day.
CREATE OR REPLACE FUNCTION guard_cover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND (NEW.member_id, NEW.deputy_id, NEW.approver_id, NEW.from_on, NEW.until_on, NEW.ended_at)
        IS NOT DISTINCT FROM (OLD.member_id, OLD.deputy_id, OLD.approver_id, OLD.from_on, OLD.until_on, OLD.ended_at)
        THEN RETURN NEW; END IF;
    IF EXISTS (
        SELECT 1 FROM team_covers c
        WHERE c.firm_id = NEW.firm_id AND c.id <> NEW.id AND c.member_id = NEW.member_id AND c.ended_at IS NULL
            AND c.from_on <= NEW.until_on AND NEW.from_on <= c.until_on
    ) THEN
        RAISE EXCEPTION 'nobody is away twice at a time' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        WITH RECURSIVE chain AS (
            SELECT NEW.deputy_id AS at
            UNION
            SELECT c.deputy_id FROM team_covers c JOIN chain ON c.member_id = chain.at
            WHERE c.firm_id = NEW.firm_id AND c.ended_at IS NULL AND c.id <> NEW.id
                AND c.from_on <= NEW.until_on AND NEW.from_on <= c.until_on
        ) SELECT 1 FROM chain WHERE at = NEW.member_id
    ) OR EXISTS (
        WITH RECURSIVE chain AS (
            SELECT NEW.approver_id AS at
            UNION
            SELECT c.approver_id FROM team_covers c JOIN chain ON c.member_id = chain.at
            WHERE c.firm_id = NEW.firm_id AND c.ended_at IS NULL AND c.id <> NEW.id
                AND c.from_on <= NEW.until_on AND NEW.from_on <= c.until_on
        ) SELECT 1 FROM chain WHERE at = NEW.member_id
    ) THEN
        RAISE EXCEPTION 'nobody stands in for themselves by way of others' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_cover ON team_covers;
CREATE TRIGGER guard_cover BEFORE INSERT OR UPDATE ON team_covers FOR EACH ROW EXECUTE FUNCTION guard_cover();

-- Each signature is of the person whose turn it is, over one and the same content; what all three signed stands.
CREATE OR REPLACE FUNCTION guard_handover() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signer text; signed text;
BEGIN
    IF OLD.state IN ('supervised', 'dropped') THEN
        IF (NEW.state, NEW.signatures, NEW.content_sha256, NEW.from_id, NEW.to_id, NEW.supervisor_id, NEW.effective_on,
            NEW.remark, NEW.clients) IS DISTINCT FROM
            (OLD.state, OLD.signatures, OLD.content_sha256, OLD.from_id, OLD.to_id, OLD.supervisor_id, OLD.effective_on,
            OLD.remark, OLD.clients) OR OLD.file_sha256 <> '' AND
            (NEW.file_sha256, NEW.english_sha256) IS DISTINCT FROM (OLD.file_sha256, OLD.english_sha256) THEN
            RAISE EXCEPTION 'a finished hand-over list never changes' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- A refusal voids the signatures before the state changes: no content, no signature, and so no way on.
    IF OLD.state IN ('handed', 'received') AND NOT (NEW.content_sha256 = '' AND NEW.signatures = '[]'::jsonb) AND
        (NEW.content_sha256, NEW.from_id, NEW.to_id, NEW.supervisor_id, NEW.effective_on, NEW.remark, NEW.clients)
        IS DISTINCT FROM
        (OLD.content_sha256, OLD.from_id, OLD.to_id, OLD.supervisor_id, OLD.effective_on, OLD.remark, OLD.clients) THEN
        RAISE EXCEPTION 'nothing changes between the signatures' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state OR NEW.state NOT IN ('handed', 'received', 'supervised') THEN RETURN NEW; END IF;
    signer := CASE NEW.state WHEN 'handed' THEN NEW.from_id WHEN 'received' THEN NEW.to_id ELSE NEW.supervisor_id END;
    signed := NEW.signatures -> -1 ->> 'id';
    IF NEW.content_sha256 = '' OR signed IS DISTINCT FROM signer
        OR NEW.signatures -> -1 ->> 'sha256' IS DISTINCT FROM NEW.content_sha256
        OR jsonb_array_length(NEW.signatures) <>
            (CASE NEW.state WHEN 'handed' THEN 1 WHEN 'received' THEN 2 ELSE 3 END) THEN
        RAISE EXCEPTION 'three different people sign a hand-over list, one after the other' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_handover ON team_handovers;
CREATE TRIGGER guard_handover BEFORE UPDATE ON team_handovers FOR EACH ROW EXECUTE FUNCTION guard_handover();

-- Lines change while the list is a draft.
CREATE OR REPLACE FUNCTION guard_handover_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE phase text; line team_handover_lines;
BEGIN
    line := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    SELECT h.state INTO phase FROM team_handovers h WHERE h.firm_id = line.firm_id AND h.id = line.handover_id;
    IF phase IS NOT NULL AND phase NOT IN ('', 'draft') THEN
        RAISE EXCEPTION 'a signed hand-over list never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN line;
END $$;

DROP TRIGGER IF EXISTS guard_handover_line ON team_handover_lines;
CREATE TRIGGER guard_handover_line BEFORE INSERT OR UPDATE OR DELETE ON team_handover_lines
    FOR EACH ROW EXECUTE FUNCTION guard_handover_line();

-- A question is answered once, and never by whoever asked.
CREATE OR REPLACE FUNCTION guard_help() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_at IS NOT NULL AND
        (NEW.question, NEW.answer, NEW.reason, NEW.helper_id, NEW.settled_by, NEW.settled_at) IS DISTINCT FROM
        (OLD.question, OLD.answer, OLD.reason, OLD.helper_id, OLD.settled_by, OLD.settled_at) THEN
        RAISE EXCEPTION 'what was answered stays as it was answered' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'answered' AND (NEW.answer = '' OR NEW.settled_by IS NULL OR NEW.settled_by = NEW.asker_id) THEN
        RAISE EXCEPTION 'somebody else answers a question' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_help ON team_helps;
CREATE TRIGGER guard_help BEFORE UPDATE ON team_helps FOR EACH ROW EXECUTE FUNCTION guard_help();
