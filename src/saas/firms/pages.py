"""The firm's own page: names, numbers and addresses as every letter shows them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.forms import Profile
from saas.firms.models import FirmProfile
from saas.firms.sign_up import check_email, check_uscc
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to

FIELDS: dict[str, Text] = {
    "name": _("Name of the firm"),
    "name_en": _("Name in English"),
    "uscc": _("USCC"),
    "licence_number": _("Licence number"),
    "address": _("Address"),
    "address_en": _("Address in English"),
    "phone": _("Telephone"),
    "email": _("E-mail for answers"),
    "head_name": _("Signs for the firm"),
}


@get("/f/{slug:str}/settings", opt={"permission": "firms.read"})
async def settings(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    profile = await queries.profile(session)
    values = {name: getattr(profile, name) for name in (*FIELDS, "locale")}
    return await _show(request, session, Submitted(values), profile, done=bool(done))


@post("/f/{slug:str}/settings", opt={"permission": "firms.settings"})
async def save(request: Req, session: Db) -> Response[Any]:
    profile, form = await queries.profile(session), await submitted(request, Profile)
    check_uscc(form)
    check_email(form)
    if not form.ok:
        return await _show(request, session, form, profile, status=422)
    changed = _fill(profile, form.taken)
    if changed:
        firm = await queries.firm(session)
        firm.name, firm.name_en, firm.locale = profile.name, profile.name_en, profile.locale
        record(session, actor_of(request), "firms.change_settings", clock.now(), subject=profile, changed=changed)
    return to("/settings?done=saved", request)


def _fill(profile: FirmProfile, given: Profile) -> dict[str, list[str]]:
    """Put what was typed into the profile; {field: [before, after]} of what changed."""
    changed = {}
    for name, value in msgspec.structs.asdict(given).items():
        before = getattr(profile, name)
        if before != value:
            changed[name] = [before, value]
            setattr(profile, name, value)
    return changed


async def _show(
    request: Req,
    session: AsyncSession,
    form: Submitted[Any],
    profile: FirmProfile,
    *,
    done: bool = False,
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "firms/settings.html",
        session=session,
        tabs=settings_tabs(request),
        form=form,
        facts=[{"label": label, "value": getattr(profile, name) or "—"} for name, label in FIELDS.items()],
        labels=FIELDS,
        missing=not profile.licence_number,
        may_change=actor_of(request).may("firms.settings"),
        done=done,
        status=status,
    )


ROUTES = [settings, save]
