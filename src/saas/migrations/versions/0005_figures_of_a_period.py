"""Figures of a period; contracts and receipts are found by whom they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_figures",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("period ~ '^\\d{4}-(0[1-9]|1[0-2])$'", name=op.f("ck_period_figures_a_month")),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_period_figures_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_period_figures")),
        sa.UniqueConstraint(
            "firm_id", "client_id", "period", "name", name=op.f("uq_period_figures_firm_id_client_id_period_name")
        ),
    )
    op.create_index("ix_contracts_client", "contracts", ["firm_id", "client_id"], unique=False)
    op.create_index("ix_receipts_contract", "receipts", ["firm_id", "contract_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_receipts_contract", table_name="receipts")
    op.drop_index("ix_contracts_client", table_name="contracts")
    op.drop_table("period_figures")
