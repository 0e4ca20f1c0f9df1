"""Insights."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006_21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "insights_breaches",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duty", sa.String(length=24), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_insights_breaches")),
        sa.UniqueConstraint("firm_id", "entry_id", name=op.f("uq_insights_breaches_firm_id_entry_id")),
        info={"append_only": True},
    )
    op.create_table(
        "insights_duty_checks",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deeds", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_insights_duty_checks")),
        info={"append_only": True},
    )
    op.create_index("ix_insights_duty_checks_at", "insights_duty_checks", ["firm_id", "at"], unique=False)
    op.create_table(
        "insights_facts",
        sa.Column("workflow", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gross", sa.Integer(), nullable=True),
        sa.Column("net", sa.Integer(), nullable=True),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("submitted", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("rework", sa.Integer(), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_insights_facts")),
        sa.UniqueConstraint("firm_id", "subject_id", name=op.f("uq_insights_facts_firm_id_subject_id")),
    )
    op.create_index("ix_insights_facts_at", "insights_facts", ["firm_id", "workflow", "at"], unique=False)
    op.create_table(
        "kpi_targets",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_targets")),
        info={"append_only": True},
    )
    op.create_index("ix_kpi_targets_measure", "kpi_targets", ["firm_id", "measure", "applies_from"], unique=False)
    op.create_table(
        "kpi_alerts",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("bound", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=8), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'limit') = (bound IS NOT NULL)", name=op.f("ck_kpi_alerts_bound")),
        sa.CheckConstraint("kind IN ('limit', 'trend')", name=op.f("ck_kpi_alerts_kind")),
        sa.CheckConstraint("side IN ('above', 'below')", name=op.f("ck_kpi_alerts_side")),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_kpi_alerts_firm_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_alerts")),
    )
    op.create_index("ix_kpi_alerts_open", "kpi_alerts", ["firm_id", "ended_at"], unique=False)
    op.create_table(
        "kpi_alarms",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("window", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "alert_id"],
            ["kpi_alerts.firm_id", "kpi_alerts.id"],
            name=op.f("fk_kpi_alarms_firm_id_alert_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_alarms")),
        sa.UniqueConstraint("firm_id", "alert_id", "window", name=op.f("uq_kpi_alarms_firm_id_alert_id_window")),
    )


def downgrade() -> None:
    op.drop_table("kpi_alarms")
    op.drop_index("ix_kpi_alerts_open", table_name="kpi_alerts")
    op.drop_table("kpi_alerts")
    op.drop_index("ix_kpi_targets_measure", table_name="kpi_targets")
    op.drop_table("kpi_targets")
    op.drop_index("ix_insights_facts_at", table_name="insights_facts")
    op.drop_table("insights_facts")
    op.drop_index("ix_insights_duty_checks_at", table_name="insights_duty_checks")
    op.drop_table("insights_duty_checks")
    op.drop_table("insights_breaches")
