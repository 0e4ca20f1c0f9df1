"""How one client's errors are corrected where the law leaves a choice: the page, and what the planner takes from it."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.correction.facts import Settings
from saas.adjustments.correction.methods import NAMES, Method
from saas.clients.models import Client
from saas.clients.queries import client as client_of
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to

PATH = "/f/{slug:str}/clients/{client_id:uuid}/correction"
KEPT_UNDER = "correction"  # in Client.settings
MAY = "adjustments.options"


class Options(Struct):
    """The form. `surplus_percent` is the share of profit in per cent, as typed; empty where none is accrued."""

    line_only: Literal["no", "yes"] = "no"
    pl_reverse: Literal["opposite_side", "same_side_negative"] = "opposite_side"
    reopen: Literal["no", "yes"] = "no"
    prior_year_to_nonoperating: Literal["no", "yes"] = "no"
    surplus_percent: str = ""


# (field, question, the choices: what is sent, its name, what it does and on what it rests); the default comes first.
QUESTIONS: tuple[tuple[str, Text, tuple[tuple[str, Text, Text], ...]], ...] = (
    (
        "line_only",
        _("A posted voucher of this year names a wrong account"),
        (
            ("no", NAMES[Method.RED_BLUE],
             _("Basic Norms of Accounting Work, Article 51: the red voucher has the same content as the original.")),
            ("yes", NAMES[Method.LINE_ONLY],
             _("The balances are the same and the bank journal stays clean. Common in practice, but Article 51 asks "
               "for a copy with the same content; the plan says so.")),
        ),
    ),
    (
        "pl_reverse",
        _("Income or expense of an earlier year is taken back"),
        (
            ("opposite_side", _("On the opposite side, in blue"),
             _("Basic Norms of Accounting Work, Article 51 (5): errors of earlier years are corrected by a blue "
               "voucher.")),
            ("same_side_negative", _("On the account’s own side, as a negative amount"),
             _("For programs whose income statement reads one side only: an expense credited in blue would be missing "
               "there. The balances are the same.")),
        ),
    ),
    (
        "prior_year_to_nonoperating",
        _("Where an earlier year’s income or expense is booked in this year"),
        (
            ("no", _("On the account of the same nature"),
             _("Accounting Standard for Small Enterprises, Article 88: corrected in this year, without restatement; "
               "sales stay sales, expenses stay expenses.")),
            ("yes", _("To non-operating income and expense"),
             _("The year’s profit is the same; its margin stays comparable with earlier years.")),
        ),
    ),
    (
        "reopen",
        _("Reopening a closed month"),
        (
            ("no", _("Never"),
             _("Rules for accounting software (Caikuai [2024] No. 12): posted vouchers are not deleted, inserted or "
               "changed.")),
            ("yes", _("Under its conditions"),
             _("This year only; no return or statement of that or a later period filed or handed over; approved by a "
               "manager; fingerprints before and after. It erases the trace of the error.")),
        ),
    ),
)  # fmt: skip

SHORT = {
    "line_only": _("Wrong account"),
    "pl_reverse": _("Earlier years, taken back"),
    "prior_year_to_nonoperating": _("Earlier years, booked now"),
    "reopen": _("Reopening a closed month"),
}  # beside the client's details


def settings_of(client: Client, *, by_month: bool = False) -> Settings:
    """What the planner works with: this client's choices, and the defaults of accounting.md §1 where none was made."""
    kept = dict(client.settings.get(KEPT_UNDER, {}))
    if kept.get("surplus_reserve") is not None:
        kept["surplus_reserve"] = Decimal(kept["surplus_reserve"])
    return Settings(**{**kept, "by_month": by_month})


@get(PATH, opt={"permission": MAY})
async def edit(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    client = await client_of(session, client_id)
    return await _show(request, session, client, Submitted(_as_typed(settings_of(client))))


@post(PATH, opt={"permission": MAY})
async def save(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await client_of(session, client_id)
    if client.merged_into_id is not None:
        raise Conflict(_("This client was merged."))
    form = await submitted(request, Options)
    share = _share(form)
    if not form.ok:
        return await _show(request, session, client, form, status=422)
    given, before = form.taken, settings_of(client)
    kept = {
        "line_only": given.line_only == "yes",
        "pl_reverse": given.pl_reverse,
        "reopen": given.reopen == "yes",
        "prior_year_to_nonoperating": given.prior_year_to_nonoperating == "yes",
        "surplus_reserve": None if share is None else str(share),
    }
    client.settings = {**client.settings, KEPT_UNDER: kept}
    after = settings_of(client)
    changed = [f.name for f in fields(Settings) if getattr(before, f.name) != getattr(after, f.name)]
    if changed:
        record(session, actor_of(request), "adjustment.options", clock.now(), subject=client, client_id=client.id,
               timeline=True, changed=changed)  # fmt: skip
    return to(f"/clients/{client.id}", request)


async def of_client(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """The choices beside the client's details, and the way to change them."""
    typed = _as_typed(settings_of(client))
    rows: list[dict[str, Any]] = [
        {"label": SHORT[field], "value": _name(typed[field], choices)} for field, _label, choices in QUESTIONS
    ]
    percent = typed["surplus_percent"]
    rows.append({"label": _("Surplus reserve"), "value": f"{percent} %" if percent else _("not accrued")})
    return {
        "template": "adjustments/_options_panel.html",
        "client": client,
        "rows": rows,
        "may_change": actor.may(MAY) and client.merged_into_id is None,
    }


async def _show(
    request: Req, session: AsyncSession, client: Client, form: Submitted[Any], status: int = 200
) -> Response[str]:
    questions = [
        {
            "field": field,
            "label": label,
            "choices": [{"value": value, "label": name, "detail": ground} for value, name, ground in choices],
        }
        for field, label, choices in QUESTIONS
    ]
    return await page(
        request,
        "adjustments/options.html",
        session=session,
        status=status,
        client=client,
        form=form,
        questions=questions,
    )


def _as_typed(kept: Settings) -> dict[str, str]:
    return {
        "line_only": "yes" if kept.line_only else "no",
        "pl_reverse": kept.pl_reverse,
        "reopen": "yes" if kept.reopen else "no",
        "prior_year_to_nonoperating": "yes" if kept.prior_year_to_nonoperating else "no",
        "surplus_percent": "" if kept.surplus_reserve is None else f"{(kept.surplus_reserve * 100).normalize():f}",
    }


def _share(form: Submitted[Options]) -> Decimal | None:
    """The typed per cent as a share, 10 as 0.1; refused in the form where it is none."""
    typed = form.value.surplus_percent.rstrip("%％ ") if form.value is not None else ""
    if not typed:
        return None
    try:
        percent = Decimal(typed)
    except InvalidOperation:
        percent = Decimal(0)
    if not (percent.is_finite() and 0 < percent <= 100):
        form.refuse("surplus_percent", _("Give a number from 0 to 100, such as 10."))
        return None
    return percent / 100


def _name(value: str, choices: tuple[tuple[str, Text, Text], ...]) -> Text:
    return next(name for sent, name, _ground in choices if sent == value)


ROUTES = [edit, save]
