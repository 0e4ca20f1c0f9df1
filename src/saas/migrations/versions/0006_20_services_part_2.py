"""Services, part 2."""

import sqlalchemy as sa
from alembic import op

revision = "0006_20"
down_revision = "0006_19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_origins",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_client_origins_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "partner_id"],
            ["partners.firm_id", "partners.id"],
            name=op.f("fk_client_origins_firm_id_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "referrer_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_client_origins_firm_id_referrer_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_client_origins")),
        sa.UniqueConstraint("firm_id", "client_id", name=op.f("uq_client_origins_firm_id_client_id")),
    )
    op.create_table(
        "client_tiers",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_client_tiers_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_client_tiers")),
        sa.UniqueConstraint("firm_id", "client_id", "since", name=op.f("uq_client_tiers_firm_id_client_id_since")),
        info={"append_only": True},
    )
    op.create_table(
        "free_services",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("to_whom", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_free_services_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "done_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_free_services_firm_id_done_by"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_free_services")),
    )
    op.create_index("ix_free_services_day", "free_services", ["firm_id", "on_day"], unique=False)
    op.create_table(
        "leads",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("wants", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("lost_why", sa.String(length=12), nullable=False),
        sa.Column("lost_words", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_leads_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_leads_firm_id_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "partner_id"], ["partners.firm_id", "partners.id"], name=op.f("fk_leads_firm_id_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "referrer_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_leads_firm_id_referrer_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_leads")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_leads_firm_id_number")),
    )
    op.create_table(
        "service_ideas",
        sa.Column("origin", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_service_ideas_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "service_id"],
            ["services.firm_id", "services.id"],
            name=op.f("fk_service_ideas_firm_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_service_ideas")),
    )
    op.create_index(
        "uq_service_ideas_origin",
        "service_ideas",
        ["firm_id", "origin"],
        unique=True,
        postgresql_where=sa.text("origin <> ''"),
    )
    op.create_table(
        "consents",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_way", sa.String(length=8), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_consents_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"], ["contacts.firm_id", "contacts.id"], name=op.f("fk_consents_firm_id_contact_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_client", "consents", ["firm_id", "client_id"], unique=False)
    op.create_index(
        "uq_consents_live",
        "consents",
        ["firm_id", "contact_id", "purpose", "partner"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_consents_live", table_name="consents", postgresql_where=sa.text("revoked_at IS NULL"))
    op.drop_index("ix_consents_client", table_name="consents")
    op.drop_table("consents")
    op.drop_index("uq_service_ideas_origin", table_name="service_ideas", postgresql_where=sa.text("origin <> ''"))
    op.drop_table("service_ideas")
    op.drop_table("leads")
    op.drop_index("ix_free_services_day", table_name="free_services")
    op.drop_table("free_services")
    op.drop_table("client_tiers")
    op.drop_table("client_origins")
