"""Risks, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_06"
down_revision = "0006_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drill_plans",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("keeper_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_for", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("every_months BETWEEN 1 AND 24", name=op.f("ck_drill_plans_an_interval")),
        sa.ForeignKeyConstraint(
            ["firm_id", "keeper_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_drill_plans_firm_id_keeper_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_drill_plans")),
        info={"stays": True},
    )
    op.create_index("ix_drill_plans_next", "drill_plans", ["firm_id", "next_on"], unique=False)
    op.create_table(
        "playbooks",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("when", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("review_months", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_playbooks_firm_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_playbooks")),
    )
    op.create_index(
        "uq_playbooks_key", "playbooks", ["firm_id", "key"], unique=True, postgresql_where=sa.text("key <> ''")
    )
    op.create_table(
        "risk_triggers",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("at_least > 0 AND days > 0", name=op.f("ck_risk_triggers_a_limit_in_a_window")),
        sa.ForeignKeyConstraint(
            ["firm_id", "assignee_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_risk_triggers_firm_id_assignee_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_triggers")),
    )
    op.create_index(
        "uq_risk_triggers_key", "risk_triggers", ["firm_id", "key"], unique=True, postgresql_where=sa.text("key <> ''")
    )
    op.create_table(
        "risks",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cause", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("control", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("residual_likelihood", sa.Integer(), nullable=False),
        sa.Column("residual_impact", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("treatment", sa.String(length=10), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("review_months", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("playbook_key", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("treated_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acceptance_reason", sa.String(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "treatment IN ('', 'avoid', 'reduce', 'transfer', 'accept')", name=op.f("ck_risks_known_treatment")
        ),
        sa.CheckConstraint("exposure IS NULL OR exposure >= 0", name=op.f("ck_risks_exposure_is_no_gain")),
        sa.CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name=op.f("ck_risks_five_by_five")),
        sa.CheckConstraint(
            "residual_likelihood BETWEEN 1 AND 5 AND residual_impact BETWEEN 1 AND 5",
            name=op.f("ck_risks_residual_five_by_five"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "accepted_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_risks_firm_id_accepted_by"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_risks_firm_id_owner_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risks")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_risks_firm_id_number")),
    )
    op.create_index(
        "ix_risks_review",
        "risks",
        ["firm_id", "review_on"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index("ix_risks_state", "risks", ["firm_id", "state"], unique=False)
    op.create_index("uq_risks_key", "risks", ["firm_id", "key"], unique=True, postgresql_where=sa.text("key <> ''"))
    op.create_table(
        "drills",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("clients", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("participants", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("sandbox_id", sa.Uuid(), nullable=True),
        sa.Column("sandbox_slug", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copied_rows", sa.Integer(), nullable=False),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("injected", sa.Integer(), nullable=False),
        sa.Column("detected", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("false_alarms", sa.Integer(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remaining", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lessons", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state <> 'erased' OR erased_at IS NOT NULL", name=op.f("ck_drills_erased_is_proved")),
        sa.CheckConstraint(
            "state NOT IN ('scored', 'erased') OR scored_at IS NOT NULL", name=op.f("ck_drills_scored_by_counting")
        ),
        sa.CheckConstraint(
            "detected <= injected AND handled <= injected AND false_alarms >= 0",
            name=op.f("ck_drills_a_possible_score"),
        ),
        sa.CheckConstraint("limit_minutes BETWEEN 5 AND 2400", name=op.f("ck_drills_a_limit")),
        sa.CheckConstraint(
            "scored_at IS NOT NULL OR detected = 0", name=op.f("ck_drills_no_score_before_it_is_counted")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "plan_id"], ["drill_plans.firm_id", "drill_plans.id"], name=op.f("fk_drills_firm_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_drills")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_drills_firm_id_number")),
        info={"stays": True},
    )
    op.create_index("ix_drills_state", "drills", ["firm_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_drills_state", table_name="drills")
    op.drop_table("drills")
    op.drop_index("uq_risks_key", table_name="risks", postgresql_where=sa.text("key <> ''"))
    op.drop_index("ix_risks_state", table_name="risks")
    op.drop_index("ix_risks_review", table_name="risks", postgresql_where=sa.text("state <> 'closed'"))
    op.drop_table("risks")
    op.drop_index("uq_risk_triggers_key", table_name="risk_triggers", postgresql_where=sa.text("key <> ''"))
    op.drop_table("risk_triggers")
    op.drop_index("uq_playbooks_key", table_name="playbooks", postgresql_where=sa.text("key <> ''"))
    op.drop_table("playbooks")
    op.drop_index("ix_drill_plans_next", table_name="drill_plans")
    op.drop_table("drill_plans")
