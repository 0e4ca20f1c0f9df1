-- Two people on what is grave, and nothing rewritten, whatever the program does (domain.md W2, trust.md §3).

CREATE OR REPLACE FUNCTION risk_decider(firm uuid, member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM memberships m
        WHERE m.firm_id = firm AND m.id = member AND (m.is_owner OR m.roles ?| ARRAY['owner', 'manager'])
    )
$$;

-- A high risk is accepted by a manager or the owner, never by whoever owns it; nobody closes one of their own.
CREATE OR REPLACE FUNCTION guard_risk() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE score integer;
BEGIN
    IF NEW.state = OLD.state THEN RETURN NEW; END IF;
    IF NEW.state = 'accepted' THEN
        score := CASE OLD.state WHEN 'treated' THEN NEW.residual_likelihood * NEW.residual_impact
                 ELSE NEW.likelihood * NEW.impact END;
        IF NEW.accepted_by IS NULL THEN
            RAISE EXCEPTION 'somebody accepts a risk' USING ERRCODE = 'check_violation';
        END IF;
        IF score >= 15 AND (NEW.accepted_by = NEW.owner_id OR NOT risk_decider(NEW.firm_id, NEW.accepted_by)) THEN
            RAISE EXCEPTION 'a high risk is accepted by a manager who does not own it' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.state = 'closed' AND (NEW.closed_by IS NULL OR NEW.closed_by = NEW.owner_id) THEN
        RAISE EXCEPTION 'nobody closes a risk of their own' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_risk ON risks;
CREATE TRIGGER guard_risk BEFORE UPDATE ON risks FOR EACH ROW EXECUTE FUNCTION guard_risk();

-- No score changes silently: what stands in the register is the newest line of its history. Asked when the
-- transaction ends, since the two rows are written one after the other.
CREATE OR REPLACE FUNCTION guard_risk_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM risks r JOIN LATERAL (
            SELECT s.* FROM risk_scores s WHERE s.firm_id = r.firm_id AND s.risk_id = r.id
            ORDER BY s.at DESC, s.id DESC LIMIT 1
        ) s ON true
        WHERE r.firm_id = NEW.firm_id AND r.id = NEW.id
            AND (r.likelihood, r.impact, r.residual_likelihood, r.residual_impact)
                = (s.likelihood, s.impact, s.residual_likelihood, s.residual_impact)
            AND r.exposure IS NOT DISTINCT FROM s.exposure
    ) THEN
        RAISE EXCEPTION 'a risk is scored with a line in its history' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS guard_risk_score ON risks;
CREATE CONSTRAINT TRIGGER guard_risk_score AFTER INSERT OR UPDATE ON risks
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard_risk_score();

CREATE OR REPLACE FUNCTION guard_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.declared_at, NEW.version_id, NEW.playbook_id) <>
        (OLD.number, OLD.declared_at, OLD.version_id, OLD.playbook_id) THEN
        RAISE EXCEPTION 'number, T0 and plan of an incident never change' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'called_off') THEN
        RAISE EXCEPTION 'a closed incident never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by
        AND (NEW.reviewed_by = NEW.lead_id OR NEW.past_leads ? NEW.reviewed_by::text) THEN
        RAISE EXCEPTION 'nobody reviews an incident they led' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('closed', 'called_off') AND NOT coalesce(risk_decider(NEW.firm_id, NEW.closed_by), false) THEN
        RAISE EXCEPTION 'a manager closes an incident' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'closed' AND NEW.reviewed_by IS NULL THEN
        RAISE EXCEPTION 'an incident is reviewed before it is closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_incident ON incidents;
CREATE TRIGGER guard_incident BEFORE UPDATE ON incidents FOR EACH ROW EXECUTE FUNCTION guard_incident();

-- What the plan asked stays as it was asked; what was done stays done.
CREATE OR REPLACE FUNCTION guard_incident_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.what, NEW.due_at, NEW.role, NEW.phase, NEW.incident_id) <>
        (OLD.what, OLD.due_at, OLD.role, OLD.phase, OLD.incident_id)
        OR OLD.done_at IS NOT NULL AND (NEW.done_at, NEW.done_by) IS DISTINCT FROM (OLD.done_at, OLD.done_by)
    THEN
        RAISE EXCEPTION 'a step of an incident is done once and asks what the plan said' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_incident_step ON incident_steps;
CREATE TRIGGER guard_incident_step BEFORE UPDATE ON incident_steps
    FOR EACH ROW EXECUTE FUNCTION guard_incident_step();

-- A mass notice: approved by a second person who manages, and from then on its words stand.
CREATE OR REPLACE FUNCTION guard_mass_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('sending', 'sent') AND (
        NEW.approved_by IS NULL OR NEW.approved_by = NEW.prepared_by OR NOT risk_decider(NEW.firm_id, NEW.approved_by)
    ) THEN
        RAISE EXCEPTION 'a second person who manages approves a mass notice' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.approved_by IS NOT NULL AND (NEW.subject, NEW.text, NEW.channel, NEW.approved_by, NEW.prepared_by)
        IS DISTINCT FROM (OLD.subject, OLD.text, OLD.channel, OLD.approved_by, OLD.prepared_by)
    THEN
        RAISE EXCEPTION 'an approved mass notice never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_mass_notice ON mass_notices;
CREATE TRIGGER guard_mass_notice BEFORE UPDATE ON mass_notices FOR EACH ROW EXECUTE FUNCTION guard_mass_notice();

-- Nobody is added, and nobody handed on twice, once it was approved.
CREATE OR REPLACE FUNCTION guard_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE phase text;
BEGIN
    SELECT state INTO phase FROM mass_notices m WHERE m.firm_id = NEW.firm_id AND m.id = NEW.mass_id;
    IF TG_OP = 'INSERT' AND phase NOT IN ('', 'draft') THEN
        RAISE EXCEPTION 'clients are chosen before the approval' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.settled_at IS NOT NULL OR phase <> 'sending') THEN
        RAISE EXCEPTION 'a client is told once, after the approval' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_told ON mass_notice_clients;
CREATE TRIGGER guard_told BEFORE INSERT OR UPDATE ON mass_notice_clients
    FOR EACH ROW EXECUTE FUNCTION guard_told();

-- Drills: a score is counted once, by the product, and stands; what was hidden stays sealed until then.
CREATE OR REPLACE FUNCTION guard_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.scored_at IS NOT NULL AND (
        NEW.scored_at, NEW.injected, NEW.detected, NEW.handled, NEW.false_alarms, NEW.started_at, NEW.ended_at,
        NEW.declared_at, NEW.contained_at, NEW.participants, NEW.kinds, NEW.clients
    ) IS DISTINCT FROM (
        OLD.scored_at, OLD.injected, OLD.detected, OLD.handled, OLD.false_alarms, OLD.started_at, OLD.ended_at,
        OLD.declared_at, OLD.contained_at, OLD.participants, OLD.kinds, OLD.clients
    ) THEN
        RAISE EXCEPTION 'the score of a drill never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.scored_at IS NOT NULL AND OLD.scored_at IS NULL AND OLD.state <> 'scoring' THEN
        RAISE EXCEPTION 'only a drill that was worked and ended is scored' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'running' AND (NEW.sealed, NEW.injected, NEW.participants, NEW.started_at)
        IS DISTINCT FROM (OLD.sealed, OLD.injected, OLD.participants, OLD.started_at)
        AND NEW.state <> 'cancelled' THEN
        RAISE EXCEPTION 'nobody changes a drill while it runs' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard_drill ON drills;
CREATE TRIGGER guard_drill BEFORE UPDATE ON drills FOR EACH ROW EXECUTE FUNCTION guard_drill();
