"""Paying refunds, and watching them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refund_batches",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_batches")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_refund_batches_firm_id_key")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_refund_batches_firm_id_number")),
        info={"append_only": True},
    )
    op.create_table(
        "refund_budgets",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_budgets")),
        sa.UniqueConstraint("firm_id", "valid_from", name=op.f("uq_refund_budgets_firm_id_valid_from")),
    )
    op.create_table(
        "refund_invoices",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("red_number", sa.String(length=20), nullable=False),
        sa.Column("red_on", sa.Date(), nullable=True),
        sa.Column("red_by", sa.Uuid(), nullable=True),
        sa.Column("red_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('none', 'digital', 'special', 'ordinary')", name=op.f("ck_refund_invoices_known_kind")
        ),
        sa.CheckConstraint("red_number = '' OR kind <> 'none'", name=op.f("ck_refund_invoices_red_needs_an_invoice")),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_refund_invoices_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_invoices")),
        sa.UniqueConstraint("firm_id", "refund_id", name=op.f("uq_refund_invoices_firm_id_refund_id")),
    )
    op.create_table(
        "refund_payees",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("bank_code", sa.String(length=12), nullable=False),
        sa.Column("account_sealed", sa.String(), nullable=False),
        sa.Column("account_mark", sa.String(length=64), nullable=False),
        sa.Column("account_tail", sa.String(length=4), nullable=False),
        sa.Column("corporate", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usable_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_back_by", sa.Uuid(), nullable=True),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("verified_by <> written_by", name=op.f("ck_refund_payees_writer_never_verifies")),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"], ["refunds.firm_id", "refunds.id"], name=op.f("fk_refund_payees_firm_id_refund_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_payees")),
    )
    op.create_index("ix_refund_payees_account", "refund_payees", ["firm_id", "account_mark"], unique=False)
    op.create_index("ix_refund_payees_refund", "refund_payees", ["firm_id", "refund_id", "written_at"], unique=False)
    op.create_table(
        "refund_quality_checks",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_refund_quality_checks_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_quality_checks")),
        sa.UniqueConstraint("firm_id", "refund_id", name=op.f("uq_refund_quality_checks_firm_id_refund_id")),
    )
    op.create_table(
        "refund_signals",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_refund_signals_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_signals")),
        sa.UniqueConstraint(
            "firm_id", "refund_id", "kind", "about", name=op.f("uq_refund_signals_firm_id_refund_id_kind_about")
        ),
    )
    op.create_index(
        "ix_refund_signals_unseen",
        "refund_signals",
        ["firm_id", "refund_id"],
        unique=False,
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "refund_payments",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('in_transit', 'paid', 'failed')", name=op.f("ck_refund_payments_known_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_payments_pays_something")),
        sa.ForeignKeyConstraint(
            ["firm_id", "batch_id"],
            ["refund_batches.firm_id", "refund_batches.id"],
            name=op.f("fk_refund_payments_firm_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "payee_id"],
            ["refund_payees.firm_id", "refund_payees.id"],
            name=op.f("fk_refund_payments_firm_id_payee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_refund_payments_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_payments")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_refund_payments_firm_id_key")),
    )
    op.create_index("ix_refund_payments_batch", "refund_payments", ["firm_id", "batch_id"], unique=False)
    op.create_index("ix_refund_payments_refund", "refund_payments", ["firm_id", "refund_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_refund_payments_refund", table_name="refund_payments")
    op.drop_index("ix_refund_payments_batch", table_name="refund_payments")
    op.drop_table("refund_payments")
    op.drop_index("ix_refund_signals_unseen", table_name="refund_signals", postgresql_where=sa.text("seen_at IS NULL"))
    op.drop_table("refund_signals")
    op.drop_table("refund_quality_checks")
    op.drop_index("ix_refund_payees_refund", table_name="refund_payees")
    op.drop_index("ix_refund_payees_account", table_name="refund_payees")
    op.drop_table("refund_payees")
    op.drop_table("refund_invoices")
    op.drop_table("refund_budgets")
    op.drop_table("refund_batches")
