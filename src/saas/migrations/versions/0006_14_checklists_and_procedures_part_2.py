"""Checklists and procedures, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_14"
down_revision = "0006_13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_checklist_runs_subject",
        "checklist_runs",
        ["firm_id", "subject_id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "procedure_pins",
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["procedure_versions.firm_id", "procedure_versions.id"],
            name=op.f("fk_procedure_pins_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_procedure_pins")),
        sa.UniqueConstraint(
            "firm_id", "subject_id", "version_id", name=op.f("uq_procedure_pins_firm_id_subject_id_version_id")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "procedure_receipts",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_procedure_receipts_firm_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["procedure_versions.firm_id", "procedure_versions.id"],
            name=op.f("fk_procedure_receipts_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_procedure_receipts")),
        sa.UniqueConstraint(
            "firm_id", "version_id", "member_id", name=op.f("uq_procedure_receipts_firm_id_version_id_member_id")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "checklist_steps",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("help_zh", sa.String(), nullable=False),
        sa.Column("help_en", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("number", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(outcome = '') = (done_by IS NULL)", name=op.f("ck_checklist_steps_done_by_somebody")),
        sa.CheckConstraint("outcome <> 'not_applicable' OR note <> ''", name=op.f("ck_checklist_steps_reason")),
        sa.CheckConstraint("outcome IN ('', 'done', 'not_applicable')", name=op.f("ck_checklist_steps_outcome")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> done_by", name=op.f("ck_checklist_steps_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "run_id"],
            ["checklist_runs.firm_id", "checklist_runs.id"],
            name=op.f("fk_checklist_steps_firm_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_checklist_steps")),
        sa.UniqueConstraint("firm_id", "run_id", "position", name=op.f("uq_checklist_steps_firm_id_run_id_position")),
    )


def downgrade() -> None:
    op.drop_table("checklist_steps")
    op.drop_table("procedure_receipts")
    op.drop_table("procedure_pins")
    op.drop_index(
        "ix_checklist_runs_subject", table_name="checklist_runs", postgresql_where=sa.text("subject_id IS NOT NULL")
    )
