"""Improvement, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_15"
down_revision = "0006_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "competitor_terms",
        sa.Column("competitor", sa.String(length=80), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_competitor_terms")),
        sa.UniqueConstraint(
            "firm_id", "competitor", "seen_on", name=op.f("uq_competitor_terms_firm_id_competitor_seen_on")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "regulations",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issuer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("repealed_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("impact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mark", sa.String(length=1), nullable=False),
        sa.Column("clients", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quiz", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("course_key", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_regulations")),
    )
    op.create_index("ix_regulations_effective", "regulations", ["firm_id", "effective_on"], unique=False)
    op.create_index(
        "uq_regulations_key", "regulations", ["firm_id", "key"], unique=True, postgresql_where=sa.text("key <> ''")
    )
    op.create_table(
        "improvement_changes",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("target_kind", sa.String(length=8), nullable=False),
        sa.Column("target_key", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("measure_days", sa.Integer(), nullable=False),
        sa.Column("baseline", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> author_id",
            name=op.f("ck_improvement_changes_approver_is_not_author"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "author_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_improvement_changes_firm_id_author_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_improvement_changes")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_improvement_changes_firm_id_number")),
    )
    op.create_index("ix_improvement_changes_source", "improvement_changes", ["firm_id", "source_id"], unique=False)
    op.create_index("ix_improvement_changes_state", "improvement_changes", ["firm_id", "state"], unique=False)
    op.create_table(
        "improvement_receipts",
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_improvement_receipts_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_improvement_receipts")),
        sa.UniqueConstraint(
            "firm_id", "subject_id", "member_id", name=op.f("uq_improvement_receipts_firm_id_subject_id_member_id")
        ),
    )
    op.create_index(
        "ix_improvement_receipts_due", "improvement_receipts", ["firm_id", "read_at", "due_at"], unique=False
    )
    op.create_table(
        "improvement_inbox",
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("source_label", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "result <> 'dismissed' OR reason <> ''", name=op.f("ck_improvement_inbox_dismissed_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_improvement_inbox_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_improvement_inbox")),
        sa.UniqueConstraint(
            "firm_id", "source_kind", "source_id", name=op.f("uq_improvement_inbox_firm_id_source_kind_source_id")
        ),
    )
    op.create_index("ix_improvement_inbox_open", "improvement_inbox", ["firm_id", "decided_at"], unique=False)
    op.create_table(
        "library_lessons",
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("source_label", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("cause_code", sa.String(length=12), nullable=False),
        sa.Column("learned", sa.String(), nullable=False),
        sa.Column("whys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_library_lessons_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_library_lessons")),
        sa.UniqueConstraint(
            "firm_id", "source_kind", "source_id", name=op.f("uq_library_lessons_firm_id_source_kind_source_id")
        ),
    )
    op.create_index("ix_library_lessons_at", "library_lessons", ["firm_id", "written_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_library_lessons_at", table_name="library_lessons")
    op.drop_table("library_lessons")
    op.drop_index("ix_improvement_inbox_open", table_name="improvement_inbox")
    op.drop_table("improvement_inbox")
    op.drop_index("ix_improvement_receipts_due", table_name="improvement_receipts")
    op.drop_table("improvement_receipts")
    op.drop_index("ix_improvement_changes_state", table_name="improvement_changes")
    op.drop_index("ix_improvement_changes_source", table_name="improvement_changes")
    op.drop_table("improvement_changes")
    op.drop_index("uq_regulations_key", table_name="regulations", postgresql_where=sa.text("key <> ''"))
    op.drop_index("ix_regulations_effective", table_name="regulations")
    op.drop_table("regulations")
    op.drop_table("competitor_terms")
