"""Settings: the refund policy. What is in force, every version, and its print."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import profile as profile_of
from saas.firms.tabs import settings_tabs
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.i18n import reader
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.uploads import attachment
from saas.notices.pictures import pictures_of
from saas.refunds.policies import printing, versions
from saas.refunds.policies.shown import STATES, days_of, parts_of, version_rows
from saas.refunds.policies.versions import Validity, terms_of

PATH = "/f/{slug:str}/settings/refund-policy"
HERE = "/settings/refund-policy"


@get(PATH, opt={"permission": "refunds.read"})
async def current(request: Req, session: Db) -> Response[str]:
    """The version in force today."""
    policy = await versions.in_force(session, clock.today())
    return await _show(request, session, policy.version)


@get(f"{PATH}/{{version:int}}", opt={"permission": "refunds.read"})
async def one(request: Req, session: Db, version: FromPath[int], done: FromQuery[int] = 0) -> Response[str]:
    return await _show(request, session, version, done)


@get(f"{PATH}/{{version:int}}/print", opt={"permission": "refunds.read"})
async def print_preview(
    request: Req, session: Db, version: FromPath[int], language: FromQuery[str] = "zh"
) -> Response[str]:
    """The sheet as it will be printed, in a browser."""
    sheet = await sheet_of(session, version, language)
    return Response(printing.html(sheet, preview=True), media_type="text/html")


@get(f"{PATH}/{{version:int}}/pdf", opt={"permission": "refunds.read"})
async def as_pdf(session: Db, version: FromPath[int], language: FromQuery[str] = "zh") -> Response[bytes]:
    content = await printing.pdf(await sheet_of(session, version, language))
    return attachment(content, f"refund-policy-v{version}-{language}.pdf", "application/pdf")


async def _show(request: Req, session: AsyncSession, version: int, done: int = 0) -> Response[str]:
    rows, today = await versions.all_of_firm(session), clock.today()
    row = _row(rows, version)
    label, tone, icon = STATES[row.state(today)]
    named = await members_by_id(session)
    return await page(
        request,
        "refunds/policy/version.html",
        session=session,
        tabs=settings_tabs(request),
        version=version,
        name=terms_of(row.policy).in_words(reader())[0],
        state={"label": label, "tone": tone, "icon": icon},
        days=days_of(row),
        note=row.policy.note,
        parts=parts_of(terms_of(row.policy)),
        versions=version_rows(rows, today, named),
        here=address_in(request)(HERE),
        may_change=actor_of(request).may("refunds.policy"),
        done=done,
    )


def _row(rows: list[Validity], version: int) -> Validity:
    found = next((row for row in rows if row.policy.version == version), None)
    if found is None:
        raise Missing()
    return found


async def sheet_of(session: AsyncSession, version: int, language: str) -> printing.Sheet:
    """What is printed of one version; Missing for a version or a language there is not."""
    if language not in printing.LANGUAGES:
        raise Missing()
    profile, row = await profile_of(session), _row(await versions.all_of_firm(session), version)
    logo = (await pictures_of({"logo_sha256": profile.logo_sha256})).logo
    return printing.Sheet(profile, row, printing.LANGUAGES[language], logo)


ROUTES = [current, one, print_preview, as_pdf]
