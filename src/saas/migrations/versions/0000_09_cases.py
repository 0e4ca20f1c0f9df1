"""Cases, questions and lessons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_09"
down_revision = "0000_08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("vouchers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("exposure", sa.BigInteger(), nullable=True),
        sa.Column("likelihood", sa.Integer(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("treatment", sa.String(length=10), nullable=False),
        sa.Column("cause_class", sa.String(length=12), nullable=False),
        sa.Column("cause_code", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("responsibility", sa.String(length=10), nullable=False),
        sa.Column("expectation", sa.String(), nullable=False),
        sa.Column("expected_by", sa.Date(), nullable=True),
        sa.Column("found_after_filing", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("filing_guard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("outcome_reason", sa.String(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_how", sa.String(length=10), nullable=False),
        sa.Column("acknowledged_ground", sa.String(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopens_id", sa.Uuid(), nullable=True),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "manager_id IS NULL OR (manager_id <> owner_id AND manager_id <> reviewed_by)",
            name=op.f("ck_cases_manager_is_a_third_person"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> owner_id", name=op.f("ck_cases_reviewer_is_not_preparer")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_cases_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_cases_firm_id_owner_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_cases")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_cases_firm_id_number")),
    )
    op.create_index("ix_cases_client", "cases", ["firm_id", "client_id"], unique=False)
    op.create_index("ix_cases_owner", "cases", ["firm_id", "owner_id"], unique=False)
    op.create_index("ix_cases_state", "cases", ["firm_id", "state", "due_at"], unique=False)
    op.create_table(
        "case_notes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mentions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_case_notes_firm_id_case_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_case_notes")),
        info={"append_only": True},
    )
    op.create_index("ix_case_notes_case", "case_notes", ["firm_id", "case_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("whys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("action_owner_id", sa.Uuid(), nullable=True),
        sa.Column("action_due", sa.Date(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_lessons_firm_id_case_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("firm_id", "case_id", name=op.f("uq_lessons_firm_id_case_id")),
    )
    op.create_table(
        "questions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fills", sa.String(length=12), nullable=False),
        sa.Column("wanted_files", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_how", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_questions_firm_id_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"], ["contacts.firm_id", "contacts.id"], name=op.f("fk_questions_firm_id_contact_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_case", "questions", ["firm_id", "case_id"], unique=False)
    op.create_table(
        "question_answers",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "question_id"],
            ["questions.firm_id", "questions.id"],
            name=op.f("fk_question_answers_firm_id_question_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_question_answers")),
        info={"append_only": True},
    )
    op.create_index("ix_question_answers_question", "question_answers", ["firm_id", "question_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_question_answers_question", table_name="question_answers")
    op.drop_table("question_answers")
    op.drop_index("ix_questions_case", table_name="questions")
    op.drop_table("questions")
    op.drop_table("lessons")
    op.drop_index("ix_case_notes_case", table_name="case_notes")
    op.drop_table("case_notes")
    op.drop_index("ix_cases_state", table_name="cases")
    op.drop_index("ix_cases_owner", table_name="cases")
    op.drop_index("ix_cases_client", table_name="cases")
    op.drop_table("cases")
