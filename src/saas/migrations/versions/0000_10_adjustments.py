"""Correcting vouchers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_10"
down_revision = "0000_09"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adjustments",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("method_row", sa.String(length=4), nullable=False),
        sa.Column("law", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wrong", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tax", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reminders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("needs_manager", sa.Boolean(), nullable=False),
        sa.Column("needs_second_entry", sa.Boolean(), nullable=False),
        sa.Column("second_entry_by", sa.Uuid(), nullable=True),
        sa.Column("second_entry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("edited_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("completion_id", sa.Uuid(), nullable=True),
        sa.Column("found_versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before_sha256", sa.String(length=64), nullable=False),
        sa.Column("after_sha256", sa.String(length=64), nullable=False),
        sa.Column("executed_by", sa.Uuid(), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "manager_id IS NULL OR (manager_id <> prepared_by AND manager_id <> reviewed_by)",
            name=op.f("ck_adjustments_manager_is_a_third_person"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> prepared_by", name=op.f("ck_adjustments_no_self_review")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_adjustments_firm_id_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_adjustments_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_adjustments")),
        sa.UniqueConstraint("firm_id", "case_id", "version", name=op.f("uq_adjustments_firm_id_case_id_version")),
    )
    op.create_table(
        "planned_vouchers",
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=7), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("refers_to", sa.String(), nullable=False),
        sa.Column("attachments", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("posted_as", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "adjustment_id"],
            ["adjustments.firm_id", "adjustments.id"],
            name=op.f("fk_planned_vouchers_firm_id_adjustment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_planned_vouchers")),
    )
    op.create_index(
        "ix_planned_vouchers_adjustment", "planned_vouchers", ["firm_id", "adjustment_id", "position"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_planned_vouchers_adjustment", table_name="planned_vouchers")
    op.drop_table("planned_vouchers")
    op.drop_table("adjustments")
