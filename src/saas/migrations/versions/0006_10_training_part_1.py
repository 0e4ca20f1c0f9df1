"""Training, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_10"
down_revision = "0006_09"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("starter", sa.Boolean(), nullable=False),
        sa.Column("published_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_courses")),
        sa.UniqueConstraint("firm_id", "slug", name=op.f("uq_courses_firm_id_slug")),
    )
    op.create_table(
        "course_files",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_course_files_firm_id_course_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_files")),
        sa.UniqueConstraint("firm_id", "course_id", "name", name=op.f("uq_course_files_firm_id_course_id_name")),
    )
    op.create_table(
        "course_gates",
        sa.Column("qualification", sa.String(length=40), nullable=False),
        sa.Column("demand", sa.String(length=12), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_course_gates_firm_id_course_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_gates")),
        sa.UniqueConstraint(
            "firm_id", "qualification", "valid_from", name=op.f("uq_course_gates_firm_id_qualification_valid_from")
        ),
    )
    op.create_table(
        "course_versions",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("causes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("qualifications", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bound_to", sa.String(length=24), nullable=False),
        sa.Column("change_note", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"],
            ["courses.firm_id", "courses.id"],
            name=op.f("fk_course_versions_firm_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint("firm_id", "course_id", "number", name=op.f("uq_course_versions_firm_id_course_id_number")),
    )
    op.create_index(
        "uq_course_versions_draft",
        "course_versions",
        ["firm_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "credit_entries",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("refused_why", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_credit_entries_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_credit_entries")),
        sa.UniqueConstraint(
            "firm_id", "member_id", "source_id", name=op.f("uq_credit_entries_firm_id_member_id_source_id")
        ),
    )
    op.create_index("ix_credit_entries_year", "credit_entries", ["firm_id", "member_id", "year"], unique=False)
    op.create_table(
        "exam_reopenings",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"],
            ["courses.firm_id", "courses.id"],
            name=op.f("fk_exam_reopenings_firm_id_course_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_exam_reopenings_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_exam_reopenings")),
        info={"append_only": True},
    )
    op.create_index("ix_exam_reopenings_member", "exam_reopenings", ["firm_id", "member_id", "course_id"], unique=False)
    op.create_table(
        "lesson_reads",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_lesson_reads_firm_id_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_lesson_reads_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_lesson_reads")),
        sa.UniqueConstraint(
            "firm_id", "member_id", "course_id", "slug", name=op.f("uq_lesson_reads_firm_id_member_id_course_id_slug")
        ),
    )
    op.create_table(
        "team_sessions",
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("led_by", sa.Uuid(), nullable=True),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_why", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"], ["courses.firm_id", "courses.id"], name=op.f("fk_team_sessions_firm_id_course_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_sessions")),
    )
    op.create_index("ix_team_sessions_at", "team_sessions", ["firm_id", "held_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_team_sessions_at", table_name="team_sessions")
    op.drop_table("team_sessions")
    op.drop_table("lesson_reads")
    op.drop_index("ix_exam_reopenings_member", table_name="exam_reopenings")
    op.drop_table("exam_reopenings")
    op.drop_index("ix_credit_entries_year", table_name="credit_entries")
    op.drop_table("credit_entries")
    op.drop_index(
        "uq_course_versions_draft", table_name="course_versions", postgresql_where=sa.text("published_at IS NULL")
    )
    op.drop_table("course_versions")
    op.drop_table("course_gates")
    op.drop_table("course_files")
    op.drop_table("courses")
