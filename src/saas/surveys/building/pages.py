"""/surveys/questionnaires: what is asked when, every version of it, and how the client sees it in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing
from saas.kernel.forms import CSRF_FIELD, Submitted, raw_form
from saas.kernel.i18n import LOCALES, Text, _, reader, reading
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, environment, page, to
from saas.surveys import queries
from saas.surveys.building.form import MOST, Sheet, as_typed, kinds, read
from saas.surveys.models import Questionnaire
from saas.surveys.occasions import OCCASIONS
from saas.surveys.questions import Question, asked
from saas.surveys.rooms import tabs
from saas.surveys.wording import said

AT = "/f/{slug:str}/surveys/questionnaires"
EXAMPLE: dict[str, Text | str] = {
    "cure": _("Voucher booked twice"),
    "pulse": _("Voucher booked twice"),
    "payment": "TK-2026-0008",
}


@get(AT, opt={"permission": "surveys.read"})
async def index(request: Req, session: Db) -> Response[str]:
    today = clock.today()
    live = {one.key: one for one in await queries.in_force(session, today)}
    rows = [
        {"one": one, "name": said(one.name), "occasion": OCCASIONS[one.occasion], "later": one.valid_from > today,
         "is_on": live.get(one.key, one).is_on, "questions": len(one.questions),
         "asked": await queries.count_asked(session, one.key)}
        for one in await queries.newest(session)
    ]  # fmt: skip
    return await page(
        request, "surveys/building/index.html", session=session, tabs=tabs(request, "questionnaires"), rows=rows,
        may_manage=actor_of(request).may("surveys.manage"),
    )  # fmt: skip


@get(f"{AT}/new", opt={"permission": "surveys.manage"})
async def new(request: Req, session: Db) -> Response[str]:
    blank = {"key": f"own_{uuid7().hex[-12:]}", "is_on": "", "valid_from": clock.today().isoformat(),
             "quiet_days": "30", "wait_days": "0", "share": "100", "required_0": "yes"}  # fmt: skip
    return await _form(request, session, Submitted(blank), blank["key"])


@get(AT + "/{key:str}", opt={"permission": "surveys.read"})
async def detail(request: Req, session: Db, key: FromPath[str]) -> Response[str]:
    """What the client sees, in both languages, and the versions."""
    found, members = await queries.versions(session, key), await members_by_id(session)
    live = next((one for one in found if one.valid_from <= clock.today()), None)
    return await page(
        request, "surveys/building/detail.html", session=session, one=found[0], name=said(found[0].name),
        occasion=OCCASIONS[found[0].occasion], preview=preview(found[0]), live=live,
        versions=[{"one": one, "by": members.get(one.made_by) if one.made_by else None} for one in found],
        may_manage=actor_of(request).may("surveys.manage"),
    )  # fmt: skip


def preview(one: Questionnaire) -> list[dict[str, Any]]:
    """The client's page in each language, rendered as it will be."""
    questions, made = asked(one.questions), []
    for locale in LOCALES:
        with reading(locale):
            about = str(EXAMPLE.get(one.occasion, ""))
            fields = environment().get_template("surveys/_fields.html")
            html = fields.render(questions=_apart(questions, locale), typed={}, errors={}, locale=locale)
            shown = Markup(html)  # noqa: S704 - our own template, which escapes what the firm wrote
            texts = {"subject": said(one.subject, about), "intro": said(one.intro, about)}
            made.append({"locale": locale, "fields": shown, **texts})
    return made


def _apart(questions: Sequence[Question], locale: str) -> list[Question]:
    """Names of their own, so that two previews on one page do not share their fields."""
    return [Question(f"{locale}-{q.name}", q.kind, q.text, q.short, q.options, q.required) for q in questions]


@get(AT + "/{key:str}/edit", opt={"permission": "surveys.manage"})
async def edit(request: Req, session: Db, key: FromPath[str]) -> Response[str]:
    found = await queries.versions(session, key)
    return await _form(request, session, Submitted(as_typed(found[0], clock.today())), key)


@post(AT + "/{key:str}", opt={"permission": "surveys.manage"}, status_code=200)
async def save(request: Req, session: Db, key: FromPath[str]) -> Response[Any]:
    """A new version from its day on; the same form sent twice makes one."""
    raw = {name: value for name, value in (await raw_form(request)).items() if name != CSRF_FIELD}
    sheet, questions = read(raw, clock.today())
    if not (key.isascii() and key.replace("_", "").isalnum() and len(key) <= 24):
        raise Missing()
    if not sheet.ok:
        return await _form(request, session, Submitted(raw, sheet.errors), key, 422)
    last = await _last(session, key)
    if last is not None and last.version != sheet.taken.base:
        if last.made_by == actor_of(request).id and last.questions == [one.store() for one in questions]:
            return to(f"/surveys/questionnaires/{key}", request)
        raise Conflict(_("Somebody changed this questionnaire meanwhile. Open it again; nothing was changed."))
    made = _version(key, sheet.taken, questions, actor_of(request).id)
    session.add(made)
    await session.flush()
    record(session, actor_of(request), "surveys.version", clock.now(), subject=made, summary=f"{key} {made.version}")
    return to(f"/surveys/questionnaires/{key}", request)


async def _last(session: AsyncSession, key: str) -> Questionnaire | None:
    return next((one for one in await queries.newest(session) if one.key == key), None)


def _version(key: str, given: Sheet, questions: Sequence[Question], member_id: Any) -> Questionnaire:
    return Questionnaire(
        key=key, version=given.base + 1, occasion=given.occasion, is_on=given.is_on, valid_from=given.valid_from,
        quiet_days=given.quiet_days, wait_days=given.wait_days, share=given.share,
        name=_both(given.name_zh, given.name_en), subject=_both(given.subject_zh, given.subject_en),
        intro=_both(given.intro_zh, given.intro_en), questions=[one.store() for one in questions], made_by=member_id,
        made_at=clock.now(),
    )  # fmt: skip


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], key: str, status: int = 200
) -> Response[str]:
    last = await _last(session, key)
    return await page(
        request, "surveys/building/form.html", session=session, status=status, key=key, form=form, kinds=kinds(),
        occasions=list(OCCASIONS.items()), rows=_rows(form.raw, form.errors), name=said(last.name) if last else "",
    )  # fmt: skip


def _rows(raw: Mapping[str, Any], errors: Mapping[str, Text]) -> list[dict[str, Any]]:
    """The numbered fields of each question; those without a text stay closed, except the next one."""
    used = [number for number in range(MOST) if raw.get(f"text_zh_{number}")]
    return [
        {"number": number, "open": number in used or (not used and number == 0),
         "label": _label(raw, number) or _("Question %(n)s", n=number + 1)}
        for number in range(MOST)
    ]  # fmt: skip


def _label(raw: Mapping[str, Any], number: int) -> str:
    """What the question is called, in the reader's language where it has a name there."""
    names = [f"{part}_{locale}_{number}" for locale in (reader(), "zh") for part in ("short", "text")]
    return next((str(raw[name]) for name in names if raw.get(name)), "")


ROUTES = [index, new, detail, edit, save]
