"""What the people of a story do: a form sent to the page that everybody sends it to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from saas.demo import correcting, importing, linked, refunding
from saas.demo.labels import findings_of
from saas.demo.placeholders import filled, text
from saas.demo.scene import NotThere, Scene
from saas.demo.sending import send
from saas.demo.story import Beat

Deed = Callable[[Scene, Beat], Awaitable[None]]

# What a deed is about and the deed → the page. {case}, {letter}, {client} … are the story's own, {form:…} its fields;
# deeds that are not listed have the address of their workflow's action.
PAGES = {
    "case.by_hand": "/cases/new",
    "case.ask": "/cases/{case}/ask",
    "case.note": "/cases/{case}/notes",
    "case.talk": "/cases/{case}/exchanges",
    "case.task": "/cases/{case}/tasks",
    "case.task_done": "/cases/{case}/tasks/{task:1}/done",
    "case.evidence": "/cases/{case}/evidence",
    "plan.submit": "/cases/{case}/adjustment/submit",
    "plan.return": "/cases/{case}/adjustment/return",
    "plan.begin": "/cases/{case}/adjustment/execute",
    "plan.prove": "/cases/{case}/adjustment/prove",
    "letter.write": "/notices/new",
    "letter.call": "/notices/{letter}/deliveries",
    "letter.share": "/notices/{letter}/links",
    "letter.reply": "/notices/{letter}/replies",
    "letter.bounced": "/notices/{letter}/deliveries/{delivery}/bounced",
    "letter.record_answer": "/notices/{letter}/answers",
    "client.talk": "/clients/{client}/communications",
    "client.link": "/clients/{client}/links/{form:purpose}",
    "client.change_contact": "/clients/{client}/contacts/{contact:{form:contact}}",
    "client.archive": "/clients/{client}/archive",
    "client.seal": "/clients/{client}/ledgers/seal",
    **refunding.PAGES,
}
WORKFLOW_PAGES = {
    "case": "/cases/{case}",
    "letter": "/notices/{letter}",
    "import": "/ledgers/imports/{import}",
    "refund": "/refunds/{refund}",
}


async def play(scene: Scene, beat: Beat) -> None:
    """Do it, and note the record it made. StepRefused when the product says no, NotThere when something is missing."""
    beat = msgspec.structs.replace(beat, who=await text(scene, beat.who))
    special = SPECIAL.get(beat.do)
    if special is not None:
        await special(scene, beat)
    else:
        await send(scene, beat, page_of(beat.do))


def page_of(deed: str) -> str:
    """The page under the firm that takes the deed's form."""
    about, _dot, action = deed.partition(".")
    if deed in PAGES:
        return PAGES[deed]
    if about not in WORKFLOW_PAGES:
        raise NotThere(f"nobody can do {deed}")
    return f"{WORKFLOW_PAGES[about]}/{action}"


async def _open_case(scene: Scene, beat: Beat) -> None:
    found = await findings_of(scene, beat.of)
    await send(scene, beat, "/cases/from-findings", {"finding": [str(finding.id) for finding in found]})


async def _each_finding(scene: Scene, beat: Beat) -> None:
    """Put every finding of one injected error aside."""
    form = await filled(scene, beat.form)
    browser = await scene.browser_of(beat.who)
    for finding in await findings_of(scene, beat.of):
        await browser.post(f"{scene.root}/findings/{finding.id}/{beat.do.partition('.')[2]}", form)


async def _record_answer(scene: Scene, beat: Beat) -> None:
    """What the client said by telephone to the question whose number the form gives."""
    await send(scene, beat, f"/cases/{{case}}/questions/{{question:{beat.form['question']}}}/answer")


async def _withdraw(scene: Scene, beat: Beat) -> None:
    await send(scene, beat, f"/cases/{{case}}/questions/{{question:{beat.form['question']}}}/withdraw")


SPECIAL: dict[str, Deed] = {
    "case.open": _open_case,
    "finding.dismiss": _each_finding,
    "finding.except": _each_finding,
    "case.record_answer": _record_answer,
    "case.withdraw_question": _withdraw,
    "ledger.import": importing.upload,
    "ledger.store": importing.store,
    **{f"plan.{name}": deed for name, deed in correcting.DEEDS.items()},
    **{f"link.{name}": deed for name, deed in (linked.DEEDS | refunding.LINKED).items()},
    **{f"refund.{name}": deed for name, deed in refunding.DEEDS.items()},
}
