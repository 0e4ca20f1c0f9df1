"""The report on A4: one HTML in each language, printed by the limited processes that print every document."""

from __future__ import annotations

from functools import cache
from typing import Any

from saas.firms.letterhead import firm_head
from saas.insights.reports.months import month_title
from saas.insights.reports.sheet import Sheet, content
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Locale, _, reading
from saas.kernel.pages import STATIC, TEMPLATES, environment, show_date

TEMPLATE = "insights/report_document.html"


def html(sheet: Sheet, locale: Locale) -> str:
    with reading(locale):
        profile = sheet.profile
        month = month_title(sheet.asked.period.key)
        firm = firm_head(profile, locale, "image:logo" if sheet.logo else "")
        context: dict[str, Any] = {
            "locale": locale,
            "firm": firm,
            "company": (profile.name_en or profile.name) if locale == "en" else profile.name,
            "month": month,
            "edition": _("Edition %(n)s", n=sheet.edition),
            "printed": _("printed %(day)s", day=show_date(sheet.made_at)),
            "since": show_date(sheet.asked.period.since),
            "until": show_date(sheet.asked.period.until),
        }
        return environment().get_template(TEMPLATE).render(**context, **content(sheet))


async def pdf(sheet: Sheet, locale: Locale) -> bytes:
    """PDF/A; the same figures give the same bytes."""
    images = {"logo": sheet.logo} if sheet.logo else {}
    return await render_pdf(html(sheet, locale), css=_css(), images=images, created=sheet.made_at)


@cache
def _css() -> str:
    """The letterhead is that of every letter; the report's own lines stand by its template: no browser reads them."""
    own = TEMPLATES / "insights" / "report_document.css"
    return (STATIC / "css" / "document.css").read_text("utf-8") + own.read_text("utf-8")
