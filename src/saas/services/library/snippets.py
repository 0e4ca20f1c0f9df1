"""The library: found by words, used by copying, reviewed once a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.library.library_models import Snippet, SnippetUse
from saas.services.reviewing import in_a_year
from saas.services.words import kept

Words = Annotated[str, Meta(max_length=2000)]
KINDS: dict[str, Text] = {"answer": _("Answer with its law"), "phrase": _("Phrase for a talk")}
TAGS: dict[str, Text] = {
    "vat": _("VAT"),
    "cit": _("Corporate income tax"),
    "iit": _("Individual income tax"),
    "invoice": _("Invoices"),
    "filing": _("Filing and deadlines"),
    "booking": _("Bookkeeping"),
    "archive": _("Archives"),
    "social": _("Social insurance"),
    "error": _("An error of ours"),
    "question": _("Asking the client"),
    "refund": _("Refund"),
    "complaint": _("Complaint"),
    "pressure": _("Unlawful wishes"),
    "fee": _("Fees and plans"),
    "care": _("Care"),
}


class SnippetForm(Struct, kw_only=True):
    kind: Literal["answer", "phrase"]
    about_zh: Annotated[str, Meta(max_length=200)]
    about_en: Annotated[str, Meta(max_length=200)] = ""
    text_zh: Words
    text_en: Words = ""
    basis: Annotated[str, Meta(max_length=400)] = ""
    tags: list[str] = []
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    snippet: Snippet
    uses: int


async def find(
    session: AsyncSession, *, words: str = "", kind: str = "", tags: Sequence[str] = (), limit: int = 100
) -> list[Found]:
    """Snippets that hold all the words (in either language, basis or tag), the most used first."""
    uses = func.count(SnippetUse.id)
    query = (
        select(Snippet, uses)
        .outerjoin(SnippetUse, (SnippetUse.firm_id == Snippet.firm_id) & (SnippetUse.snippet_id == Snippet.id))
        .where(of_this_firm(Snippet), Snippet.archived_at.is_(None))
        .group_by(Snippet.firm_id, Snippet.id)
        .order_by(uses.desc(), Snippet.kind, Snippet.made_at, Snippet.key)
    )
    if kind:
        query = query.where(Snippet.kind == kind)
    rows = [Found(row[0], row[1]) for row in (await session.execute(query)).all()]
    wanted = words.casefold().split()
    return [row for row in rows if _takes(row.snippet, wanted, tags)][:limit]


def _takes(one: Snippet, wanted: Sequence[str], tags: Sequence[str]) -> bool:
    if tags and not set(tags) & set(one.tags):
        return False
    labels = " ".join(f"{TAGS[tag].to('zh')} {TAGS[tag].to('en')}" for tag in one.tags if tag in TAGS)
    texts = " ".join([*map(str, one.about.values()), *map(str, one.text.values()), one.basis, labels]).casefold()
    return all(word in texts for word in wanted)


async def snippet(session: AsyncSession, snippet_id: UUID) -> Snippet:
    return await own_row(session, Snippet, snippet_id)


async def save(
    session: AsyncSession, given: SnippetForm, actor: Actor, now: datetime, today: date, one: Snippet | None = None
) -> Snippet:
    """A new entry, or another content of one, due for review in a year. The same question twice is one entry."""
    if one is None:
        query = select(Snippet).where(of_this_firm(Snippet), Snippet.kind == given.kind,
                                      Snippet.archived_at.is_(None))  # fmt: skip
        for known in (await session.scalars(query)).all():
            if known.about.get("zh") == given.about_zh:
                return known
    before = dict(one.text) if one else {}
    made = one or Snippet(made_by=actor.id, made_at=now, about={}, text={})
    made.kind, made.basis, made.owner_id = given.kind, given.basis, given.owner_id or actor.id
    made.tags = [tag for tag in given.tags if tag in TAGS]
    made.about, made.text = kept({}, given.about_zh, given.about_en), kept({}, given.text_zh, given.text_en)
    made.review_on, made.reviewed_by = in_a_year(today), actor.id
    session.add(made)
    await session.flush()
    record(session, actor, "library.save", now, subject=made, summary=given.about_zh, before=before)
    return made


async def use(session: AsyncSession, snippet_id: UUID, actor: Actor, today: date) -> None:
    """Somebody took it: counted once a day for each person."""
    await snippet(session, snippet_id)
    row = {"firm_id": tenancy.current_firm_id(), "id": uuid7(), "snippet_id": snippet_id, "member_id": actor.id,
           "on_day": today}  # fmt: skip
    await session.execute(insert(SnippetUse).values(row).on_conflict_do_nothing())


async def archive(session: AsyncSession, one: Snippet, actor: Actor, now: datetime) -> None:
    if one.archived_at is None:
        one.archived_at = now
        record(session, actor, "library.archive", now, subject=one, summary=one.about.get("zh", ""))
        await session.flush()
