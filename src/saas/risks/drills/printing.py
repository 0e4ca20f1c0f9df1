"""The score of a drill on A4, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from saas.firms.letterhead import firm_head
from saas.firms.models import FirmProfile
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Locale, _, reading
from saas.kernel.pages import STATIC, environment, show_date
from saas.risks.drill_models import Drill, DrillError, DrillPart
from saas.risks.drills import shown

TEMPLATE = "risks/drills/document.html"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed."""

    drill: Drill
    profile: FirmProfile
    names: shown.Names
    errors: Sequence[DrillError]
    parts: Sequence[DrillPart]
    former: Sequence[Drill]


async def pdf(sheet: Sheet, locale: Locale) -> bytes:
    """PDF/A; the same score gives the same bytes."""
    assert sheet.drill.scored_at is not None
    return await render_pdf(html(sheet, locale), css=_css(), created=sheet.drill.scored_at)


def html(sheet: Sheet, locale: Locale) -> str:
    with reading(locale):
        context = _context(sheet, locale)
        return environment().get_template(TEMPLATE).render(**context, locale=locale, preview=False)


def _context(sheet: Sheet, locale: Locale) -> dict[str, Any]:
    profile, drill = sheet.profile, sheet.drill
    assert drill.scored_at is not None
    firm = firm_head(profile, locale)
    title = _("Score of the drill “%(title)s”", title=drill.title)
    return {
        "letter": {"firm": firm, "title": title, "serial": drill.number, "date": show_date(drill.scored_at.date())},
        "drill": drill,
        "figures": [(row["label"], row["value"]) for row in shown.figures(drill)],
        "asked": [(row["label"], row["value"]) for row in shown.asked(drill, sheet.names, told=True)],
        "errors": _errors(sheet),
        "people": [
            [row["name"], row["first"], row["deeds"], row["detected"], row["false_alarms"]]
            for row in shown.part_rows(drill, sheet.parts)
        ],
        "former": [
            [each.number, each.title, show_date(each.scored_at.date()), shown.result_of(each)]
            for each in sheet.former
            if each.scored_at is not None
        ],
    }


def _errors(sheet: Sheet) -> list[list[str]]:
    return [
        [
            str(row["kind"]),
            row["client"].name if row["client"] else "",
            row["vouchers"] or row["period"],
            f"{row['by']} {row['after']}" if row["found"] else str(_("missed")),
            row["handled"],
        ]
        for row in shown.error_rows(sheet.drill, sheet.errors, sheet.names)
    ]


@cache
def _css() -> str:
    return (STATIC / "css" / "document.css").read_text("utf-8")
