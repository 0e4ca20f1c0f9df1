"""/services/support: the register, one policy with the clients it fits and why, applications and results."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid, Missing
from saas.kernel.forms import Submitted, raw_form, submitted, take
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.services import reviewing
from saas.services.support import applying, policies
from saas.services.support.applying import Result
from saas.services.support.conditions import FACTS, OPS, Condition, Judged, checked, shown
from saas.services.support.policies import Match, PolicyForm, TermsForm
from saas.services.support.support_models import Application, SupportPolicy
from saas.services.words import kept, tabs
from saas.training.wording import said

AT = "/f/{slug:str}/services/support"
ONE = AT + "/{row_id:uuid}"
READ, WRITE, MANAGE = ({"permission": f"services.{name}"} for name in ("read", "write", "manage"))
ROWS = 8  # conditions a form has room for
STATUS: dict[str, Text] = {
    "open": _("Being applied for"),
    "granted": _("Granted"),
    "refused": _("Refused"),
    "dropped": _("Not pursued"),
}
TONES = {"open": "accent", "granted": "green", "refused": "red", "dropped": ""}


class Looked(Struct):
    words: Annotated[str, Meta(max_length=300)]


class Chosen(Struct):
    clients: list[UUID] = []


@get(AT, opt=READ)
async def index(request: Req, session: Db) -> Response[str]:
    today, history, rows = clock.today(), await policies.terms(session), []
    for one in await policies.policies(session):
        valid = policies.in_force(history.get(one.id, []), today)
        found = await policies.matches(session, valid, one.region, today) if valid else []
        made = await applying.applications(session, one.id)
        rows.append({
            "one": one, "name": said(one.name), "benefit": said(one.benefit), "terms": valid,
            "met": sum(match.verdict == "met" for match in found),
            "unknown": sum(match.verdict == "open" for match in found), "applied": len(made),
            "granted": sum(a.status == "granted" for a in made.values()), "late": reviewing.late(one, today),
        })  # fmt: skip
    return await page(
        request, "services/support.html", session=session, tabs=tabs(request, "support"), rows=rows,
        may_manage=actor_of(request).may("services.manage"),
    )  # fmt: skip


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None, opened: str = "",
    refusal: Text | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    one, today, actor = await policies.policy(session, row_id), clock.today(), actor_of(request)
    history = (await policies.terms(session, one.id)).get(one.id, [])
    valid = policies.in_force(history, today)
    found = await policies.matches(session, valid, one.region, today) if valid else []
    made = await applying.applications(session, one.id)
    return await page(
        request, "services/policy.html", session=session, status=status, refusal=refusal, one=one, name=said(one.name),
        benefit=said(one.benefit), papers=said(one.papers), valid=valid, late=reviewing.late(one, today),
        terms=[{"terms": t, "now": t is valid, "words": [c.words() for c in policies.conditions(t)]} for t in history],
        rows=[_match(match, made.get(match.client.id)) for match in found if match.verdict != "unmet"],
        ruled_out=[_match(match, made.get(match.client.id)) for match in found if match.verdict == "unmet"],
        form=form or Submitted(), opened=opened, blank=Submitted(), today=today, **_options(form),
        statuses=[(name, label) for name, label in STATUS.items() if name != "open"],
        may_write=actor.may("services.write"), may_manage=actor.may("services.manage"),
    )  # fmt: skip


def _match(match: Match, made: Application | None) -> dict[str, Any]:
    """A client's row: what holds, what is missing, what stands against it, and its application."""
    return {
        "client": match.client, "verdict": match.verdict, "made": made,
        "met": listed(reason(j) for j in match.judged if j.verdict == "met"),
        "missing": listed(FACTS[j.condition.fact].label for j in match.judged if j.verdict == "open"),
        "unmet": listed(reason(j) for j in match.judged if j.verdict == "unmet"),
        "status": STATUS[made.status] if made else "", "tone": TONES[made.status] if made else "",
    }  # fmt: skip


def reason(judged: Judged) -> Text:
    """A condition with what is known about the client."""
    return _("%(condition)s (here: %(known)s)", condition=judged.condition.words(),
             known=shown(judged.condition.fact, judged.known))  # fmt: skip


def _options(form: Submitted[Any] | None) -> dict[str, Any]:
    raw = form.raw if form is not None else {}
    given = list(zip(*(_listed(raw.get(name)) for name in ("fact", "op", "value")), strict=False))
    return {"facts": [(name, fact.label) for name, fact in FACTS.items()], "ops": list(OPS.items()),
            "given_rows": [*given, *[("", "", "")] * (ROWS - len(given))]}  # fmt: skip


def _listed(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else [] if given is None else [str(given)]


def conditions_in(raw: dict[str, Any]) -> list[Condition]:
    """The rows that were filled in. Invalid in words where one does not hold together."""
    rows = zip(*(_listed(raw.get(name)) for name in ("fact", "op", "value")), strict=False)
    return [checked(fact, op, value) for fact, op, value in rows if fact and value.strip()]


@get(AT + "/new", opt=MANAGE)
async def new(request: Req, session: Db) -> Response[str]:
    day = reviewing.in_a_year(clock.today()).isoformat()
    return await _form(request, session, Submitted({"review_on": day}))


@post(AT + "/new", opt=MANAGE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    return await _save(request, session, None)


@get(ONE + "/edit", opt=MANAGE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    one = await policies.policy(session, row_id)
    raw = {f"{name}_{locale}": getattr(one, name).get(locale, "") for name in ("name", "benefit", "papers")
           for locale in ("zh", "en")}  # fmt: skip
    return await _form(request, session, Submitted({**raw, "region": one.region,
                                                    "review_on": one.review_on.isoformat()}), one)  # fmt: skip


@post(ONE + "/edit", opt=MANAGE, status_code=200)
async def save(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, session, await policies.policy(session, row_id))


async def _save(request: Req, session: AsyncSession, one: SupportPolicy | None) -> Response[Any]:
    form, actor, now = await submitted(request, PolicyForm), actor_of(request), clock.now()
    if not form.ok:
        return await _form(request, session, form, one, 422)
    given = form.taken
    if one is None:
        same = [p for p in await policies.policies(session) if p.name.get("zh") == given.name_zh]
        one = same[0] if same else SupportPolicy(made_by=actor.id, made_at=now)
    one.name, one.benefit = kept({}, given.name_zh, given.name_en), kept({}, given.benefit_zh, given.benefit_en)
    one.papers, one.region, one.review_on = kept({}, given.papers_zh, given.papers_en), given.region, given.review_on
    session.add(one)
    await session.flush()
    record(session, actor, "support.save", now, subject=one, summary=given.name_zh)
    return to(f"/services/support/{one.id}", request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], one: SupportPolicy | None = None, status: int = 200
) -> Response[str]:
    return await page(request, "services/policy_form.html", session=session, status=status, form=form, one=one,
                      today=clock.today())  # fmt: skip


@post(ONE + "/terms", opt=MANAGE, status_code=200)
async def set_terms(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one, raw = await policies.policy(session, row_id), await raw_form(request)
    form = take(raw, TermsForm)
    if not form.ok:
        return await show(request, session, row_id, form=form, opened="terms", status=422)
    try:
        async with session.begin_nested():
            await policies.add_terms(session, one, form.taken, conditions_in(raw), actor_of(request), clock.now())
    except (Invalid, Conflict) as refusal:
        return await show(request, session, row_id, form=form, opened="terms", refusal=refusal.reason,
                          status=refusal.status)  # fmt: skip
    return to(f"/services/support/{one.id}", request)


@post(ONE + "/apply", opt=WRITE, status_code=200)
async def apply(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """A task for each ticked client; pressed twice, the same tasks."""
    one, form, today = await policies.policy(session, row_id), await submitted(request, Chosen), clock.today()
    valid = policies.in_force((await policies.terms(session, one.id)).get(one.id, []), today)
    chosen = form.taken.clients if form.ok else []
    if valid is None or not chosen:
        said_why = _("Tick at least one client.") if valid else _("This policy is not in force today.")
        return await show(request, session, row_id, refusal=said_why, status=422)
    await applying.apply(session, one, valid, chosen, actor_of(request), clock.now(), today)
    return to(f"/services/support/{one.id}#clients", request)


@post(ONE + "/applications/{made_id:uuid}", opt=WRITE, status_code=200)
async def settle(request: Req, session: Db, row_id: FromPath[UUID], made_id: FromPath[UUID]) -> Response[Any]:
    form, made = await submitted(request, Result), await applying.application(session, made_id)
    if made.policy_id != row_id:
        raise Missing()
    if form.ok and form.taken.status == "granted" and form.taken.amount is None:
        form.refuse("amount", _("How much was granted?"))
    if not form.ok:
        return await show(request, session, row_id, form=form, opened=f"result-{made_id}", status=422)
    await applying.settle(session, made, form.taken, actor_of(request), clock.now())
    return to(f"/services/support/{row_id}#clients", request)


@post(ONE + "/review", opt=MANAGE, status_code=200)
async def review(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one, form = await policies.policy(session, row_id), await submitted(request, Looked)
    if not form.ok:
        raise Invalid(_("Say in a few words what was looked at."))
    await reviewing.reviewed(session, one, form.taken.words, actor_of(request), clock.now(), clock.today())
    return to(f"/services/support/{one.id}", request)


@post(ONE + "/archive", opt=MANAGE, status_code=200)
async def archive(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one = await policies.policy(session, row_id)
    if one.archived_at is None:
        one.archived_at = clock.now()
        record(session, actor_of(request), "support.archive", clock.now(), subject=one, summary=one.name.get("zh", ""))
    return to("/services/support", request)


ROUTES = [index, new, create, detail, edit, save, set_terms, apply, settle, review, archive]
