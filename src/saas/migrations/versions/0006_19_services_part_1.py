"""Services, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_19"
down_revision = "0006_18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "care_kinds",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_care_kinds")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_care_kinds_firm_id_key")),
    )
    op.create_table(
        "library_snippets",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mark", sa.String(length=1), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_library_snippets")),
    )
    op.create_index(
        "uq_library_snippets_key",
        "library_snippets",
        ["firm_id", "key"],
        unique=True,
        postgresql_where=sa.text("key <> ''"),
    )
    op.create_table(
        "partners",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("commission", sa.String(length=8), nullable=False),
        sa.Column("commission_permille", sa.Integer(), nullable=False),
        sa.Column("commission_fixed", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_partners")),
        sa.UniqueConstraint("firm_id", "name", name=op.f("uq_partners_firm_id_name")),
    )
    op.create_table(
        "services",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tier", sa.String(length=12), nullable=False),
        sa.Column("taxpayer", sa.String(length=8), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_services")),
    )
    op.create_index(
        "uq_services_key", "services", ["firm_id", "key"], unique=True, postgresql_where=sa.text("key <> ''")
    )
    op.create_table(
        "support_policies",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("benefit", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("papers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_support_policies")),
    )
    op.create_index(
        "uq_support_policies_key",
        "support_policies",
        ["firm_id", "key"],
        unique=True,
        postgresql_where=sa.text("key <> ''"),
    )
    op.create_table(
        "library_uses",
        sa.Column("snippet_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "snippet_id"],
            ["library_snippets.firm_id", "library_snippets.id"],
            name=op.f("fk_library_uses_firm_id_snippet_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_library_uses")),
        sa.UniqueConstraint(
            "firm_id",
            "snippet_id",
            "member_id",
            "on_day",
            name=op.f("uq_library_uses_firm_id_snippet_id_member_id_on_day"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "service_prices",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "service_id"],
            ["services.firm_id", "services.id"],
            name=op.f("fk_service_prices_firm_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_service_prices")),
        sa.UniqueConstraint(
            "firm_id", "service_id", "valid_from", name=op.f("uq_service_prices_firm_id_service_id_valid_from")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "support_policy_terms",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("apply_by", sa.Date(), nullable=True),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mark", sa.String(length=1), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "policy_id"],
            ["support_policies.firm_id", "support_policies.id"],
            name=op.f("fk_support_policy_terms_firm_id_policy_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_support_policy_terms")),
        sa.UniqueConstraint(
            "firm_id", "policy_id", "valid_from", name=op.f("uq_support_policy_terms_firm_id_policy_id_valid_from")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "client_facts",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_client_facts_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_client_facts")),
        info={"append_only": True},
    )
    op.create_index("ix_client_facts_client", "client_facts", ["firm_id", "client_id", "name"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_client_facts_client", table_name="client_facts")
    op.drop_table("client_facts")
    op.drop_table("support_policy_terms")
    op.drop_table("service_prices")
    op.drop_table("library_uses")
    op.drop_index("uq_support_policies_key", table_name="support_policies", postgresql_where=sa.text("key <> ''"))
    op.drop_table("support_policies")
    op.drop_index("uq_services_key", table_name="services", postgresql_where=sa.text("key <> ''"))
    op.drop_table("services")
    op.drop_table("partners")
    op.drop_index("uq_library_snippets_key", table_name="library_snippets", postgresql_where=sa.text("key <> ''"))
    op.drop_table("library_snippets")
    op.drop_table("care_kinds")
