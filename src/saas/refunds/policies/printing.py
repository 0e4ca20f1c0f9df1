"""A version on paper, for the contract's annex and for clients: one HTML for preview and print, zh, en or both."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from typing import Any

from saas.firms.letterhead import firm_head
from saas.firms.models import FirmProfile
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Locale, _, listed, reading
from saas.kernel.pages import STATIC, environment, show_date
from saas.kernel.paper import image_kind
from saas.refunds.policies.shown import days_of, parts_of
from saas.refunds.policies.versions import Validity, terms_of

TEMPLATE = "refunds/policy/document.html"
LANGUAGES: dict[str, tuple[Locale, ...]] = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: the firm, the version, the languages in their order, the firm's logo as bytes."""

    profile: FirmProfile
    row: Validity
    locales: tuple[Locale, ...]
    logo: bytes = b""


def html(sheet: Sheet, *, preview: bool = False) -> str:
    """The policy on A4; the second language begins on a page of its own."""
    first, *others = [_in(locale, sheet, preview) for locale in sheet.locales]
    with reading(sheet.locales[0]):
        return (
            environment()
            .get_template(TEMPLATE)
            .render(**first, locale=sheet.locales[0], preview=preview, others=others)
        )


async def pdf(sheet: Sheet) -> bytes:
    """PDF/A; the same version gives the same bytes until the firm changes its letterhead."""
    images = {"logo": sheet.logo} if sheet.logo else {}
    return await render_pdf(html(sheet), css=_css(), images=images, created=sheet.row.policy.made_at)


def _in(locale: Locale, sheet: Sheet, preview: bool) -> dict[str, Any]:
    """{letter, parts, company} in one language; `letter` is the context of documents/base.html."""
    profile, policy = sheet.profile, sheet.row.policy
    terms = terms_of(policy)
    with reading(locale):
        firm = firm_head(profile, locale, _logo(sheet.logo, preview))
        letter = {
            "firm": firm,
            "title": terms.in_words(locale)[0],
            "serial": str(_("Version %(n)s", n=policy.version)),
            "version": str(_("In force: %(days)s", days=days_of(sheet.row))),
            "date": str(_("published %(day)s", day=show_date(policy.made_at.date()))),
        }
        parts = [_settled(part) for part in parts_of(terms, internal=False)]
        company = (profile.name_en or profile.name) if locale == "en" else profile.name
        return {"letter": letter, "parts_shown": parts, "company": company, "lang": locale}


def _settled(part: dict[str, Any]) -> dict[str, Any]:
    """Words made in the language of this half: the sheet is rendered once, in the first language."""
    reasons = [{k: v if isinstance(v, bool) else str(v) for k, v in row.items()} for row in part["reasons"]]
    limited = any(row["limit"] != "—" for row in reasons)  # a column of dashes says nothing
    columns = [_("Reason"), _("Condition"), _("Formula"), _("Papers"), *([_("At most")] if limited else [])]
    return {
        **part,
        "title": str(part["title"]),
        "intro": [str(text) for text in part["intro"]],
        "rows": [(str(row["label"]), str(row["value"])) for row in [*part["rows"], *_stages(part)]],
        "reasons": reasons,
        "columns": [str(text) for text in columns],
        "table": [
            [_marked(row), row["when"], _formula(row), row["papers"], row["limit"]][: len(columns)] for row in reasons
        ],
    }


def _stages(part: dict[str, Any]) -> list[dict[str, Any]]:
    """All stages with their days in one row."""
    stages = [_("%(stage)s: %(days)s", stage=row["label"], days=row["value"]) for row in part["stages"]]
    return [{"label": _("Working days for each stage"), "value": listed(stages)}] if stages else []


def _formula(row: dict[str, Any]) -> str:
    return str(_("%(preset)s: %(formula)s", preset=row["preset"], formula=row["formula"]))


def _marked(row: dict[str, Any]) -> str:
    """What goes beyond the law says so beside its name."""
    return str(_("%(name)s (beyond the law)", name=row["name"])) if row["optional"] else str(row["name"])


def _logo(content: bytes, preview: bool) -> str:
    if not content:
        return ""
    return f"data:{image_kind(content)};base64,{b64encode(content).decode()}" if preview else "image:logo"


@cache
def _css() -> str:
    return (STATIC / "css" / "document.css").read_text("utf-8")
