"""Firms, the audit trail, the outbox and what else every module stands on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("timeline", sa.Boolean(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_audit_entries")),
        info={"append_only": True},
    )
    op.create_index("ix_audit_entries_client", "audit_entries", ["firm_id", "client_id", "at"], unique=False)
    op.create_index("ix_audit_entries_position", "audit_entries", ["firm_id", "position"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["firm_id", "subject_id", "at"], unique=False)
    op.create_table(
        "audit_seals",
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("firm_id", "entry_id", name=op.f("uq_audit_seals_firm_id_entry_id")),
        sa.UniqueConstraint("firm_id", "sequence", name=op.f("uq_audit_seals_firm_id_sequence")),
        info={"append_only": True},
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_counters")),
        sa.UniqueConstraint("firm_id", "name", "year", name=op.f("uq_counters_firm_id_name_year")),
    )
    op.create_table(
        "firms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaying", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('live', 'demo', 'sandbox')", name=op.f("ck_firms_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firms")),
        sa.UniqueConstraint("code", name=op.f("uq_firms_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_firms_slug")),
    )
    op.create_table(
        "links",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_links")),
        sa.UniqueConstraint("firm_id", "secret_hash", name=op.f("uq_links_firm_id_secret_hash")),
    )
    op.create_index("ix_links_subject", "links", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["due_at"], unique=False, postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_index("ix_outbox_job", "outbox", ["firm_id", "job"], unique=False)
    op.create_table(
        "stage_log",
        sa.Column("workflow", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("working_minutes", sa.Integer(), nullable=True),
        sa.Column("paused_minutes", sa.Integer(), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_stage_log")),
    )
    op.create_index("ix_stage_log_subject", "stage_log", ["firm_id", "subject_id", "entered_at"], unique=False)
    op.create_index(
        "uq_stage_log_current",
        "stage_log",
        ["firm_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_stage_log_current", table_name="stage_log", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_index("ix_stage_log_subject", table_name="stage_log")
    op.drop_table("stage_log")
    op.drop_index("ix_outbox_job", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_links_subject", table_name="links")
    op.drop_table("links")
    op.drop_table("firms")
    op.drop_table("counters")
    op.drop_table("audit_seals")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index("ix_audit_entries_position", table_name="audit_entries")
    op.drop_index("ix_audit_entries_client", table_name="audit_entries")
    op.drop_table("audit_entries")
