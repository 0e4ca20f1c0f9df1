"""Api."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_06"
down_revision = "0008_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_from", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_tokens_ends_after_it_began")),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 6000", name=op.f("ck_api_tokens_per_minute")),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_api_tokens_firm_id_made_by"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("firm_id", "secret_hash", name=op.f("uq_api_tokens_firm_id_secret_hash")),
        info={"stays": True},
    )
    op.create_index(
        "uq_api_tokens_name",
        "api_tokens",
        ["firm_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("events", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secret_sealed", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_reason", sa.String(length=8), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_webhook_endpoints_firm_id_made_by"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_webhook_endpoints")),
        info={"stays": True},
    )
    op.create_index(
        "uq_webhook_endpoints_url",
        "webhook_endpoints",
        ["firm_id", "url"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "api_answers",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "token_id"],
            ["api_tokens.firm_id", "api_tokens.id"],
            name=op.f("fk_api_answers_firm_id_token_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_api_answers")),
        sa.UniqueConstraint("firm_id", "token_id", "key", name=op.f("uq_api_answers_firm_id_token_id_key")),
        info={"stays": True},
    )
    op.create_index("ix_api_answers_at", "api_answers", ["firm_id", "at"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=12), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'failed', 'kept')", name=op.f("ck_webhook_deliveries_status")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "endpoint_id"],
            ["webhook_endpoints.firm_id", "webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_firm_id_endpoint_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_webhook_deliveries")),
        info={"stays": True},
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint", "webhook_deliveries", ["firm_id", "endpoint_id", "created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_deliveries_endpoint", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index("ix_api_answers_at", table_name="api_answers")
    op.drop_table("api_answers")
    op.drop_index(
        "uq_webhook_endpoints_url", table_name="webhook_endpoints", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_table("webhook_endpoints")
    op.drop_index("uq_api_tokens_name", table_name="api_tokens", postgresql_where=sa.text("revoked_at IS NULL"))
    op.drop_table("api_tokens")
