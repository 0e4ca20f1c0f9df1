"""Statements and invoice lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_03"
down_revision = "0006_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_pairs",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("statement_key", sa.String(), nullable=False),
        sa.Column("books_key", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_bank_pairs_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_bank_pairs")),
        sa.UniqueConstraint(
            "firm_id", "client_id", "statement_key", name=op.f("uq_bank_pairs_firm_id_client_id_statement_key")
        ),
    )
    op.create_table(
        "outside_files",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("printed", sa.String(length=4), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("opening_fen", sa.BigInteger(), nullable=True),
        sa.Column("closing_fen", sa.BigInteger(), nullable=True),
        sa.Column("rejects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'bank') = (account <> '')", name=op.f("ck_outside_files_a_statement_has_its_account")
        ),
        sa.CheckConstraint("kind IN ('bank', 'in', 'out')", name=op.f("ck_outside_files_a_known_kind")),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_outside_files_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_outside_files")),
    )
    op.create_index("ix_outside_files_client", "outside_files", ["firm_id", "client_id", "kind"], unique=False)
    op.create_table(
        "bank_lines",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("in_fen", sa.BigInteger(), nullable=False),
        sa.Column("out_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "file_id"],
            ["outside_files.firm_id", "outside_files.id"],
            name=op.f("fk_bank_lines_firm_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_bank_lines")),
        info={"append_only": True},
    )
    op.create_index("ix_bank_lines_file", "bank_lines", ["firm_id", "file_id"], unique=False)
    op.create_table(
        "invoice_lines",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("seller", sa.String(), nullable=False),
        sa.Column("buyer", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("tax_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=4), nullable=False),
        sa.Column("claimed", sa.String(length=7), nullable=False),
        sa.Column("goods", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "file_id"],
            ["outside_files.firm_id", "outside_files.id"],
            name=op.f("fk_invoice_lines_firm_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_invoice_lines")),
        info={"append_only": True},
    )
    op.create_index("ix_invoice_lines_file", "invoice_lines", ["firm_id", "file_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_invoice_lines_file", table_name="invoice_lines")
    op.drop_table("invoice_lines")
    op.drop_index("ix_bank_lines_file", table_name="bank_lines")
    op.drop_table("bank_lines")
    op.drop_index("ix_outside_files_client", table_name="outside_files")
    op.drop_table("outside_files")
    op.drop_table("bank_pairs")
