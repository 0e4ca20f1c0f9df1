"""Imported ledgers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_07"
down_revision = "0000_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_balances",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=True),
        sa.Column("aux", sa.String(), nullable=True),
        sa.Column("year_opening_fen", sa.BigInteger(), nullable=True),
        sa.Column("opening_fen", sa.BigInteger(), nullable=True),
        sa.Column("debit_fen", sa.BigInteger(), nullable=True),
        sa.Column("credit_fen", sa.BigInteger(), nullable=True),
        sa.Column("year_debit_fen", sa.BigInteger(), nullable=True),
        sa.Column("year_credit_fen", sa.BigInteger(), nullable=True),
        sa.Column("closing_fen", sa.BigInteger(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_ledger_balances")),
    )
    op.create_index("ix_ledger_balances_import", "ledger_balances", ["firm_id", "import_id"], unique=False)
    op.create_table(
        "ledger_lines",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("number_text", sa.String(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=True),
        sa.Column("aux", sa.String(), nullable=True),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("preparer", sa.String(), nullable=True),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("poster", sa.String(), nullable=True),
        sa.Column("posted", sa.Boolean(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=True),
        sa.Column("attachments", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("entered_date", sa.Date(), nullable=True),
        sa.Column("entered_time", sa.String(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("counter_account", sa.String(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_ledger_lines")),
    )
    op.create_index(
        "ix_ledger_lines_account", "ledger_lines", ["firm_id", "client_id", "account", "period"], unique=False
    )
    op.create_index("ix_ledger_lines_voucher", "ledger_lines", ["firm_id", "import_id", "voucher"], unique=False)
    op.create_table(
        "imports",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rejects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("posted", sa.String(length=8), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error_text", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("first_period", sa.String(length=7), nullable=True),
        sa.Column("last_period", sa.String(length=7), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("voucher_count", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("remember_mapping", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_imports_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_client", "imports", ["firm_id", "client_id"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.String(length=8), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_snapshots_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_snapshots")),
        info={"append_only": True},
    )
    op.create_index("ix_snapshots_subject", "snapshots", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "period_versions",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("content", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_period_versions_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "import_id"],
            ["imports.firm_id", "imports.id"],
            name=op.f("fk_period_versions_firm_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_period_versions")),
        sa.UniqueConstraint(
            "firm_id",
            "client_id",
            "period",
            "content",
            "version",
            name=op.f("uq_period_versions_firm_id_client_id_period_content_version"),
        ),
    )


def downgrade() -> None:
    op.drop_table("period_versions")
    op.drop_index("ix_snapshots_subject", table_name="snapshots")
    op.drop_table("snapshots")
    op.drop_index("ix_imports_client", table_name="imports")
    op.drop_table("imports")
    op.drop_index("ix_ledger_lines_voucher", table_name="ledger_lines")
    op.drop_index("ix_ledger_lines_account", table_name="ledger_lines")
    op.drop_table("ledger_lines")
    op.drop_index("ix_ledger_balances_import", table_name="ledger_balances")
    op.drop_table("ledger_balances")
