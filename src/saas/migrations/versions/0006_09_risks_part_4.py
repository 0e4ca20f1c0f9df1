"""Risks, part 4."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_09"
down_revision = "0006_08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mass_notices",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chosen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel IN ('letter', 'message')", name=op.f("ck_mass_notices_known_channel")),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_mass_notices_two_people")),
        sa.ForeignKeyConstraint(
            ["firm_id", "approved_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_mass_notices_firm_id_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_mass_notices_firm_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "prepared_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_mass_notices_firm_id_prepared_by"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_mass_notices")),
    )
    op.create_index("ix_mass_notices_incident", "mass_notices", ["firm_id", "incident_id"], unique=False)
    op.create_table(
        "mass_notice_clients",
        sa.Column("mass_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_mass_notice_clients_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "mass_id"],
            ["mass_notices.firm_id", "mass_notices.id"],
            name=op.f("fk_mass_notice_clients_firm_id_mass_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_mass_notice_clients")),
        sa.UniqueConstraint(
            "firm_id", "mass_id", "client_id", name=op.f("uq_mass_notice_clients_firm_id_mass_id_client_id")
        ),
    )
    op.create_index(
        "ix_mass_notice_clients_open",
        "mass_notice_clients",
        ["firm_id", "mass_id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_mass_notice_clients_open", table_name="mass_notice_clients", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("mass_notice_clients")
    op.drop_index("ix_mass_notices_incident", table_name="mass_notices")
    op.drop_table("mass_notices")
