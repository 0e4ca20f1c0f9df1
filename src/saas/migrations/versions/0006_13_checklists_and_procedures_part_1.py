"""Checklists and procedures, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_13"
down_revision = "0006_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklists",
        sa.Column("starter_key", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_checklists")),
        sa.UniqueConstraint("firm_id", "starter_key", name=op.f("uq_checklists_firm_id_starter_key")),
    )
    op.create_table(
        "procedures",
        sa.Column("starter_key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("firm_id", "starter_key", name=op.f("uq_procedures_firm_id_starter_key")),
    )
    op.create_table(
        "checklist_versions",
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "checklist_id"],
            ["checklists.firm_id", "checklists.id"],
            name=op.f("fk_checklist_versions_firm_id_checklist_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_checklist_versions")),
        sa.UniqueConstraint(
            "firm_id", "checklist_id", "version", name=op.f("uq_checklist_versions_firm_id_checklist_id_version")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "procedure_versions",
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("body_zh", sa.String(), nullable=False),
        sa.Column("body_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("readers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_days", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("editors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_procedure_versions_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "approved_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_procedure_versions_firm_id_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "author_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_procedure_versions_firm_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "procedure_id"],
            ["procedures.firm_id", "procedures.id"],
            name=op.f("fk_procedure_versions_firm_id_procedure_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_procedure_versions")),
        sa.UniqueConstraint(
            "firm_id", "procedure_id", "version", name=op.f("uq_procedure_versions_firm_id_procedure_id_version")
        ),
    )
    op.create_index(
        "uq_procedure_versions_in_force",
        "procedure_versions",
        ["firm_id", "procedure_id"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_index(
        "uq_procedure_versions_in_work",
        "procedure_versions",
        ["firm_id", "procedure_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'in_review', 'coming')"),
    )
    op.create_table(
        "checklist_exemptions",
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "checklist_id"],
            ["checklists.firm_id", "checklists.id"],
            name=op.f("fk_checklist_exemptions_firm_id_checklist_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_checklist_exemptions_firm_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_checklist_exemptions")),
        sa.UniqueConstraint(
            "firm_id", "checklist_id", "client_id", name=op.f("uq_checklist_exemptions_firm_id_checklist_id_client_id")
        ),
    )
    op.create_table(
        "checklist_runs",
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("client_name", sa.String(), nullable=False),
        sa.Column("lead", sa.String(length=16), nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("preparer_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_url", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name=op.f("ck_checklist_runs_two_people")),
        sa.ForeignKeyConstraint(
            ["firm_id", "checklist_id"],
            ["checklists.firm_id", "checklists.id"],
            name=op.f("fk_checklist_runs_firm_id_checklist_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"],
            ["clients.firm_id", "clients.id"],
            name=op.f("fk_checklist_runs_firm_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "preparer_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_checklist_runs_firm_id_preparer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["checklist_versions.firm_id", "checklist_versions.id"],
            name=op.f("fk_checklist_runs_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_checklist_runs")),
        sa.UniqueConstraint(
            "firm_id",
            "checklist_id",
            "client_id",
            "period",
            name=op.f("uq_checklist_runs_firm_id_checklist_id_client_id_period"),
        ),
    )
    op.create_index("ix_checklist_runs_client", "checklist_runs", ["firm_id", "client_id", "due_at"], unique=False)
    op.create_index("ix_checklist_runs_due", "checklist_runs", ["firm_id", "due_at"], unique=False)
    op.create_index(
        "ix_checklist_runs_open",
        "checklist_runs",
        ["firm_id", "preparer_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'returned', 'prepared', 'with_manager')"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_checklist_runs_open",
        table_name="checklist_runs",
        postgresql_where=sa.text("state IN ('open', 'returned', 'prepared', 'with_manager')"),
    )
    op.drop_index("ix_checklist_runs_due", table_name="checklist_runs")
    op.drop_index("ix_checklist_runs_client", table_name="checklist_runs")
    op.drop_table("checklist_runs")
    op.drop_table("checklist_exemptions")
    op.drop_index(
        "uq_procedure_versions_in_work",
        table_name="procedure_versions",
        postgresql_where=sa.text("state IN ('draft', 'in_review', 'coming')"),
    )
    op.drop_index(
        "uq_procedure_versions_in_force",
        table_name="procedure_versions",
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.drop_table("procedure_versions")
    op.drop_table("checklist_versions")
    op.drop_table("procedures")
    op.drop_table("checklists")
