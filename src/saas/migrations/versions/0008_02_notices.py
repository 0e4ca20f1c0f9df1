"""Notices."""

import sqlalchemy as sa
from alembic import op

revision = "0008_02"
down_revision = "0008_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returned_mails",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "communication_id"],
            ["communications.firm_id", "communications.id"],
            name=op.f("fk_returned_mails_firm_id_communication_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "delivery_id"],
            ["deliveries.firm_id", "deliveries.id"],
            name=op.f("fk_returned_mails_firm_id_delivery_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_returned_mails")),
        sa.UniqueConstraint(
            "firm_id", "delivery_id", "message_key", name=op.f("uq_returned_mails_firm_id_delivery_id_message_key")
        ),
        info={"append_only": True},
    )


def downgrade() -> None:
    op.drop_table("returned_mails")
