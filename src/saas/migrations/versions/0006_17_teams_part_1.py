"""Teams, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_17"
down_revision = "0006_16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_duties",
        sa.Column("workflow", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("accountable", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("consulted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("informed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_duties")),
        sa.UniqueConstraint("firm_id", "workflow", "stage", name=op.f("uq_team_duties_firm_id_workflow_stage")),
    )
    op.create_table(
        "team_goals",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("progress", sa.String(length=200), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_goals")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_team_goals_firm_id_key")),
    )
    op.create_table(
        "team_skills",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("course_key", sa.String(length=60), nullable=False),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_skills")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_team_skills_firm_id_key")),
    )
    op.create_table(
        "team_covers",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("approver_id <> member_id", name=op.f("ck_team_covers_nobody_approves_for_themselves")),
        sa.CheckConstraint("deputy_id <> member_id", name=op.f("ck_team_covers_nobody_covers_themselves")),
        sa.CheckConstraint(
            "deputy_id IS NOT NULL OR approver_id IS NOT NULL", name=op.f("ck_team_covers_names_somebody")
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_team_covers_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["firm_id", "approver_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_covers_firm_id_approver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "deputy_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_covers_firm_id_deputy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_covers_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_covers")),
    )
    op.create_index("ix_team_covers_days", "team_covers", ["firm_id", "until_on"], unique=False)
    op.create_table(
        "team_handovers",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=12), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("clients", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("signatures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refusals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "from_id <> to_id AND to_id <> supervisor_id AND from_id <> supervisor_id",
            name=op.f("ck_team_handovers_three_people"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "from_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_handovers_firm_id_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supervisor_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_handovers_firm_id_supervisor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "to_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_handovers_firm_id_to_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_handovers")),
        sa.UniqueConstraint("firm_id", "year", "serial", name=op.f("uq_team_handovers_firm_id_year_serial")),
    )
    op.create_table(
        "team_skill_marks",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_team_skill_marks_level")),
        sa.CheckConstraint("marked_by <> member_id", name=op.f("ck_team_skill_marks_nobody_marks_themselves")),
        sa.ForeignKeyConstraint(
            ["firm_id", "marked_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_skill_marks_firm_id_marked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_skill_marks_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "skill_id"],
            ["team_skills.firm_id", "team_skills.id"],
            name=op.f("fk_team_skill_marks_firm_id_skill_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_skill_marks")),
        info={"append_only": True},
    )
    op.create_index("ix_team_skill_marks", "team_skill_marks", ["firm_id", "member_id", "skill_id"], unique=False)
    op.create_table(
        "team_thanks",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_team_thanks_nobody_thanks_themselves")),
        sa.ForeignKeyConstraint(
            ["firm_id", "from_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_team_thanks_firm_id_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "to_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_team_thanks_firm_id_to_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_team_thanks")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_team_thanks_firm_id_key")),
    )
    op.create_index("ix_team_thanks_at", "team_thanks", ["firm_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_team_thanks_at", table_name="team_thanks")
    op.drop_table("team_thanks")
    op.drop_index("ix_team_skill_marks", table_name="team_skill_marks")
    op.drop_table("team_skill_marks")
    op.drop_table("team_handovers")
    op.drop_index("ix_team_covers_days", table_name="team_covers")
    op.drop_table("team_covers")
    op.drop_table("team_skills")
    op.drop_table("team_goals")
    op.drop_table("team_duties")
