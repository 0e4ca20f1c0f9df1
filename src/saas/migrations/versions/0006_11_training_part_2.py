"""Training, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_11"
down_revision = "0006_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_plan",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_training_plan_firm_id_course_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_training_plan")),
        sa.UniqueConstraint(
            "firm_id", "year", "month", "course_id", name=op.f("uq_training_plan_firm_id_year_month_course_id")
        ),
    )
    op.create_table(
        "course_lessons",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["course_versions.firm_id", "course_versions.id"],
            name=op.f("fk_course_lessons_firm_id_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_lessons")),
        sa.UniqueConstraint("firm_id", "version_id", "slug", name=op.f("uq_course_lessons_firm_id_version_id_slug")),
    )
    op.create_table(
        "course_questions",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("stem", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hard", sa.Integer(), nullable=False),
        sa.Column("origin_kind", sa.String(length=16), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["course_versions.firm_id", "course_versions.id"],
            name=op.f("fk_course_questions_firm_id_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_questions")),
        sa.UniqueConstraint("firm_id", "version_id", "key", name=op.f("uq_course_questions_firm_id_version_id_key")),
    )
    op.create_table(
        "exam_attempts",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timed_out", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("full", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_exam_attempts_firm_id_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_exam_attempts_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["course_versions.firm_id", "course_versions.id"],
            name=op.f("fk_exam_attempts_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_exam_attempts")),
    )
    op.create_index("ix_exam_attempts_course", "exam_attempts", ["firm_id", "course_id", "handed_in_at"], unique=False)
    op.create_index(
        "uq_exam_attempts_open",
        "exam_attempts",
        ["firm_id", "member_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("handed_in_at IS NULL"),
    )
    op.create_table(
        "session_attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_session_attendances_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "session_id"],
            ["team_sessions.firm_id", "team_sessions.id"],
            name=op.f("fk_session_attendances_firm_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_session_attendances")),
        sa.UniqueConstraint(
            "firm_id", "session_id", "member_id", name=op.f("uq_session_attendances_firm_id_session_id_member_id")
        ),
    )
    op.create_table(
        "certificates",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("member_name", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("qualifications", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["exam_attempts.firm_id", "exam_attempts.id"],
            name=op.f("fk_certificates_firm_id_attempt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_certificates_firm_id_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_certificates_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["course_versions.firm_id", "course_versions.id"],
            name=op.f("fk_certificates_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("firm_id", "attempt_id", name=op.f("uq_certificates_firm_id_attempt_id")),
        sa.UniqueConstraint("firm_id", "code_hash", name=op.f("uq_certificates_firm_id_code_hash")),
        sa.UniqueConstraint("firm_id", "year", "number", name=op.f("uq_certificates_firm_id_year_number")),
    )
    op.create_index(
        "ix_certificates_member", "certificates", ["firm_id", "member_id", "course_id", "valid_until"], unique=False
    )
    op.create_table(
        "exam_items",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("feedback", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["exam_attempts.firm_id", "exam_attempts.id"],
            name=op.f("fk_exam_items_firm_id_attempt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "question_id"],
            ["course_questions.firm_id", "course_questions.id"],
            name=op.f("fk_exam_items_firm_id_question_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_exam_items")),
        sa.UniqueConstraint(
            "firm_id", "attempt_id", "position", name=op.f("uq_exam_items_firm_id_attempt_id_position")
        ),
    )


def downgrade() -> None:
    op.drop_table("exam_items")
    op.drop_index("ix_certificates_member", table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("session_attendances")
    op.drop_index("uq_exam_attempts_open", table_name="exam_attempts", postgresql_where=sa.text("handed_in_at IS NULL"))
    op.drop_index("ix_exam_attempts_course", table_name="exam_attempts")
    op.drop_table("exam_attempts")
    op.drop_table("course_questions")
    op.drop_table("course_lessons")
    op.drop_table("training_plan")
