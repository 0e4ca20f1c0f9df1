"""Clients and what is agreed with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_04"
down_revision = "0000_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clients",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("taxpayer_kind", sa.String(length=8), nullable=False),
        sa.Column("standard", sa.String(length=12), nullable=False),
        sa.Column("filing_period", sa.String(length=8), nullable=False),
        sa.Column("industry", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("bookkeeper_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("taken_over_on", sa.Date(), nullable=True),
        sa.Column("shareholders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "bookkeeper_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_clients_firm_id_bookkeeper_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "merged_into_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_clients_firm_id_merged_into_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_clients")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_clients_firm_id_number")),
    )
    op.create_index("ix_clients_name", "clients", ["firm_id", "sort_key"], unique=False)
    op.create_index(
        "uq_clients_uscc",
        "clients",
        ["firm_id", "uscc"],
        unique=True,
        postgresql_where=sa.text("uscc <> '' AND merged_into_id IS NULL"),
    )
    op.create_table(
        "contacts",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("wechat", sa.String(), nullable=False),
        sa.Column("locale", sa.String(length=4), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("may_approve", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_contacts_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_client", "contacts", ["firm_id", "client_id"], unique=False)
    op.create_table(
        "contracts",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("paid_months", sa.Integer(), nullable=False),
        sa.Column("gift_months", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("list_month", sa.BigInteger(), nullable=False),
        sa.Column("services", sa.String(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_contracts_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_contracts_firm_id_number")),
    )
    op.create_table(
        "communications",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("member_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("addendum_to_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "addendum_to_id"],
            ["communications.firm_id", "communications.id"],
            name=op.f("fk_communications_firm_id_addendum_to_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_communications_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_communications_firm_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_communications")),
        info={"append_only": True},
    )
    op.create_index("ix_communications_client", "communications", ["firm_id", "client_id", "at"], unique=False)
    op.create_index("ix_communications_subject", "communications", ["firm_id", "subject_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contract_id"],
            ["contracts.firm_id", "contracts.id"],
            name=op.f("fk_receipts_firm_id_contract_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_receipts")),
    )


def downgrade() -> None:
    op.drop_table("receipts")
    op.drop_index("ix_communications_subject", table_name="communications")
    op.drop_index("ix_communications_client", table_name="communications")
    op.drop_table("communications")
    op.drop_table("contracts")
    op.drop_index("ix_contacts_client", table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(
        "uq_clients_uscc", table_name="clients", postgresql_where=sa.text("uscc <> '' AND merged_into_id IS NULL")
    )
    op.drop_index("ix_clients_name", table_name="clients")
    op.drop_table("clients")
