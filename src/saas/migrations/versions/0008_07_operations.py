"""Operations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_07"
down_revision = "0008_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_accesses",
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(approved_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_support_accesses_ends")),
        sa.CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name=op.f("ck_support_accesses_decided_once")),
        sa.CheckConstraint("hours BETWEEN 1 AND 72", name=op.f("ck_support_accesses_hours")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_support_accesses")),
    )
    op.create_index(
        "uq_support_accesses_open",
        "support_accesses",
        ["firm_id", "operator_id"],
        unique=True,
        postgresql_where=sa.text("refused_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "operators",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_operators_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_operators")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wanted_plan", sa.String(length=40), nullable=False),
        sa.Column("wanted_note", sa.String(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["firms.id"], name=op.f("fk_subscriptions_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "usage_totals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("storage_mb", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("jobs_waiting", sa.Integer(), nullable=False),
        sa.Column("jobs_failing", sa.Integer(), nullable=False),
        sa.Column("jobs_dead", sa.Integer(), nullable=False),
        sa.Column("oldest_job_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mails_waiting", sa.Integer(), nullable=False),
        sa.Column("mails_uncertain", sa.Integer(), nullable=False),
        sa.Column("mails_failed", sa.Integer(), nullable=False),
        sa.Column("stuck", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["firms.id"], name=op.f("fk_usage_totals_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_totals")),
    )


def downgrade() -> None:
    op.drop_table("usage_totals")
    op.drop_table("subscriptions")
    op.drop_table("operators")
    op.drop_index(
        "uq_support_accesses_open",
        table_name="support_accesses",
        postgresql_where=sa.text("refused_at IS NULL AND ended_at IS NULL"),
    )
    op.drop_table("support_accesses")
