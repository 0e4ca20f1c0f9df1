"""Faults and matters for many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_04"
down_revision = "0006_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_openings",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("client_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_out", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_bulk_openings")),
    )
    op.create_table(
        "system_faults",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contained", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(length=80), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("trusted_id", sa.Uuid(), nullable=True),
        sa.Column("restored_id", sa.Uuid(), nullable=True),
        sa.Column("difference", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("tested_by", sa.Uuid(), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by", sa.Uuid(), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_off", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "signed_off_by IS NULL OR signed_off_by <> declared_by", name=op.f("ck_system_faults_signed_off_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_system_faults_firm_id_case_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_system_faults")),
    )
    op.create_index("ix_system_faults_case", "system_faults", ["firm_id", "case_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_system_faults_case", table_name="system_faults")
    op.drop_table("system_faults")
    op.drop_table("bulk_openings")
