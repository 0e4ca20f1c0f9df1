"""Notices, their deliveries and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_06"
down_revision = "0000_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("verify_code", sa.String(length=48), nullable=False),
        sa.Column("verify_hash", sa.String(length=64), nullable=True),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("edited_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_notices_author_never_approves")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_notices_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_notices_firm_id_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "superseded_by_id"],
            ["notices.firm_id", "notices.id"],
            name=op.f("fk_notices_firm_id_superseded_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supersedes_id"],
            ["notices.firm_id", "notices.id"],
            name=op.f("fk_notices_firm_id_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "firm_id", "kind", "year", "serial", "version", name=op.f("uq_notices_firm_id_kind_year_serial_version")
        ),
        sa.UniqueConstraint("firm_id", "verify_hash", name=op.f("uq_notices_firm_id_verify_hash")),
    )
    op.create_index("ix_notices_client", "notices", ["firm_id", "client_id"], unique=False)
    op.create_index("ix_notices_subject", "notices", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_deliveries_firm_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "notice_id"], ["notices.firm_id", "notices.id"], name=op.f("fk_deliveries_firm_id_notice_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("firm_id", "message_id", name=op.f("uq_deliveries_firm_id_message_id")),
    )
    op.create_index("ix_deliveries_notice", "deliveries", ["firm_id", "notice_id"], unique=False)
    op.create_index("ix_deliveries_open", "deliveries", ["firm_id", "status"], unique=False)
    op.create_index("ix_deliveries_subject", "deliveries", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "notice_answers",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("signed_name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("reply_to_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_notice_answers_firm_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "notice_id"],
            ["notices.firm_id", "notices.id"],
            name=op.f("fk_notice_answers_firm_id_notice_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_notice_answers")),
        info={"append_only": True},
    )
    op.create_index("ix_notice_answers_notice", "notice_answers", ["firm_id", "notice_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notice_answers_notice", table_name="notice_answers")
    op.drop_table("notice_answers")
    op.drop_index("ix_deliveries_subject", table_name="deliveries")
    op.drop_index("ix_deliveries_open", table_name="deliveries")
    op.drop_index("ix_deliveries_notice", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index("ix_notices_subject", table_name="notices")
    op.drop_index("ix_notices_client", table_name="notices")
    op.drop_table("notices")
