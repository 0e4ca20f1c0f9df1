"""/services/care: which reminders the firm sends, in which words, and what was sent."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.notices.queries import contacts_by_id
from saas.services.care import reminding
from saas.services.consent import consents
from saas.services.words import tabs
from saas.training.wording import said

AT = "/f/{slug:str}/services/care"
Line = Annotated[str, Meta(max_length=120)]
Long = Annotated[str, Meta(max_length=1000)]


class KindForm(Struct, kw_only=True):
    is_on: bool = False
    days_before: Annotated[int, Meta(ge=0, le=60)]
    subject_zh: Line
    subject_en: Line
    text_zh: Long
    text_en: Long


@get(AT, opt={"permission": "services.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await show(request, session)


async def show(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, opened: str = "", status: int = 200
) -> Response[str]:
    kinds, sent = await reminding.kinds(session), await reminding.sent(session)
    clients = await clients_by_id(session, [one.client_id for one in sent])
    contacts = await contacts_by_id(session, [one.contact_id for one in sent])
    named = {kind.key: said(kind.name) for kind in kinds}
    return await page(
        request, "services/care.html", session=session, status=status, tabs=tabs(request, "care"), opened=opened,
        kinds=[{"kind": kind, "name": said(kind.name), "subject": _sample(said(kind.subject)),
                "text": _sample(said(kind.text)),
                "form": form if form is not None and opened == kind.key else _as_form(kind)} for kind in kinds],
        agreed=await consents.count(session, "care"), most=reminding.MOST_A_MONTH,
        sent=[{"one": one, "client": clients[one.client_id], "kind": named.get(one.key, one.key),
               "contact": contacts[one.contact_id].name if one.contact_id in contacts else ""} for one in sent],
        may_manage=actor_of(request).may("services.manage"),
    )  # fmt: skip


def _sample(text: str) -> str:
    """With words where each message has its client and its day."""
    return text.replace("%(client)s", str(_("[client]"))).replace("%(day)s", str(_("[day]")))


def _as_form(kind: Any) -> Submitted[Any]:
    return Submitted({"is_on": "yes" if kind.is_on else "", "days_before": str(kind.days_before),
                      "subject_zh": kind.subject.get("zh", ""), "subject_en": kind.subject.get("en", ""),
                      "text_zh": kind.text.get("zh", ""), "text_en": kind.text.get("en", "")})  # fmt: skip


@post(AT + "/{key:str}", opt={"permission": "services.manage"}, status_code=200)
async def save(request: Req, session: Db, key: FromPath[str]) -> Response[Any]:
    """Turned on or off, and worded; what was sent stays as it was said."""
    kind = next((one for one in await reminding.kinds(session) if one.key == key), None)
    if kind is None:
        raise Missing()
    form = await submitted(request, KindForm)
    if not form.ok:
        return await show(request, session, form=form, opened=key, status=422)
    given, actor, now = form.taken, actor_of(request), clock.now()
    kind.is_on, kind.days_before = given.is_on, given.days_before
    kind.subject = {"zh": given.subject_zh, "en": given.subject_en}
    kind.text = {"zh": given.text_zh, "en": given.text_en}
    kind.changed_by, kind.changed_at = actor.id, now
    record(session, actor, "care.set", now, subject=kind, summary=kind.key, on=given.is_on)
    return to("/services/care", request)


ROUTES = [index, save]
