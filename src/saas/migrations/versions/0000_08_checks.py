"""Checks and findings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_08"
down_revision = "0000_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_settings",
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_rule_settings")),
        sa.UniqueConstraint("firm_id", "rule", "valid_from", name=op.f("uq_rule_settings_firm_id_rule_valid_from")),
    )
    op.create_table(
        "check_runs",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_period", sa.String(length=7), nullable=True),
        sa.Column("last_period", sa.String(length=7), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("again_count", sa.Integer(), nullable=False),
        sa.Column("gone_count", sa.Integer(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_check_runs_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_check_runs")),
    )
    op.create_index("ix_check_runs_client", "check_runs", ["firm_id", "client_id", "at"], unique=False)
    op.create_table(
        "exemptions",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_exemptions_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_exemptions_firm_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_exemptions")),
    )
    op.create_index("ix_exemptions_client", "exemptions", ["firm_id", "client_id", "rule"], unique=False)
    op.create_table(
        "findings",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("vouchers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("compared", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_import_id", sa.Uuid(), nullable=True),
        sa.Column("last_import_id", sa.Uuid(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excepted_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state <> 'dismissed' OR reason <> ''", name=op.f("ck_findings_dismissed_with_a_reason")),
        sa.CheckConstraint(
            "state <> 'excepted' OR excepted_until IS NOT NULL", name=op.f("ck_findings_exceptions_expire")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_findings_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "firm_id", "client_id", "rule", "object", name=op.f("uq_findings_firm_id_client_id_rule_object")
        ),
    )
    op.create_index("ix_findings_case", "findings", ["firm_id", "case_id"], unique=False)
    op.create_index("ix_findings_open", "findings", ["firm_id", "state", "severity"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_findings_open", table_name="findings")
    op.drop_index("ix_findings_case", table_name="findings")
    op.drop_table("findings")
    op.drop_index("ix_exemptions_client", table_name="exemptions")
    op.drop_table("exemptions")
    op.drop_index("ix_check_runs_client", table_name="check_runs")
    op.drop_table("check_runs")
    op.drop_table("rule_settings")
