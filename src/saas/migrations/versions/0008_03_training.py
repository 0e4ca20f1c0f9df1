"""Training."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_03"
down_revision = "0008_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_plays",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("scored_by", sa.Uuid(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("scored_by <> member_id", name=op.f("ck_role_plays_scored_by_another")),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_role_plays_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "scored_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_role_plays_firm_id_scored_by"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "session_id"],
            ["team_sessions.firm_id", "team_sessions.id"],
            name=op.f("fk_role_plays_firm_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_role_plays")),
        sa.UniqueConstraint(
            "firm_id",
            "session_id",
            "member_id",
            "scenario",
            name=op.f("uq_role_plays_firm_id_session_id_member_id_scenario"),
        ),
        info={"append_only": True},
    )


def downgrade() -> None:
    op.drop_table("role_plays")
