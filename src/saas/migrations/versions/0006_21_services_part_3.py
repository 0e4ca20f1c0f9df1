"""Services, part 3."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_21"
down_revision = "0006_20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_applications",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.String(length=10), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("met", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_support_applications_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "policy_id"],
            ["support_policies.firm_id", "support_policies.id"],
            name=op.f("fk_support_applications_firm_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "task_id"], ["tasks.firm_id", "tasks.id"], name=op.f("fk_support_applications_firm_id_task_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_support_applications")),
        sa.UniqueConstraint(
            "firm_id",
            "policy_id",
            "client_id",
            "round",
            name=op.f("uq_support_applications_firm_id_policy_id_client_id_round"),
        ),
    )
    op.create_table(
        "care_messages",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_care_messages_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "consent_id"],
            ["consents.firm_id", "consents.id"],
            name=op.f("fk_care_messages_firm_id_consent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_care_messages_firm_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "delivery_id"],
            ["deliveries.firm_id", "deliveries.id"],
            name=op.f("fk_care_messages_firm_id_delivery_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_care_messages")),
        sa.UniqueConstraint(
            "firm_id", "contact_id", "key", "occasion", name=op.f("uq_care_messages_firm_id_contact_id_key_occasion")
        ),
    )
    op.create_index("ix_care_messages_client", "care_messages", ["firm_id", "client_id"], unique=False)
    op.create_table(
        "names_handed_on",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_names_handed_on_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "consent_id"],
            ["consents.firm_id", "consents.id"],
            name=op.f("fk_names_handed_on_firm_id_consent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_names_handed_on_firm_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "partner_id"],
            ["partners.firm_id", "partners.id"],
            name=op.f("fk_names_handed_on_firm_id_partner_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_names_handed_on")),
        sa.UniqueConstraint("firm_id", "consent_id", name=op.f("uq_names_handed_on_firm_id_consent_id")),
        info={"append_only": True},
    )
    op.create_table(
        "reviews",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shown_as", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_reviews_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "consent_id"], ["consents.firm_id", "consents.id"], name=op.f("fk_reviews_firm_id_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"], ["contacts.firm_id", "contacts.id"], name=op.f("fk_reviews_firm_id_contact_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_client", "reviews", ["firm_id", "client_id"], unique=False)
    op.create_table(
        "service_proposals",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("gift_months", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("discount_reason", sa.String(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("accepted_how", sa.String(length=8), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_service_proposals_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contract_id"],
            ["contracts.firm_id", "contracts.id"],
            name=op.f("fk_service_proposals_firm_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "notice_id"],
            ["notices.firm_id", "notices.id"],
            name=op.f("fk_service_proposals_firm_id_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_service_proposals_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_service_proposals")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_service_proposals_firm_id_number")),
    )
    op.create_index("ix_service_proposals_client", "service_proposals", ["firm_id", "client_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_service_proposals_client", table_name="service_proposals")
    op.drop_table("service_proposals")
    op.drop_index("ix_reviews_client", table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("names_handed_on")
    op.drop_index("ix_care_messages_client", table_name="care_messages")
    op.drop_table("care_messages")
    op.drop_table("support_applications")
