"""Steps of the demo firm."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = "0000_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_steps",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("known", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_demo_steps")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_demo_steps_firm_id_key")),
    )


def downgrade() -> None:
    op.drop_table("demo_steps")
