"""Insights, part 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_05"
down_revision = "0008_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner_links",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("for_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_owner_links_firm_id_made_by"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_owner_links")),
        sa.UniqueConstraint("firm_id", "link_id", name=op.f("uq_owner_links_firm_id_link_id")),
        info={"stays": True},
    )
    op.create_table(
        "scorecards",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=12), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_scorecards_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint(
            "firm_id", "member_id", "since", "until", name=op.f("uq_scorecards_firm_id_member_id_since_until")
        ),
    )
    op.create_index("ix_scorecards_period", "scorecards", ["firm_id", "period"], unique=False)
    op.create_table(
        "owner_views",
        sa.Column("owner_link_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("what IN ('page', 'report')", name=op.f("ck_owner_views_what")),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_link_id"],
            ["owner_links.firm_id", "owner_links.id"],
            name=op.f("fk_owner_views_firm_id_owner_link_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_owner_views")),
        info={"append_only": True, "stays": True},
    )
    op.create_index("ix_owner_views_link", "owner_views", ["firm_id", "owner_link_id", "at"], unique=False)
    op.create_table(
        "pay_entries",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rule_key", sa.String(length=40), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objects_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind = 'bonus' OR clause <> ''", name=op.f("ck_pay_entries_clause")),
        sa.CheckConstraint("kind IN ('bonus', 'penalty')", name=op.f("ck_pay_entries_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pay_entries_amount")),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> member_id", name=op.f("ck_pay_entries_answered_by_another")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> member_id", name=op.f("ck_pay_entries_approved_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "card_id"], ["scorecards.firm_id", "scorecards.id"], name=op.f("fk_pay_entries_firm_id_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_pay_entries_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_pay_entries")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_pay_entries_firm_id_number")),
        sa.UniqueConstraint("firm_id", "rule_key", "card_id", name=op.f("uq_pay_entries_firm_id_rule_key_card_id")),
    )
    op.create_index("ix_pay_entries_member", "pay_entries", ["firm_id", "member_id", "month"], unique=False)
    op.create_table(
        "score_lines",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("target", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("points", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("corrected", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "card_id"], ["scorecards.firm_id", "scorecards.id"], name=op.f("fk_score_lines_firm_id_card_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_score_lines")),
        sa.UniqueConstraint("firm_id", "card_id", "measure", name=op.f("uq_score_lines_firm_id_card_id_measure")),
    )
    op.create_table(
        "score_disputes",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "card_id"],
            ["scorecards.firm_id", "scorecards.id"],
            name=op.f("fk_score_disputes_firm_id_card_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "line_id"],
            ["score_lines.firm_id", "score_lines.id"],
            name=op.f("fk_score_disputes_firm_id_line_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_score_disputes")),
    )
    op.create_index("ix_score_disputes_card", "score_disputes", ["firm_id", "card_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_score_disputes_card", table_name="score_disputes")
    op.drop_table("score_disputes")
    op.drop_table("score_lines")
    op.drop_index("ix_pay_entries_member", table_name="pay_entries")
    op.drop_table("pay_entries")
    op.drop_index("ix_owner_views_link", table_name="owner_views")
    op.drop_table("owner_views")
    op.drop_index("ix_scorecards_period", table_name="scorecards")
    op.drop_table("scorecards")
    op.drop_table("owner_links")
