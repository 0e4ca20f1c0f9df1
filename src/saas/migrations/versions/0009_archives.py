"""Sealed archives: by which rule they are kept, whose they are, when they ended, and what was done with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008_08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("departures", sa.Column("archive_rule", sa.String(), server_default="", nullable=False))
    op.add_column("departures", sa.Column("owner_email", sa.String(length=254), server_default="", nullable=False))
    op.add_column("departures", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "archive_deeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["departure_id"], ["departures.id"], name=op.f("fk_archive_deeds_departure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_deeds")),
        info={"append_only": True},
    )
    op.create_index("ix_archive_deeds_departure", "archive_deeds", ["departure_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_archive_deeds_departure", table_name="archive_deeds")
    op.drop_table("archive_deeds")
    op.drop_column("departures", "destroyed_at")
    op.drop_column("departures", "owner_email")
    op.drop_column("departures", "archive_rule")
