"""The letters of a record as they go into its sealed file."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.bundles import Member, as_json, row
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Answer, Delivery, Notice


async def letters_of(session: AsyncSession, subject_id: UUID) -> list[Member]:
    """The letters as issued, byte for byte, with their deliveries and answers."""
    mine = select(Notice).where(of_this_firm(Notice), Notice.subject_id == subject_id)
    papers = []
    for number, notice in enumerate((await session.scalars(mine.order_by(Notice.id))).all(), 1):
        here = (of_this_firm(Delivery), Delivery.notice_id == notice.id)
        sent = (await session.scalars(select(Delivery).where(*here).order_by(Delivery.created_at))).all()
        said = (await session.scalars(select(Answer).where(of_this_firm(Answer), Answer.notice_id == notice.id))).all()
        stem = f"notices/{number:02}-{notice.kind}"
        about = {**row(notice), "deliveries": [row(d) for d in sent], "answers": [row(a) for a in said]}
        papers.append((f"{stem}.json", as_json(about)))
        if notice.file_sha256:
            papers.append((f"{stem}.pdf", await store_of(active()).get(notice.firm_id, notice.file_sha256)))
    return papers
