"""Where a job's mail may go."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("outlet", sa.String(length=8), nullable=True))
    # The owner need not be a superuser: unforced, row security lets it see every firm's rows. It is forced again after
    # the last revision.
    op.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE outbox SET outlet = CASE WHEN EXISTS "
        "(SELECT 1 FROM firms WHERE firms.id = outbox.firm_id AND kind <> 'live') THEN 'mailbox' ELSE 'relay' END"
    )
    op.alter_column("outbox", "outlet", nullable=False)


def downgrade() -> None:
    op.drop_column("outbox", "outlet")
