"""Surveys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_11"
down_revision = "0000_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_surveys_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"], ["contacts.firm_id", "contacts.id"], name=op.f("fk_surveys_firm_id_contact_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_surveys")),
    )
    op.create_index("ix_surveys_subject", "surveys", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "survey_answers",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "survey_id"],
            ["surveys.firm_id", "surveys.id"],
            name=op.f("fk_survey_answers_firm_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_answers")),
        info={"append_only": True},
    )
    op.create_index("ix_survey_answers_survey", "survey_answers", ["firm_id", "survey_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_survey_answers_survey", table_name="survey_answers")
    op.drop_table("survey_answers")
    op.drop_index("ix_surveys_subject", table_name="surveys")
    op.drop_table("surveys")
