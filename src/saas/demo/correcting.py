"""The correcting vouchers of a story: drafted from what the maker of the books knows to be right, reviewed, booked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from saas.adjustments import planning
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.adjustments.own_accounts import PREFIX
from saas.adjustments.review import TICKS
from saas.cases import queries as cases
from saas.demo.books.books import Label
from saas.demo.exports import FORGOTTEN, as_late, booked_late
from saas.demo.labels import books, label_of
from saas.demo.scene import NotThere, Scene
from saas.demo.sending import send
from saas.demo.story import Beat
from saas.kernel.clock import CHINA
from saas.kernel.money import Money

PAGE = "/cases/{case}/adjustment"
PRIOR_YEAR = "6901 以前年度损益调整"
BY_ERROR = {
    "duplicate_voucher": "duplicate",
    "duplicate_invoice": "duplicate",
    "reversed_sides": "side",
    "tax_split_missed": "tax_split",
}


async def draft(scene: Scene, beat: Beat) -> None:
    """The facts of an injected error, with the right entry; form.kind overrides the kind of error."""
    label = label_of(scene, beat.of)
    await send(scene, beat, f"{PAGE}/new", {**_facts(scene, label), **beat.form})


async def approve(scene: Scene, beat: Beat) -> None:
    """Every point of the review list is ticked. A manager's beat is left out where the plan needs no second yes."""
    case = await _state(scene)
    if beat.form.get("only_if_needed") and case != "in_approval":
        return
    await send(scene, beat, f"{PAGE}/approve", {"tick": list(TICKS)})


async def second_entry(scene: Scene, beat: Beat) -> None:
    """Somebody else types the amounts from the document; left out where the amounts are small."""
    adjustment, rows = await _plan(scene)
    if not adjustment.needs_second_entry:
        return
    typed: dict[str, Any] = {}
    for row in rows:
        lines = [(w["account"], w.get("aux", ""), w["debit_fen"], w["credit_fen"]) for w in row.lines]
        typed[f"v{row.position}-account"] = [f"{code} [{aux}]" if aux else code for code, aux, _d, _c in lines]
        typed[f"v{row.position}-debit"] = [_yuan(debit) for _code, _aux, debit, _c in lines]
        typed[f"v{row.position}-credit"] = [_yuan(credit) for _code, _aux, _d, credit in lines]
    await send(scene, beat, f"{PAGE}/second-entry", typed)


async def booked(scene: Scene, beat: Beat) -> None:
    """The numbers the vouchers got in the client's program. With form.forgotten they were noted, but never booked."""
    adjustment, rows = await _plan(scene)
    late = tuple(as_late(row) for row in rows)
    made = books(scene, (*await booked_late(scene), *late))
    numbers = [voucher.partition(" ")[2] for voucher in made.late[-len(late) :]]
    await send(scene, beat, f"{PAGE}/posted", {"posted_as": numbers})
    if beat.form.get("forgotten"):
        scene.known[FORGOTTEN] = str(adjustment.id)


def _facts(scene: Scene, label: Label) -> dict[str, Any]:
    """The fields of the first page of the builder."""
    kind = BY_ERROR.get(label.kind) or ("omission" if label.kind.startswith("missing_") else "account")
    form: dict[str, Any] = {"kind": kind, "posting": "posted", "period": label.period, "annual_return_filed": "on"}
    if scene.client_data.standard == "enterprise" and label.period < f"{scene.at.astimezone(CHINA):%Y}":
        form[f"{PREFIX}prior_year"] = PRIOR_YEAR  # books that never restated do not show it
    if kind == "duplicate":
        return {**form, "voucher": [label.vouchers[1]], "original": label.vouchers[0]}
    if label.vouchers:
        form["voucher"] = list(label.vouchers[:1])
        form["kind"] = kind if kind != "account" else _amount_or_account(scene, label)
    lines = label.right
    form["subject"] = lines[0]["name"]  # asked for where an earlier year is corrected
    form["right-0-account"] = [_account(line) for line in lines]
    form["right-0-debit"] = [_yuan(line["debit"]) for line in lines]
    form["right-0-credit"] = [_yuan(line["credit"]) for line in lines]
    return form


def _amount_or_account(scene: Scene, label: Label) -> str:
    """Which of the three it is, by comparing the wrong lines with the right ones."""
    wrong = [line for line in books(scene).lines if line["voucher"] == label.vouchers[0]]
    if sorted(line["account"] for line in wrong) != sorted(line["account"] for line in label.right):
        return "account"
    was, should_be = (sum(abs(line["debit"]) for line in lines) for lines in (wrong, label.right))
    return "account" if was == should_be else "amount_high" if was > should_be else "amount_low"


def _account(line: dict[str, Any]) -> str:
    return f"{line['account']} {line['name']}" + (f" [{line['aux']}]" if line["aux"] else "")


def _yuan(fen: int) -> str:
    return str(Money(fen)) if fen else ""


async def _plan(scene: Scene) -> tuple[Adjustment, list[PlannedVoucher]]:
    async with scene.stage.reading() as session:
        case = await cases.case(session, UUID(scene.record("case")))
        adjustment = await planning.newest(session, case)
        if adjustment is None:
            raise NotThere(f"{scene.story}: no correction is drafted yet")
        return adjustment, list(await planning.vouchers_of(session, adjustment))


async def _state(scene: Scene) -> str:
    async with scene.stage.reading() as session:
        return (await cases.case(session, UUID(scene.record("case")))).state


DEEDS: dict[str, Callable[[Scene, Beat], Awaitable[None]]] = {
    "draft": draft,
    "approve": approve,
    "second_entry": second_entry,
    "booked": booked,
}
