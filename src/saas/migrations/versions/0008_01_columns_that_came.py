"""Columns that came."""

import sqlalchemy as sa
from alembic import op

revision = "0008_01"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("wishes", sa.String(), server_default="", nullable=False))
    op.add_column("deliveries", sa.Column("bounced", sa.String(length=4), server_default="", nullable=False))
    op.create_index("ix_deliveries_recipient", "deliveries", ["firm_id", "recipient", "created_at"], unique=False)
    op.create_index(
        "ix_findings_decided",
        "findings",
        ["firm_id", "decided_at"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NOT NULL"),
        postgresql_include=["state", "case_id", "client_id", "rule", "decided_by"],
    )
    op.create_index(
        "ix_findings_period",
        "findings",
        ["firm_id", "period"],
        unique=False,
        postgresql_where=sa.text("period IS NOT NULL"),
    )
    op.add_column("firms", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("firms", sa.Column("support_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("firms", sa.Column("suspended_for", sa.String(), nullable=True))
    op.add_column("firms", sa.Column("session_idle_minutes", sa.Integer(), nullable=True))
    op.add_column("firms", sa.Column("session_hours", sa.Integer(), nullable=True))
    op.add_column("improvement_changes", sa.Column("version_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_improvement_changes_firm_id_version_id"),
        "improvement_changes",
        "procedure_versions",
        ["firm_id", "version_id"],
        ["firm_id", "id"],
    )
    op.add_column("insights_duty_checks", sa.Column("faults", sa.Integer(), server_default="0", nullable=False))
    op.add_column("insights_facts", sa.Column("in_time", sa.Boolean(), nullable=True))
    op.add_column("insights_facts", sa.Column("source", sa.String(length=10), server_default="", nullable=False))
    op.add_column(
        "insights_facts", sa.Column("confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "insights_facts", sa.Column("after_filing", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("kpi_targets", sa.Column("regulation_id", sa.Uuid(), nullable=True))
    op.add_column("kpi_targets", sa.Column("clause", sa.String(length=60), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_kpi_targets_firm_id_regulation_id"),
        "kpi_targets",
        "regulations",
        ["firm_id", "regulation_id"],
        ["firm_id", "id"],
    )
    op.add_column("risk_firings", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("risk_firings", sa.Column("settled_by", sa.Uuid(), nullable=True))
    op.add_column("risk_firings", sa.Column("note", sa.String(), server_default="", nullable=False))
    op.add_column(
        "team_handovers", sa.Column("english_sha256", sa.String(length=64), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("team_handovers", "english_sha256")
    op.drop_column("risk_firings", "note")
    op.drop_column("risk_firings", "settled_by")
    op.drop_column("risk_firings", "settled_at")
    op.drop_column("kpi_targets", "clause")
    op.drop_column("kpi_targets", "regulation_id")
    op.drop_column("insights_facts", "after_filing")
    op.drop_column("insights_facts", "confirmed")
    op.drop_column("insights_facts", "source")
    op.drop_column("insights_facts", "in_time")
    op.drop_column("insights_duty_checks", "faults")
    op.drop_column("improvement_changes", "version_id")
    op.drop_column("firms", "session_hours")
    op.drop_column("firms", "session_idle_minutes")
    op.drop_column("firms", "suspended_for")
    op.drop_column("firms", "support_until")
    op.drop_column("firms", "suspended_at")
    op.drop_index("ix_findings_period", table_name="findings", postgresql_where=sa.text("period IS NOT NULL"))
    op.drop_index(
        "ix_findings_decided",
        table_name="findings",
        postgresql_where=sa.text("decided_at IS NOT NULL"),
        postgresql_include=["state", "case_id", "client_id", "rule", "decided_by"],
    )
    op.drop_index("ix_deliveries_recipient", table_name="deliveries")
    op.drop_column("deliveries", "bounced")
    op.drop_column("contacts", "wishes")
