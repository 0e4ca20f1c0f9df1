"""Questionnaires."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_05"
down_revision = "0006_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaires",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("quiet_days", sa.Integer(), nullable=False),
        sa.Column("wait_days", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intro", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_questionnaires")),
        sa.UniqueConstraint("firm_id", "key", "version", name=op.f("uq_questionnaires_firm_id_key_version")),
    )
    op.create_table(
        "survey_notes",
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("did", sa.String(), nullable=False),
        sa.Column("change_number", sa.String(length=20), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_notes")),
    )
    op.create_table(
        "survey_tags",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keywords", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_tags")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_survey_tags_firm_id_key")),
    )
    op.create_table(
        "survey_answer_tags",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("by_word", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "survey_id"],
            ["surveys.firm_id", "surveys.id"],
            name=op.f("fk_survey_answer_tags_firm_id_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "tag_id"],
            ["survey_tags.firm_id", "survey_tags.id"],
            name=op.f("fk_survey_answer_tags_firm_id_tag_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_answer_tags")),
        sa.UniqueConstraint(
            "firm_id", "survey_id", "tag_id", name=op.f("uq_survey_answer_tags_firm_id_survey_id_tag_id")
        ),
    )
    op.create_index("ix_survey_answer_tags_tag", "survey_answer_tags", ["firm_id", "tag_id"], unique=False)
    op.create_table(
        "survey_follow_ups",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["memberships.firm_id", "memberships.id"],
            name=op.f("fk_survey_follow_ups_firm_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "survey_id"],
            ["surveys.firm_id", "surveys.id"],
            name=op.f("fk_survey_follow_ups_firm_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_follow_ups")),
        sa.UniqueConstraint("firm_id", "survey_id", name=op.f("uq_survey_follow_ups_firm_id_survey_id")),
    )
    op.create_index("ix_survey_follow_ups_open", "survey_follow_ups", ["firm_id", "replied_at", "due_at"], unique=False)
    op.create_table(
        "survey_note_recipients",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts.firm_id", "contacts.id"],
            name=op.f("fk_survey_note_recipients_firm_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "note_id"],
            ["survey_notes.firm_id", "survey_notes.id"],
            name=op.f("fk_survey_note_recipients_firm_id_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "survey_id"],
            ["surveys.firm_id", "surveys.id"],
            name=op.f("fk_survey_note_recipients_firm_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_survey_note_recipients")),
        sa.UniqueConstraint(
            "firm_id", "note_id", "contact_id", name=op.f("uq_survey_note_recipients_firm_id_note_id_contact_id")
        ),
    )
    op.create_index(
        "ix_survey_note_recipients_survey", "survey_note_recipients", ["firm_id", "survey_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_survey_note_recipients_survey", table_name="survey_note_recipients")
    op.drop_table("survey_note_recipients")
    op.drop_index("ix_survey_follow_ups_open", table_name="survey_follow_ups")
    op.drop_table("survey_follow_ups")
    op.drop_index("ix_survey_answer_tags_tag", table_name="survey_answer_tags")
    op.drop_table("survey_answer_tags")
    op.drop_table("survey_tags")
    op.drop_table("survey_notes")
    op.drop_table("questionnaires")
