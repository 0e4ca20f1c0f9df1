"""Improvement, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_16"
down_revision = "0006_15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "improvement_actions",
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("check_days", sa.Integer(), nullable=False),
        sa.Column("target_kind", sa.String(length=8), nullable=False),
        sa.Column("target_key", sa.String(length=40), nullable=False),
        sa.Column("baseline", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.String(), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "judged_by IS NULL OR judged_by <> owner_id", name=op.f("ck_improvement_actions_judge_is_not_owner")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "follows_id"],
            ["improvement_actions.firm_id", "improvement_actions.id"],
            name=op.f("fk_improvement_actions_firm_id_follows_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "lesson_id"],
            ["library_lessons.firm_id", "library_lessons.id"],
            name=op.f("fk_improvement_actions_firm_id_lesson_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_improvement_actions_firm_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_improvement_actions")),
        sa.UniqueConstraint("firm_id", "follows_id", name=op.f("uq_improvement_actions_firm_id_follows_id")),
    )
    op.create_index("ix_improvement_actions_lesson", "improvement_actions", ["firm_id", "lesson_id"], unique=False)
    op.create_index("ix_improvement_actions_state", "improvement_actions", ["firm_id", "state", "due_on"], unique=False)
    op.create_table(
        "lesson_causes",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("is_root", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "lesson_id"],
            ["library_lessons.firm_id", "library_lessons.id"],
            name=op.f("fk_lesson_causes_firm_id_lesson_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "parent_id"],
            ["lesson_causes.firm_id", "lesson_causes.id"],
            name=op.f("fk_lesson_causes_firm_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_lesson_causes")),
    )
    op.create_index("ix_lesson_causes_lesson", "lesson_causes", ["firm_id", "lesson_id"], unique=False)
    op.create_table(
        "regulation_clients",
        sa.Column("regulation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("bulk_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_regulation_clients_firm_id_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_regulation_clients_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "regulation_id"],
            ["regulations.firm_id", "regulations.id"],
            name=op.f("fk_regulation_clients_firm_id_regulation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "task_id"], ["tasks.firm_id", "tasks.id"], name=op.f("fk_regulation_clients_firm_id_task_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_regulation_clients")),
        sa.UniqueConstraint(
            "firm_id", "regulation_id", "client_id", name=op.f("uq_regulation_clients_firm_id_regulation_id_client_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("regulation_clients")
    op.drop_index("ix_lesson_causes_lesson", table_name="lesson_causes")
    op.drop_table("lesson_causes")
    op.drop_index("ix_improvement_actions_state", table_name="improvement_actions")
    op.drop_index("ix_improvement_actions_lesson", table_name="improvement_actions")
    op.drop_table("improvement_actions")
