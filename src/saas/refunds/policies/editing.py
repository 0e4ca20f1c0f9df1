"""Settings: the next version of the refund policy: a form, a preview of what it changes, and its publication."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.errors import FreshSignInNeeded, Missing, Refusal
from saas.kernel.forms import Submitted, raw_form
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.refunds.policies import versions
from saas.refunds.policies.differences import differences
from saas.refunds.policies.form_view import carried, deadline_rows, part_rows, reason_rows
from saas.refunds.policies.impact import MOST, impact
from saas.refunds.policies.lawfulness import forbidden, weighty
from saas.refunds.policies.pages import HERE, PATH
from saas.refunds.policies.reading import raw_terms, read_terms
from saas.refunds.policies.versions import NextVersion, publish, terms_of

LONGEST_NOTE = 300


@get(f"{PATH}/edit", opt={"permission": "refunds.policy"})
async def edit(request: Req, session: Db) -> Response[str]:
    """A form filled with the newest version."""
    newest = (await versions.all_of_firm(session))[0].policy
    today = clock.today()
    raw = raw_terms(terms_of(newest)) | {
        "key": str(uuid4()),
        "after": str(newest.version),
        "valid_from": max(today, newest.valid_from).isoformat(),
        "note": "",
    }
    return await _form(request, session, Submitted(raw))


@post(f"{PATH}/edit", opt={"permission": "refunds.policy"}, status_code=200)
async def back(request: Req, session: Db) -> Response[str]:
    """The form again with what was typed: from the preview, or for another reason's row."""
    return await _form(request, session, Submitted(_typed(await raw_form(request))))


@post(f"{PATH}/preview", opt={"permission": "refunds.policy"}, status_code=200)
async def preview(request: Req, session: Db) -> Response[Any]:
    """What the new version says and changes; nothing is kept yet."""
    form: Submitted[Any] = Submitted(_typed(await raw_form(request)))
    new = read_next(form)
    if new is None:
        return await _form(request, session, form, status=422)
    return await _preview(request, session, form, new)


@post(PATH, opt={"permission": "refunds.policy"})
async def publish_it(request: Req, session: Db) -> Response[Any]:
    """The version as it was previewed, from its day on. Sent twice it is published once."""
    now = clock.now()
    if not actor_of(request).is_fresh(now):
        raise FreshSignInNeeded()
    raw = await raw_form(request)
    form: Submitted[Any] = Submitted(_typed(raw))
    new = read_next(form)
    if new is None:
        return await _form(request, session, form, status=422)
    if weighty(new.terms) and not raw.get("known"):
        form.refuse("known", _("Confirm that you know these points."))
        return await _preview(request, session, form, new, status=422)
    try:
        policy = await publish(session, actor_of(request), new, now)
    except Missing:
        raise
    except Refusal as refusal:
        for name, reason in (getattr(refusal, "fields", {}) or {"": refusal.reason}).items():
            form.refuse(name, reason)
        return await _form(request, session, form, status=refusal.status)
    return to(f"{HERE}/{policy.version}?done=1", request)


def read_next(form: Submitted[Any]) -> NextVersion | None:
    """What was sent, or None with the errors at their fields; what the law forbids counts as an error."""
    terms = read_terms(form)
    valid_from, key = _day(form), _key(form)
    note = str(form.raw.get("note", "")).strip()
    if not note:
        form.refuse("note", _("Please fill this in."))
    elif len(note) > LONGEST_NOTE:
        form.refuse("note", _("This is too long: at most %(n)s characters.", n=LONGEST_NOTE))
    for reason in forbidden(terms) if terms is not None else []:
        form.refuse("reasons", reason)
    if terms is None or valid_from is None or key is None or not form.ok:
        return None
    after = str(form.raw.get("after", ""))
    return NextVersion(key, int(after) if after.isdecimal() else 0, terms, valid_from, note)


def _day(form: Submitted[Any]) -> date | None:
    try:
        day = date.fromisoformat(str(form.raw.get("valid_from", "")))
    except ValueError:
        form.refuse("valid_from", _("This is not a date. Write it like 2026-11-21."))
        return None
    if day < clock.today():
        form.refuse("valid_from", _("Choose today or a later day."))
    return day


def _key(form: Submitted[Any]) -> UUID | None:
    try:
        return UUID(str(form.raw.get("key", "")))
    except ValueError:
        form.refuse("", _("This cannot be taken: please choose or correct it."))
        return None


def _typed(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in ("csrf", "known")}


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    return await page(
        request,
        "refunds/policy/edit.html",
        session=session,
        status=status,
        tabs=settings_tabs(request),
        form=form,
        parts=part_rows(form),
        reasons=reason_rows(form),
        deadlines=deadline_rows(form),
        here=address_in(request)(HERE),
        today=clock.today().isoformat(),
    )


async def _preview(
    request: Req, session: AsyncSession, form: Submitted[Any], new: NextVersion, status: int = 200
) -> Response[str]:
    rows = await versions.all_of_firm(session)
    found = await impact(session, new.terms, clock.now())
    return await page(
        request,
        "refunds/policy/preview.html",
        session=session,
        status=status,
        tabs=settings_tabs(request),
        form=form,
        number=rows[0].policy.version + 1,
        since=new.valid_from,
        note=new.note,
        changes=differences(terms_of(rows[0].policy), new.terms),
        weighty=weighty(new.terms),
        groups=[(_("Open requests"), found.open), (_("Closed, of the last twelve months"), found.past)],
        impact=found,
        most=MOST,
        carried=carried(form.raw),
        here=address_in(request)(HERE),
    )


ROUTES = [edit, back, preview, publish_it]
