"""Privacy."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_08"
down_revision = "0008_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("person_kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("answered_at IS NULL OR answer <> ''", name=op.f("ck_data_requests_answered_in_words")),
        sa.CheckConstraint("kind IN ('copy', 'correction', 'deletion')", name=op.f("ck_data_requests_kind")),
        sa.CheckConstraint("person_kind IN ('contact', 'member')", name=op.f("ck_data_requests_person_kind")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_data_requests_firm_id_key")),
        info={"stays": True},
    )
    op.create_index("ix_data_requests_open", "data_requests", ["firm_id", "due_on"], unique=False)
    op.create_table(
        "firm_exports",
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("tables", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_firm_exports")),
        info={"stays": True},
    )
    op.create_table(
        "retention_batches",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_because", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_retention_batches")),
        sa.UniqueConstraint("firm_id", "kind", "until_on", name=op.f("uq_retention_batches_firm_id_kind_until_on")),
        info={"stays": True},
    )
    op.create_index("ix_retention_batches_open", "retention_batches", ["firm_id", "kind"], unique=False)
    op.create_table(
        "retention_rules",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_retention_rules_months")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("firm_id", "kind", "valid_from", name=op.f("uq_retention_rules_firm_id_kind_valid_from")),
        info={"stays": True},
    )
    op.create_table(
        "departures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("firm_name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("archive_sha256", sa.String(length=64), nullable=False),
        sa.Column("archive_size", sa.Integer(), nullable=False),
        sa.Column("archive_until", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remains", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["firms.id"], name=op.f("fk_departures_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
    )


def downgrade() -> None:
    op.drop_table("departures")
    op.drop_table("retention_rules")
    op.drop_index("ix_retention_batches_open", table_name="retention_batches")
    op.drop_table("retention_batches")
    op.drop_table("firm_exports")
    op.drop_index("ix_data_requests_open", table_name="data_requests")
    op.drop_table("data_requests")
