"""Insights, part 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_04"
down_revision = "0008_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health_rules",
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("response", sa.Integer(), nullable=False),
        sa.Column("per_case", sa.Integer(), nullable=False),
        sa.Column("per_late", sa.Integer(), nullable=False),
        sa.Column("per_complaint", sa.Integer(), nullable=False),
        sa.Column("per_refund", sa.Integer(), nullable=False),
        sa.Column("well_from", sa.Integer(), nullable=False),
        sa.Column("risk_below", sa.Integer(), nullable=False),
        sa.Column("renewal_days", sa.Integer(), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "0 <= risk_below AND risk_below <= well_from AND well_from <= 100", name=op.f("ck_health_rules_bands")
        ),
        sa.CheckConstraint("cases + answers + refunds + response = 100", name=op.f("ck_health_rules_whole")),
        sa.CheckConstraint("least(cases, answers, refunds, response) >= 0", name=op.f("ck_health_rules_positive")),
        sa.CheckConstraint(
            "least(per_case, per_late, per_complaint, per_refund) >= 0", name=op.f("ck_health_rules_taken")
        ),
        sa.CheckConstraint("renewal_days BETWEEN 1 AND 366", name=op.f("ck_health_rules_renewal")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_health_rules")),
        info={"append_only": True},
    )
    op.create_index("ix_health_rules_from", "health_rules", ["firm_id", "applies_from"], unique=False)
    op.create_table(
        "insights_answers",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("scale", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_insights_answers")),
        sa.UniqueConstraint("firm_id", "survey_id", "scale", name=op.f("uq_insights_answers_firm_id_survey_id_scale")),
    )
    op.create_index(
        "ix_insights_answers_at",
        "insights_answers",
        ["firm_id", "scale", "at"],
        unique=False,
        postgresql_include=["value", "client_id", "member_id", "survey_id"],
    )
    op.create_table(
        "insights_closings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_insights_closings")),
        sa.UniqueConstraint("firm_id", "case_id", "at", name=op.f("uq_insights_closings_firm_id_case_id_at")),
    )
    op.create_index(
        "ix_insights_closings_at",
        "insights_closings",
        ["firm_id", "at"],
        unique=False,
        postgresql_include=["client_id", "rule", "again_at"],
    )
    op.create_index("ix_insights_closings_client", "insights_closings", ["firm_id", "client_id", "rule"], unique=False)
    op.create_table(
        "monthly_reports",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("zh_sha256", sa.String(length=64), nullable=False),
        sa.Column("zh_size", sa.Integer(), nullable=False),
        sa.Column("en_sha256", sa.String(length=64), nullable=False),
        sa.Column("en_size", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("missed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("month ~ '^[0-9]{4}-[0-9]{2}$'", name=op.f("ck_monthly_reports_month")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_monthly_reports")),
        sa.UniqueConstraint("firm_id", "month", "edition", name=op.f("uq_monthly_reports_firm_id_month_edition")),
        info={"append_only": True},
    )
    op.create_table(
        "pay_rules",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind = 'bonus' OR clause <> ''", name=op.f("ck_pay_rules_clause")),
        sa.CheckConstraint("kind IN ('bonus', 'penalty')", name=op.f("ck_pay_rules_kind")),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 100 AND amount >= 0 AND most >= amount", name=op.f("ck_pay_rules_limits")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_pay_rules")),
        info={"append_only": True},
    )
    op.create_index("ix_pay_rules_key", "pay_rules", ["firm_id", "key", "applies_from"], unique=False)
    op.create_table(
        "score_weights",
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=False),
        sa.Column("learning", sa.Integer(), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "least(quality, speed, satisfaction, learning) >= 0", name=op.f("ck_score_weights_positive")
        ),
        sa.CheckConstraint("quality + speed + satisfaction + learning = 100", name=op.f("ck_score_weights_whole")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_score_weights")),
        info={"append_only": True},
    )
    op.create_index("ix_score_weights_from", "score_weights", ["firm_id", "applies_from"], unique=False)
    op.create_table(
        "week_digests",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("week ~ '^[0-9]{4}-W[0-9]{2}$'", name=op.f("ck_week_digests_week")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_week_digests")),
        sa.UniqueConstraint("firm_id", "week", name=op.f("uq_week_digests_firm_id_week")),
        info={"append_only": True},
    )
    op.create_table(
        "digest_readers",
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "digest_id"],
            ["week_digests.firm_id", "week_digests.id"],
            name=op.f("fk_digest_readers_firm_id_digest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_digest_readers_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_digest_readers")),
        sa.UniqueConstraint(
            "firm_id", "digest_id", "member_id", name=op.f("uq_digest_readers_firm_id_digest_id_member_id")
        ),
    )
    op.create_table(
        "figure_subscriptions",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_figure_subscriptions_firm_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_figure_subscriptions")),
        sa.UniqueConstraint("firm_id", "member_id", name=op.f("uq_figure_subscriptions_firm_id_member_id")),
    )


def downgrade() -> None:
    op.drop_table("figure_subscriptions")
    op.drop_table("digest_readers")
    op.drop_table("week_digests")
    op.drop_index("ix_score_weights_from", table_name="score_weights")
    op.drop_table("score_weights")
    op.drop_index("ix_pay_rules_key", table_name="pay_rules")
    op.drop_table("pay_rules")
    op.drop_table("monthly_reports")
    op.drop_index("ix_insights_closings_client", table_name="insights_closings")
    op.drop_index(
        "ix_insights_closings_at", table_name="insights_closings", postgresql_include=["client_id", "rule", "again_at"]
    )
    op.drop_table("insights_closings")
    op.drop_index(
        "ix_insights_answers_at",
        table_name="insights_answers",
        postgresql_include=["value", "client_id", "member_id", "survey_id"],
    )
    op.drop_table("insights_answers")
    op.drop_index("ix_health_rules_from", table_name="health_rules")
    op.drop_table("health_rules")
