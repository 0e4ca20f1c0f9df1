"""The filing register."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_02"
down_revision = "0006_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents_in",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("month ~ '^\\d{4}-(0[1-9]|1[0-2])$'", name=op.f("ck_documents_in_a_month")),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_documents_in_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_documents_in")),
        sa.UniqueConstraint("firm_id", "client_id", "month", name=op.f("uq_documents_in_firm_id_client_id_month")),
    )
    op.create_table(
        "filing_due_days",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_filing_due_days_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_filing_due_days")),
        sa.UniqueConstraint("firm_id", "client_id", "due_on", name=op.f("uq_filing_due_days_firm_id_client_id_due_on")),
    )
    op.create_table(
        "filing_switches",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_filing_switches_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_filing_switches")),
        sa.UniqueConstraint(
            "firm_id",
            "client_id",
            "code",
            "from_month",
            name=op.f("uq_filing_switches_firm_id_client_id_code_from_month"),
        ),
    )
    op.create_table(
        "filings",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("amended_on", sa.Date(), nullable=True),
        sa.Column("amended_cause", sa.String(length=8), nullable=False),
        sa.Column("amended_note", sa.String(), nullable=False),
        sa.Column("waived_on", sa.Date(), nullable=True),
        sa.Column("waived_reason", sa.String(), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=True),
        sa.Column("receipts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(amended_on IS NULL) = (amended_cause = '')", name=op.f("ck_filings_amended_for_a_cause")),
        sa.CheckConstraint("(waived_on IS NULL) = (waived_reason = '')", name=op.f("ck_filings_waived_with_a_reason")),
        sa.CheckConstraint(
            "accepted_on IS NULL OR (filed_on IS NOT NULL AND accepted_on >= filed_on)",
            name=op.f("ck_filings_in_order"),
        ),
        sa.CheckConstraint(
            "amended_on IS NULL OR accepted_on IS NOT NULL", name=op.f("ck_filings_amended_after_accepted")
        ),
        sa.CheckConstraint("payable IS NULL OR payable >= 0", name=op.f("ck_filings_payable_not_negative")),
        sa.CheckConstraint("waived_on IS NULL OR filed_on IS NULL", name=op.f("ck_filings_waived_or_filed")),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_filings_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_filings")),
        sa.UniqueConstraint(
            "firm_id", "client_id", "code", "period", name=op.f("uq_filings_firm_id_client_id_code_period")
        ),
    )
    op.create_index("ix_filings_due", "filings", ["firm_id", "due_on", "client_id"], unique=False)
    op.create_index("ix_filings_month", "filings", ["firm_id", "client_id", "last_month"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_filings_month", table_name="filings")
    op.drop_index("ix_filings_due", table_name="filings")
    op.drop_table("filings")
    op.drop_table("filing_switches")
    op.drop_table("filing_due_days")
    op.drop_table("documents_in")
