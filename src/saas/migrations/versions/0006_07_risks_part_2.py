"""Risks, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_07"
down_revision = "0006_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "playbook_versions",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calls", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("messages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "playbook_id"],
            ["playbooks.firm_id", "playbooks.id"],
            name=op.f("fk_playbook_versions_firm_id_playbook_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_playbook_versions")),
        sa.UniqueConstraint(
            "firm_id", "playbook_id", "number", name=op.f("uq_playbook_versions_firm_id_playbook_id_number")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "risk_firings",
        sa.Column("trigger_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "trigger_id"],
            ["risk_triggers.firm_id", "risk_triggers.id"],
            name=op.f("fk_risk_firings_firm_id_trigger_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_firings")),
        sa.UniqueConstraint(
            "firm_id", "trigger_id", "about", "day", name=op.f("uq_risk_firings_firm_id_trigger_id_about_day")
        ),
    )
    op.create_table(
        "risk_hits",
        sa.Column("watch", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_risk_hits_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_hits")),
        sa.UniqueConstraint("firm_id", "watch", "subject_id", name=op.f("uq_risk_hits_firm_id_watch_subject_id")),
    )
    op.create_index("ix_risk_hits_watch", "risk_hits", ["firm_id", "watch", "at"], unique=False)
    op.create_table(
        "risk_measures",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_risk_measures_done_by_somebody")),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_risk_measures_firm_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "risk_id"], ["risks.firm_id", "risks.id"], name=op.f("fk_risk_measures_firm_id_risk_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_measures")),
    )
    op.create_index("ix_risk_measures_risk", "risk_measures", ["firm_id", "risk_id"], unique=False)
    op.create_table(
        "risk_scores",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("residual_likelihood", sa.Integer(), nullable=False),
        sa.Column("residual_impact", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "risk_id"], ["risks.firm_id", "risks.id"], name=op.f("fk_risk_scores_firm_id_risk_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_scores")),
        info={"append_only": True},
    )
    op.create_index("ix_risk_scores_risk", "risk_scores", ["firm_id", "risk_id", "at"], unique=False)
    op.create_table(
        "risk_suggestions",
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("watch", sa.String(length=40), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'entry') = (watch <> '')", name=op.f("ck_risk_suggestions_an_entry_has_a_watch")),
        sa.ForeignKeyConstraint(
            ["firm_id", "risk_id"], ["risks.firm_id", "risks.id"], name=op.f("fk_risk_suggestions_firm_id_risk_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_risk_suggestions")),
    )
    op.create_index(
        "uq_risk_suggestions_open",
        "risk_suggestions",
        ["firm_id", "about"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "drill_errors",
        sa.Column("drill_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("vouchers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("right", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detected_by", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "handled_at IS NULL OR detected_at IS NOT NULL", name=op.f("ck_drill_errors_handled_after_found")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_drill_errors_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "drill_id"], ["drills.firm_id", "drills.id"], name=op.f("fk_drill_errors_firm_id_drill_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_drill_errors")),
        sa.UniqueConstraint("firm_id", "drill_id", "position", name=op.f("uq_drill_errors_firm_id_drill_id_position")),
        info={"stays": True, "append_only": True},
    )
    op.create_table(
        "drill_parts",
        sa.Column("drill_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deeds", sa.Integer(), nullable=False),
        sa.Column("detected", sa.Integer(), nullable=False),
        sa.Column("false_alarms", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "drill_id"], ["drills.firm_id", "drills.id"], name=op.f("fk_drill_parts_firm_id_drill_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_drill_parts_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_drill_parts")),
        sa.UniqueConstraint("firm_id", "drill_id", "member_id", name=op.f("uq_drill_parts_firm_id_drill_id_member_id")),
        info={"stays": True, "append_only": True},
    )


def downgrade() -> None:
    op.drop_table("drill_parts")
    op.drop_table("drill_errors")
    op.drop_index(
        "uq_risk_suggestions_open", table_name="risk_suggestions", postgresql_where=sa.text("decided_at IS NULL")
    )
    op.drop_table("risk_suggestions")
    op.drop_index("ix_risk_scores_risk", table_name="risk_scores")
    op.drop_table("risk_scores")
    op.drop_index("ix_risk_measures_risk", table_name="risk_measures")
    op.drop_table("risk_measures")
    op.drop_index("ix_risk_hits_watch", table_name="risk_hits")
    op.drop_table("risk_hits")
    op.drop_table("risk_firings")
    op.drop_table("playbook_versions")
