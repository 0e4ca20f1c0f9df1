"""Refunds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
EXCEPTIONAL = (
    "(amount <> computed OR at_fault OR mediation <> '' OR appeal <> '' OR rounds > 1 OR "
    "signals > 0 OR state IN ('disputed', 'appealed', 'failed'))"
)


def upgrade() -> None:
    op.create_table(
        "refund_policies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_policies")),
        sa.UniqueConstraint("firm_id", "version", name=op.f("uq_refund_policies_firm_id_version")),
        info={"append_only": True},
    )
    op.create_index("ix_refund_policies_from", "refund_policies", ["firm_id", "valid_from"], unique=False)
    op.create_table(
        "refund_policy_acceptances",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contract_id"],
            ["contracts.firm_id", "contracts.id"],
            name=op.f("fk_refund_policy_acceptances_firm_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "policy_id"],
            ["refund_policies.firm_id", "refund_policies.id"],
            name=op.f("fk_refund_policy_acceptances_firm_id_policy_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_policy_acceptances")),
        sa.UniqueConstraint("firm_id", "contract_id", name=op.f("uq_refund_policy_acceptances_firm_id_contract_id")),
    )
    op.create_table(
        "refunds",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requester_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("reason_text", sa.String(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("deadlines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("preparer_id", sa.Uuid(), nullable=True),
        sa.Column("past_preparers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("receivable", sa.BigInteger(), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=False),
        sa.Column("at_fault", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("fast_lane", sa.Boolean(), nullable=False),
        sa.Column("countersigned_by", sa.Uuid(), nullable=True),
        sa.Column("level_1_by", sa.Uuid(), nullable=True),
        sa.Column("level_2_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("offered_until", sa.Date(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_how", sa.String(length=10), nullable=False),
        sa.Column("mediation", sa.String(), nullable=False),
        sa.Column("rejected_by", sa.Uuid(), nullable=True),
        sa.Column("rejection_code", sa.String(length=24), nullable=False),
        sa.Column("rejection_reason", sa.String(), nullable=False),
        sa.Column("rejection_proposed_by", sa.Uuid(), nullable=True),
        sa.Column("rejection_id", sa.Uuid(), nullable=True),
        sa.Column("appeal_until", sa.Date(), nullable=True),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("appeal_decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("outcome_reason", sa.String(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=True),
        sa.Column("credit_until", sa.Date(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("bundle_sha256", sa.String(length=64), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_refunds_never_negative")),
        sa.CheckConstraint("asked > 0", name=op.f("ck_refunds_asks_for_something")),
        sa.CheckConstraint("countersigned_by <> preparer_id", name=op.f("ck_refunds_reviewer_is_not_preparer")),
        sa.CheckConstraint(
            "level_1_by NOT IN (preparer_id, countersigned_by)", name=op.f("ck_refunds_first_level_is_a_third_person")
        ),
        sa.CheckConstraint(
            "level_2_by <> level_1_by AND level_2_by <> preparer_id", name=op.f("ck_refunds_levels_are_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"], ["cases.firm_id", "cases.id"], name=op.f("fk_refunds_firm_id_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "client_id"], ["clients.firm_id", "clients.id"], name=op.f("fk_refunds_firm_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"], ["contacts.firm_id", "contacts.id"], name=op.f("fk_refunds_firm_id_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contract_id"],
            ["contracts.firm_id", "contracts.id"],
            name=op.f("fk_refunds_firm_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "policy_id"],
            ["refund_policies.firm_id", "refund_policies.id"],
            name=op.f("fk_refunds_firm_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "preparer_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_refunds_firm_id_preparer_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_refunds_firm_id_number")),
    )
    op.create_index(
        "ix_refunds_approved",
        "refunds",
        ["firm_id", "approved_at"],
        unique=False,
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.create_index("ix_refunds_client", "refunds", ["firm_id", "client_id"], unique=False)
    op.create_index(
        "ix_refunds_due",
        "refunds",
        ["firm_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('archived', 'rejected', 'refused', 'cancelled', 'converted')"),
    )
    op.create_index(
        "ix_refunds_number",
        "refunds",
        ["firm_id", "number"],
        unique=False,
        postgresql_ops={"number": "varchar_pattern_ops"},
    )
    op.create_index("ix_refunds_contract", "refunds", ["firm_id", "contract_id"], unique=False)
    op.create_index("ix_refunds_opened", "refunds", ["firm_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_refunds_preparer",
        "refunds",
        ["firm_id", "preparer_id", "state", "due_at", "id"],
        unique=False,
        postgresql_include=["amount", "asked"],
    )
    op.create_index(
        "ix_refunds_reason",
        "refunds",
        ["firm_id", "reason", "state", "due_at", "id"],
        unique=False,
        postgresql_include=["amount", "asked"],
    )
    op.create_index(
        "ix_refunds_state",
        "refunds",
        ["firm_id", "state", "due_at", "id"],
        unique=False,
        postgresql_include=["amount", "asked"],
    )
    op.create_index(
        "ix_refunds_unusual",
        "refunds",
        ["firm_id", "state", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text(EXCEPTIONAL),
        postgresql_include=["amount", "asked"],
    )
    op.create_index(
        "uq_refunds_open",
        "refunds",
        ["firm_id", "contract_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('archived', 'rejected', 'refused', 'cancelled', 'converted')"),
    )
    op.create_table(
        "refund_missing",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "refund_id"],
            ["refunds.firm_id", "refunds.id"],
            name=op.f("fk_refund_missing_firm_id_refund_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_refund_missing")),
    )
    op.create_index("ix_refund_missing_refund", "refund_missing", ["firm_id", "refund_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_refund_missing_refund", table_name="refund_missing")
    op.drop_table("refund_missing")
    op.drop_index(
        "uq_refunds_open",
        table_name="refunds",
        postgresql_where=sa.text("state NOT IN ('archived', 'rejected', 'refused', 'cancelled', 'converted')"),
    )
    op.drop_index(
        "ix_refunds_unusual",
        table_name="refunds",
        postgresql_where=sa.text(EXCEPTIONAL),
        postgresql_include=["amount", "asked"],
    )
    op.drop_index("ix_refunds_state", table_name="refunds", postgresql_include=["amount", "asked"])
    op.drop_index("ix_refunds_reason", table_name="refunds", postgresql_include=["amount", "asked"])
    op.drop_index("ix_refunds_preparer", table_name="refunds", postgresql_include=["amount", "asked"])
    op.drop_index("ix_refunds_contract", table_name="refunds")
    op.drop_index("ix_refunds_opened", table_name="refunds")
    op.drop_index("ix_refunds_number", table_name="refunds", postgresql_ops={"number": "varchar_pattern_ops"})
    op.drop_index(
        "ix_refunds_due",
        table_name="refunds",
        postgresql_where=sa.text("state NOT IN ('archived', 'rejected', 'refused', 'cancelled', 'converted')"),
    )
    op.drop_index("ix_refunds_client", table_name="refunds")
    op.drop_index("ix_refunds_approved", table_name="refunds", postgresql_where=sa.text("approved_at IS NOT NULL"))
    op.drop_table("refunds")
    op.drop_table("refund_policy_acceptances")
    op.drop_index("ix_refund_policies_from", table_name="refund_policies")
    op.drop_table("refund_policies")
