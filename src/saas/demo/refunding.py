"""Deeds of refunds: what the firm sets up once, and what a client does by the link of its refund page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from saas.demo.browser import Browser
from saas.demo.papers import paper
from saas.demo.placeholders import filled, text
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Beat
from saas.demo.tenant import Tenant
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries as refunds
from saas.refunds.asking.client_links import KIND
from saas.refunds.watch.queries import signals
from saas.refunds.workflow import APPROVER, HANDLER
from saas.surveys.models import Survey

HANDLERS, APPROVERS = ("bookkeeper", "reviewer"), ("owner", "manager")  # roles; who may do both does one at a time
BUDGET_YUAN = 30_000  # a month
VALID = timedelta(days=730)  # of a qualification


async def set_up(scene: Scene, tenant: Tenant) -> None:
    """The owner grants the qualifications and sets the month's budget."""
    owner = next(c for c in tenant.staff if c.role == "owner")
    browser, until = await scene.browser_of(owner.name), scene.at.astimezone(CHINA).date() + VALID
    for colleague in tenant.staff:
        member = await scene.member(colleague.name)
        for code, roles in ((HANDLER, HANDLERS), (APPROVER, APPROVERS)):
            if colleague.role in roles:
                form = {"code": code, "valid_until": str(until)}
                await browser.post(f"{scene.root}/settings/people/{member.id}/qualifications", form)
    month = f"{scene.at.astimezone(CHINA):%Y-%m}"
    await browser.post(f"{scene.root}/settings/refund-budget", {"monthly": str(BUDGET_YUAN), "valid_from": month})


async def accept_policy(scene: Scene) -> None:
    """The contract's clause names the policy; the client's bookkeeper records which version."""
    contract = await text(scene, "{contract}")
    form = {"version": "1", "accepted_on": str(scene.at.astimezone(CHINA).date()), "clause": "第九条"}
    browser = await scene.browser_of(scene.client_data.bookkeeper)
    await browser.post(f"{scene.root}/contracts/{contract}/refund-policy", form)


async def knock(scene: Scene, beat: Beat) -> None:
    """The firm's public page: company and e-mail; whoever is on record gets a link by mail."""
    contact = await scene.contact(beat.who)
    if scene.stage.firm is None:
        raise NotThere("the firm is not founded yet")
    browser = Browser(scene.stage.app, scene.stage.app.state.door)
    form = {"company": scene.client_data.name, "email": contact.email}
    await browser.post(f"/p/{scene.stage.firm.slug}/refund", form, answers=True)


async def ask(scene: Scene, beat: Beat) -> None:
    """A request of the client's own, on the page of the link it was sent."""
    browser, page = await scene.visitor(await scene.contact(beat.who), KIND, (await scene.client()).id)
    key = str(uuid7())
    known = {"key": key, "contract_id": await text(scene, "{contract}"), "understood": "yes", "signed_name": beat.who,
             "payer": scene.client_data.name}  # fmt: skip
    await browser.post(f"{page}/ask", {**known, **await filled(scene, beat.form)}, _papers(scene, beat))
    scene.known[beat.name or "refund"] = key


async def supply(scene: Scene, beat: Beat) -> None:
    """What was missing; the papers go with the first thing that was asked, the words with all."""
    refund_id = UUID(scene.record(beat.on_record or "refund"))
    browser, page = await scene.visitor(await scene.contact(beat.who), KIND, (await scene.client()).id)
    async with scene.stage.reading() as session:
        asked = [one for one in await refunds.asked(session, refund_id) if one.is_open]
    if not asked:
        raise NotThere(f"{scene.story}: nothing is asked of {beat.who}")
    day = scene.at.astimezone(CHINA).date()
    files = [(f"files-{asked[0].id}", paper(name, scene.client_data.name, day)) for name in beat.files]
    said = {f"text-{one.id}": str(beat.form.get("text", "")) for one in asked}
    await browser.post(f"{page}/supply", {"refund_id": str(refund_id), "signed_name": beat.who, **said}, files)


async def take_back(scene: Scene, beat: Beat) -> None:
    """The client does not want the money any more."""
    refund_id = scene.record(beat.on_record or "refund")
    browser, page = await scene.visitor(await scene.contact(beat.who), KIND, (await scene.client()).id)
    form = {**await filled(scene, beat.form), "refund_id": refund_id, "signed_name": beat.who}
    await browser.post(f"{page}/take-back", form)


async def rate(scene: Scene, beat: Beat) -> None:
    """The survey after payment; none where the contact was asked lately."""
    refund_id = UUID(scene.record(beat.on_record or "refund"))
    async with scene.stage.reading() as session:
        query = select(Survey.id).where(of_this_firm(Survey), Survey.subject_id == refund_id)
        survey_id = await session.scalar(query)
    if survey_id is None:
        return
    browser, page = await scene.visitor(await scene.contact(beat.who), "survey_refund", survey_id)
    await browser.post(f"{page}/answer", await filled(scene, beat.form))


async def request(scene: Scene, beat: Beat) -> None:
    """Written down by a member, with the papers the client brought."""
    known = {"key": str(uuid7()), "contract_id": await text(scene, "{contract}"), "payer": scene.client_data.name,
             "contact_id": await text(scene, "{contact:}")}  # fmt: skip
    form = {**known, **await filled(scene, beat.form)}
    browser = await scene.browser_of(await text(scene, beat.who))
    await browser.post(f"{scene.root}/refunds/new", form, _papers(scene, beat))
    scene.known[beat.name or "refund"] = str(form["key"])


async def add_papers(scene: Scene, beat: Beat) -> None:
    """Papers that came another way; "notice:解约函.png" shows the notice."""
    browser = await scene.browser_of(beat.who)
    await browser.post(f"{scene.root}/refunds/{scene.record('refund')}/papers", {}, _papers(scene, beat))


async def check_all(scene: Scene, beat: Beat) -> None:
    """Identity and contract, and the policy unless the client ticked it already."""
    refund_id = scene.record(beat.on_record or "refund")
    async with scene.stage.reading() as session:
        done = (await refunds.refund(session, UUID(refund_id))).checked
    browser = await scene.browser_of(beat.who)
    for what, how in (await filled(scene, beat.form)).items():
        if what not in done:
            await browser.post(f"{scene.root}/refunds/{refund_id}/check", {"what": what, "how": how})


async def see_signals(scene: Scene, beat: Beat) -> None:
    """Every signal that is open, looked at with the same words."""
    refund_id = UUID(scene.record(beat.on_record or "refund"))
    async with scene.stage.reading() as session:
        found = [signal.id for signal in await signals(session, refund_id) if signal.seen_at is None]
    browser, form = await scene.browser_of(beat.who), await filled(scene, beat.form)
    for signal_id in found:
        await browser.post(f"{scene.root}/refunds/{refund_id}/signals/{signal_id}", form)


def _papers(scene: Scene, beat: Beat) -> list[tuple[str, tuple[str, bytes, str]]]:
    """The beat's papers under the field of what each shows: "contract:合同.png"."""
    day = scene.at.astimezone(CHINA).date()
    named = [name.partition(":") for name in beat.files]
    return [(f"paper-{what}", paper(name, scene.client_data.name, day)) for what, _colon, name in named]


LINKED: dict[str, Callable[[Scene, Beat], Awaitable[None]]] = {
    "knock": knock,
    "request": ask,
    "supply": supply,
    "take_back": take_back,
    "rate_refund": rate,
}
DEEDS: dict[str, Callable[[Scene, Beat], Awaitable[None]]] = {
    "request": request,
    "papers": add_papers,
    "checked": check_all,
    "see": see_signals,
}
PAGES = {
    "client.refund_link": "/clients/{client}/refund-link",
    "refund.talk": "/refunds/{refund}/exchanges",
    "refund.ask": "/refunds/{refund}/ask",
    "refund.reckon": "/refunds/{refund}/assessment",
    "refund.payee": "/refunds/{refund}/payment/payee",
    "refund.call_back": "/refunds/{refund}/payment/payee/{payee}/call-back",
    "refund.pay": "/refunds/{refund}/payment/pay",
    "refund.settle": "/refunds/{refund}/payment/{payment}/settle",
    "refund.bounce": "/refunds/{refund}/payment/{payment}/fail",
    "refund.invoice": "/refunds/{refund}/payment/invoice",
    "refund.red_invoice": "/refunds/{refund}/payment/red-invoice",
}
