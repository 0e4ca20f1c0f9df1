"""Teams, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_18"
down_revision = "0006_17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_handover_lines",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("count", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "handover_id"],
            ["team_handovers.firm_id", "team_handovers.id"],
            name=op.f("fk_team_handover_lines_firm_id_handover_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_handover_lines")),
    )
    op.create_index(
        "ix_team_handover_lines", "team_handover_lines", ["firm_id", "handover_id", "position"], unique=False
    )
    op.create_table(
        "team_helps",
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("helper_id IS NOT NULL OR role <> ''", name=op.f("ck_team_helps_asks_somebody")),
        sa.CheckConstraint("helper_id <> asker_id", name=op.f("ck_team_helps_nobody_asks_themselves")),
        sa.ForeignKeyConstraint(
            ["firm_id", "asker_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_helps_firm_id_asker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_team_helps_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "helper_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_helps_firm_id_helper_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_helps")),
    )
    op.create_index("ix_team_helps_subject", "team_helps", ["firm_id", "subject_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_team_helps_subject", table_name="team_helps")
    op.drop_table("team_helps")
    op.drop_index("ix_team_handover_lines", table_name="team_handover_lines")
    op.drop_table("team_handover_lines")
