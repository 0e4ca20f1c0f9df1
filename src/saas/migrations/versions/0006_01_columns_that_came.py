"""Columns that came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_01"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_entries_refused",
        "audit_entries",
        ["firm_id", "at"],
        unique=False,
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["firm_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_cases_opened", "cases", ["firm_id", "opened_at"], unique=False)
    op.add_column("check_runs", sa.Column("occasion", sa.String(length=12), server_default="", nullable=False))
    op.add_column("check_runs", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("findings", sa.Column("quiet", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_notices_issued",
        "notices",
        ["firm_id", "issued_at"],
        unique=False,
        postgresql_where=sa.text("issued_at IS NOT NULL"),
    )
    op.create_index(
        "ix_refunds_closed",
        "refunds",
        ["firm_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.add_column("survey_answers", sa.Column("low", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index(op.f("ix_survey_answers_survey"), table_name="survey_answers")
    op.create_index("ix_survey_answers_survey", "survey_answers", ["firm_id", "survey_id", "at"], unique=False)
    op.create_index("ix_survey_answers_at", "survey_answers", ["firm_id", "at"], unique=False)
    op.add_column("surveys", sa.Column("questionnaire", sa.String(length=24), server_default="", nullable=False))
    op.add_column("surveys", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("surveys", sa.Column("occasion", sa.String(length=16), server_default="", nullable=False))
    op.add_column("surveys", sa.Column("period", sa.String(length=8), server_default="", nullable=False))
    op.add_column(
        "surveys", sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column(
        "surveys", sa.Column("intro", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    )
    op.create_index("ix_surveys_contact", "surveys", ["firm_id", "contact_id", "created_at"], unique=False)
    op.create_index("ix_surveys_sent", "surveys", ["firm_id", "sent_at"], unique=False)
    op.create_index(
        "uq_surveys_period",
        "surveys",
        ["firm_id", "questionnaire", "contact_id", "period"],
        unique=True,
        postgresql_where=sa.text("period <> ''"),
    )
    op.add_column("tasks", sa.Column("covered_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_tasks_firm_id_covered_id"), "tasks", "memberships", ["firm_id", "covered_id"], ["firm_id", "id"]
    )


def downgrade() -> None:
    op.drop_column("tasks", "covered_id")
    op.drop_index("uq_surveys_period", table_name="surveys", postgresql_where=sa.text("period <> ''"))
    op.drop_index("ix_surveys_sent", table_name="surveys")
    op.drop_index("ix_surveys_contact", table_name="surveys")
    op.drop_column("surveys", "intro")
    op.drop_column("surveys", "subject")
    op.drop_column("surveys", "period")
    op.drop_column("surveys", "occasion")
    op.drop_column("surveys", "version")
    op.drop_column("surveys", "questionnaire")
    op.drop_index("ix_survey_answers_at", table_name="survey_answers")
    op.drop_index("ix_survey_answers_survey", table_name="survey_answers")
    op.create_index(op.f("ix_survey_answers_survey"), "survey_answers", ["firm_id", "survey_id"], unique=False)
    op.drop_column("survey_answers", "low")
    op.drop_index("ix_refunds_closed", table_name="refunds", postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.drop_index("ix_notices_issued", table_name="notices", postgresql_where=sa.text("issued_at IS NOT NULL"))
    op.drop_column("findings", "quiet")
    op.drop_column("check_runs", "told_at")
    op.drop_column("check_runs", "occasion")
    op.drop_index("ix_cases_opened", table_name="cases")
    op.drop_index("ix_cases_closed", table_name="cases", postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.drop_index(
        "ix_audit_entries_refused", table_name="audit_entries", postgresql_where=sa.text("outcome = 'refused'")
    )
