"""The hand-over list on A4 with its signatures, and keeping the finished one for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.letterhead import firm_head
from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.identity.queries import members_by_id
from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.documents import render_pdf
from saas.kernel.files import store_of
from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.pages import STATIC, environment, show_date, show_datetime
from saas.teams.handover import handover_queries as queries
from saas.teams.handover.content import OCCASIONS, SECTIONS, is_prompt, ordered
from saas.teams.handover.handover_models import Handover, HandoverLine

TEMPLATE = "teams/handovers/document.html"
SIGNERS: dict[str, Text] = {
    "from": _("Person handing over"),
    "to": _("Person taking over"),
    "supervisor": _("Person supervising"),
}


async def pdf(session: AsyncSession, row: Handover, locale: Locale) -> bytes:
    """The kept paper in the reader's language where all have signed; before that a draft as it stands now.

    A list from before there were two papers is printed in English from what was signed, which never changes.
    """
    kept = row.english_sha256 if locale == "en" else row.file_sha256
    if kept:
        return await store_of(active()).get(tenancy.current_firm_id(), kept)
    return await _render(session, row, locale)


async def _render(session: AsyncSession, row: Handover, locale: Locale) -> bytes:
    names = {m.id: m.name for m in (await members_by_id(session)).values()}
    found = [line for line in ordered(await queries.lines(session, row.id)) if not is_prompt(line)]
    with reading(locale):
        context = _context(row, found, names, await profile_of(session), locale)
        html = environment().get_template(TEMPLATE).render(**context, locale=locale, preview=False)
    return await render_pdf(html, css=_css(), created=row.supervised_at or row.entered_at)


async def keep(session: AsyncSession, subject_id: str) -> None:
    """The job after the third signature: a paper in each language; done again it changes nothing."""
    row = await queries.handover(session, UUID(subject_id))
    if row.supervised_at is None or row.file_sha256:
        return
    content, english = await _render(session, row, "zh"), await _render(session, row, "en")
    row.file_sha256 = await store_of(active()).put(tenancy.current_firm_id(), content)
    row.english_sha256 = await store_of(active()).put(tenancy.current_firm_id(), english)
    row.file_size = len(content)


def _context(
    row: Handover, lines: Sequence[HandoverLine], names: dict[UUID, str], profile: FirmProfile, locale: Locale
) -> dict[str, Any]:
    sections = {
        name: [[str(n), line.what, line.count, line.note]
               for n, line in enumerate((each for each in lines if each.section == name), 1)]
        for name in SECTIONS
    }  # fmt: skip
    facts = [
        (_("Occasion"), OCCASIONS[row.occasion]),
        (_("Day of the change"), show_date(row.effective_on)),
        (SIGNERS["from"], names[row.from_id]),
        (SIGNERS["to"], names[row.to_id]),
        (SIGNERS["supervisor"], names[row.supervisor_id]),
        (_("Remark"), row.remark),
    ]
    return {
        "letter": {
            "firm": firm_head(profile, locale),
            "title": str(_("Hand-over list")),
            "serial": row.number,
            "version": "" if row.supervised_at else str(_("Draft, not signed by all")),
            "date": show_date(row.supervised_at or clock.now()),
            "verify": {"fingerprint": row.content_sha256},
        },
        "facts": [(str(label), str(value)) for label, value in facts if value],
        "sections": [(str(SECTIONS[name]), found) for name, found in sections.items() if found],
        "signatures": signatures(row, names),
        "refusals": [[r["name"], show_datetime(datetime.fromisoformat(r["at"])), r["reason"]] for r in row.refusals],
    }  # fmt: skip


def signatures(row: Handover, names: dict[UUID, str]) -> list[list[str]]:
    """Role, name, when and over which content; a dash where somebody has still to sign."""
    signed = {s["role"]: s for s in row.signatures}
    people = {"from": row.from_id, "to": row.to_id, "supervisor": row.supervisor_id}
    return [
        [
            str(label),
            names[people[role]],
            show_datetime(datetime.fromisoformat(signed[role]["at"])) if role in signed else "—",
            signed[role]["sha256"][:16] if role in signed else "",
        ]
        for role, label in SIGNERS.items()
    ]


@cache
def _css() -> str:
    return (STATIC / "css" / "document.css").read_text("utf-8")
