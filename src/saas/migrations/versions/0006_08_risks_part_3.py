"""Risks, part 3."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_08"
down_revision = "0006_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("past_leads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("contained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("containment", sa.String(), nullable=False),
        sa.Column("recovery", sa.String(), nullable=False),
        sa.Column("causes", sa.String(), nullable=False),
        sa.Column("lessons", sa.String(), nullable=False),
        sa.Column("actions", sa.String(), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "began_at IS NULL OR began_at <= declared_at", name=op.f("ck_incidents_began_before_it_was_declared")
        ),
        sa.CheckConstraint("reviewed_by <> lead_id", name=op.f("ck_incidents_reviewer_is_not_the_lead")),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_incidents_firm_id_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "lead_id"], ["memberships.firm_id", "memberships.id"], name=op.f("fk_incidents_firm_id_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "playbook_id"],
            ["playbooks.firm_id", "playbooks.id"],
            name=op.f("fk_incidents_firm_id_playbook_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "version_id"],
            ["playbook_versions.firm_id", "playbook_versions.id"],
            name=op.f("fk_incidents_firm_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_incidents_firm_id_number")),
    )
    op.create_index("ix_incidents_state", "incidents", ["firm_id", "state", "declared_at"], unique=False)
    op.create_table(
        "incident_calls",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("callee", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        sa.Column("deputy_phone", sa.String(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_incident_calls_firm_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incident_calls")),
    )
    op.create_table(
        "incident_duties",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deadline", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("to_confirm", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("result <> 'not_due' OR remark <> ''", name=op.f("ck_incident_duties_not_due_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_incident_duties_firm_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incident_duties")),
        sa.UniqueConstraint("firm_id", "incident_id", "key", name=op.f("uq_incident_duties_firm_id_incident_id_key")),
    )
    op.create_table(
        "incident_entries",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_incident_entries_firm_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incident_entries")),
        info={"append_only": True},
    )
    op.create_index("ix_incident_entries_incident", "incident_entries", ["firm_id", "incident_id", "at"], unique=False)
    op.create_table(
        "incident_parts",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("task", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "deputy_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_incident_parts_firm_id_deputy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_incident_parts_firm_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_incident_parts_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incident_parts")),
        sa.UniqueConstraint("firm_id", "incident_id", "role", name=op.f("uq_incident_parts_firm_id_incident_id_role")),
    )
    op.create_table(
        "incident_steps",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("what", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_incident_steps_done_by_somebody")),
        sa.ForeignKeyConstraint(
            ["firm_id", "incident_id"],
            ["incidents.firm_id", "incidents.id"],
            name=op.f("fk_incident_steps_firm_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_incident_steps")),
        sa.UniqueConstraint("firm_id", "incident_id", "key", name=op.f("uq_incident_steps_firm_id_incident_id_key")),
    )


def downgrade() -> None:
    op.drop_table("incident_steps")
    op.drop_table("incident_parts")
    op.drop_index("ix_incident_entries_incident", table_name="incident_entries")
    op.drop_table("incident_entries")
    op.drop_table("incident_duties")
    op.drop_table("incident_calls")
    op.drop_index("ix_incidents_state", table_name="incidents")
    op.drop_table("incidents")
