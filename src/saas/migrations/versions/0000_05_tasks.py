"""Tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0000_05"
down_revision = "0000_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("workflow", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("step", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.String(length=16), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "assignee_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_tasks_firm_id_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_tasks_firm_id_client_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["firm_id", "assignee_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index("ix_tasks_subject", "tasks", ["firm_id", "subject_id"], unique=False)
    op.create_index(
        "uq_tasks_step",
        "tasks",
        ["firm_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL AND workflow <> ''"),
    )


def downgrade() -> None:
    op.drop_index("uq_tasks_step", table_name="tasks", postgresql_where=sa.text("done_at IS NULL AND workflow <> ''"))
    op.drop_index("ix_tasks_subject", table_name="tasks")
    op.drop_index("ix_tasks_open", table_name="tasks", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_table("tasks")
