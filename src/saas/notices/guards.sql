-- Letters: separation of duties and frozen content, whatever program writes.

CREATE OR REPLACE FUNCTION notices_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.content_sha256 <> '' THEN
            RAISE EXCEPTION 'a numbered letter is never deleted' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'discarded' AND NEW.state <> 'discarded' THEN
        RAISE EXCEPTION 'a discarded draft stays discarded' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_by IS NOT NULL AND (NEW.approved_by = NEW.author_id OR NEW.edited_by ? NEW.approved_by::text) THEN
        RAISE EXCEPTION 'nobody approves a letter they wrote or edited' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.issued_at IS NOT NULL AND (NEW.content_sha256 = '' OR NEW.approved_by IS NULL) THEN
        RAISE EXCEPTION 'a letter is issued only after its approval' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.content_sha256 <> '' AND (
        NEW.client_id, NEW.kind, NEW.subject_kind, NEW.subject_id, NEW.locale, NEW.version, NEW.year, NEW.serial,
        NEW.content, NEW.content_sha256, NEW.verify_code, NEW.verify_hash, NEW.author_id, NEW.edited_by,
        NEW.approved_by, NEW.approved_at, NEW.answer_by, NEW.title, NEW.supersedes_id
    ) IS DISTINCT FROM (
        OLD.client_id, OLD.kind, OLD.subject_kind, OLD.subject_id, OLD.locale, OLD.version, OLD.year, OLD.serial,
        OLD.content, OLD.content_sha256, OLD.verify_code, OLD.verify_hash, OLD.author_id, OLD.edited_by,
        OLD.approved_by, OLD.approved_at, OLD.answer_by, OLD.title, OLD.supersedes_id
    ) THEN
        RAISE EXCEPTION 'the content of an approved letter never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.file_sha256 <> '' AND (
        NEW.file_sha256, NEW.file_size, NEW.template_version
    ) IS DISTINCT FROM (OLD.file_sha256, OLD.file_size, OLD.template_version) THEN
        RAISE EXCEPTION 'the bytes of an issued letter never change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN
        RAISE EXCEPTION 'an answer is recorded once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS notices_guard ON notices;
CREATE TRIGGER notices_guard BEFORE INSERT OR UPDATE OR DELETE ON notices
    FOR EACH ROW EXECUTE FUNCTION notices_guard();

CREATE OR REPLACE FUNCTION notice_answers_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'answers are only ever added' USING ERRCODE = 'check_violation';
END $$;

DROP TRIGGER IF EXISTS notice_answers_guard ON notice_answers;
CREATE TRIGGER notice_answers_guard BEFORE UPDATE OR DELETE ON notice_answers
    FOR EACH ROW EXECUTE FUNCTION notice_answers_guard();

-- What proves a delivery is kept: it is never deleted, and its Message-ID, addressee and channel never change.
CREATE OR REPLACE FUNCTION deliveries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'deliveries are never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.notice_id, NEW.subject_kind, NEW.subject_id, NEW.contact_id, NEW.contact_name, NEW.recipient, NEW.channel,
        NEW.message_id, NEW.recorded_by, NEW.link_id, NEW.created_at
    ) IS DISTINCT FROM (
        OLD.notice_id, OLD.subject_kind, OLD.subject_id, OLD.contact_id, OLD.contact_name, OLD.recipient, OLD.channel,
        OLD.message_id, OLD.recorded_by, OLD.link_id, OLD.created_at
    ) THEN
        RAISE EXCEPTION 'what a delivery was never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS deliveries_guard ON deliveries;
CREATE TRIGGER deliveries_guard BEFORE UPDATE OR DELETE ON deliveries
    FOR EACH ROW EXECUTE FUNCTION deliveries_guard();
