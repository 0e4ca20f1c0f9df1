"""Training, part 3."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_12"
down_revision = "0006_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_exam_items_key", "exam_items", ["firm_id", "course_id", "question_key"], unique=False)
    op.create_table(
        "course_assignments",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("source_key", sa.String(length=40), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("waived_why", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "certificate_id"],
            ["certificates.firm_id", "certificates.id"],
            name=op.f("fk_course_assignments_firm_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "course_id"],
            ["courses.firm_id", "courses.id"],
            name=op.f("fk_course_assignments_firm_id_course_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_course_assignments_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["course_versions.firm_id", "course_versions.id"],
            name=op.f("fk_course_assignments_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_assignments")),
    )
    op.create_index(
        "ix_course_assignments_due",
        "course_assignments",
        ["firm_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_course_assignments_open",
        "course_assignments",
        ["firm_id", "member_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL AND waived_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_course_assignments_open",
        table_name="course_assignments",
        postgresql_where=sa.text("done_at IS NULL AND waived_at IS NULL"),
    )
    op.drop_index(
        "ix_course_assignments_due", table_name="course_assignments", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("course_assignments")
    op.drop_index("ix_exam_items_key", table_name="exam_items")
