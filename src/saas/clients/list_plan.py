"""What importing a list would do, row by row: new, already there, or refused with the reason. It stores nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.clients.forms import ClientForm, ContactForm
from saas.clients.list_columns import ANSWERS, COLUMNS, KINDS, STANDARDS, meaning, word
from saas.clients.list_reading import Listed
from saas.clients.models import Client
from saas.clients.register import check
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel import identifiers
from saas.kernel.errors import Invalid
from saas.kernel.forms import take
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import plain

Fate = Literal["new", "there", "refused"]
# A spreadsheet's date cell adds midnight.
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")


@dataclass(slots=True)
class Planned:
    """One row's fate. A new row carries its forms, a row already there its client, a refused one its reasons."""

    row: int
    name: str
    uscc: str
    fate: Fate
    client: ClientForm | None = None
    contact: ContactForm | None = None
    existing: Client | None = None
    bookkeeper: str = ""
    reasons: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class Register:
    """What rows are compared with: the firm's clients and people, and the rows above in the same file."""

    by_uscc: dict[str, Client]
    by_name: dict[str, Client]
    people: dict[str, list[Membership]]
    rows: dict[str, int] = field(default_factory=dict)


async def plan(session: AsyncSession, listed: Sequence[Listed]) -> list[Planned]:
    """The fate of each row, in order."""
    known = await queries.every_client(session)
    people: dict[str, list[Membership]] = {}
    for member in await members(session):
        for key in {word(member.name), word(member.email)}:
            people.setdefault(key, []).append(member)
    register = Register({c.uscc: c for c in known if c.uscc}, {plain(c.name): c for c in known}, people)
    return [await _planned(session, row, register) for row in listed]


def digest(planned: Sequence[Planned]) -> str:
    """Stands for what would be created: a confirmation carries it, so that nothing else is."""
    new = [(p.row, p.client, p.contact) for p in planned if p.fate == "new"]
    return hashlib.sha256(msgspec.json.encode(new)).hexdigest()


async def _planned(session: AsyncSession, listed: Listed, register: Register) -> Planned:
    cells = listed.cells
    result = Planned(listed.row, cells["name"], plain(cells.get("uscc", "")), "new")
    result.existing = register.by_uscc.get(result.uscc) or register.by_name.get(plain(result.name))
    above = register.rows.get(result.uscc) or register.rows.get(plain(result.name))
    for key in filter(None, (result.uscc, plain(result.name))):
        register.rows.setdefault(key, listed.row)
    if result.existing is not None and _same_company(result, result.existing):
        result.fate = "there"
        return result
    if result.existing is not None:
        result.reasons.append(_("A client of this name has another number: %(uscc)s.", uscc=result.existing.uscc))
    if above is not None:
        result.reasons.append(_("Row %(row)s is the same company.", row=above))
    bookkeeper = _bookkeeper(cells.get("bookkeeper", ""), register, result.reasons)
    result.bookkeeper = bookkeeper.name if bookkeeper else ""
    form = take(_client_fields(cells, bookkeeper, result.reasons), ClientForm)
    await check(session, form)
    result.contact = _contact(cells, result.reasons)
    result.reasons += _said(form.errors)
    if result.uscc and not form.ok and "uscc" not in form.errors:
        result.reasons += _wrong_number(result.uscc)  # the register's own check asks nothing of a form with errors
    if result.reasons:
        result.fate = "refused"
    else:
        result.client = form.taken
        result.uscc = form.taken.uscc
    return result


def _said(errors: Mapping[str, Text]) -> list[Text]:
    """Each refusal with the column it is about."""
    headings = {column.key: column.heading for column in COLUMNS}
    return [
        _("%(column)s: %(reason)s", column=headings[key], reason=reason) if key in headings else reason
        for key, reason in errors.items()
    ]


def _wrong_number(uscc: str) -> list[Text]:
    try:
        identifiers.tax_id(uscc, sole_trader=True)
    except Invalid as refusal:
        return _said({"uscc": refusal.reason})
    return []


def _same_company(row: Planned, existing: Client) -> bool:
    return not row.uscc or not existing.uscc or row.uscc == existing.uscc


def _client_fields(cells: dict[str, str], bookkeeper: Membership | None, reasons: list[Text]) -> dict[str, Any]:
    kind = meaning(KINDS, cells["taxpayer_kind"])
    standard = meaning(STANDARDS, cells.get("standard", ""))
    if kind is None:
        reasons.append(_("Taxpayer: “%(text)s” is neither general nor small-scale.", text=cells["taxpayer_kind"]))
    if standard is None:
        reasons.append(_("“%(text)s” is no accounting standard of the list.", text=cells["standard"]))
    return {
        "name": cells["name"],
        "uscc": cells.get("uscc", ""),
        "taxpayer_kind": kind or "small",
        "standard": standard or "small",
        "filing_period": "month" if kind == "general" else "quarter",  # how VAT is filed unless the firm says else
        "industry": cells.get("industry", ""),
        "bookkeeper_id": str(bookkeeper.id) if bookkeeper else "",
        "taken_over_on": DAY.sub(_iso, cells.get("taken_over_on", "")),
        "shareholders": cells.get("shareholders", ""),
    }


def _iso(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def _bookkeeper(text: str, register: Register, reasons: list[Text]) -> Membership | None:
    found = register.people.get(word(text), []) if text else []
    if text and not found:
        reasons.append(_("Nobody of the firm is called “%(name)s”.", name=text))
    elif len(found) > 1:
        reasons.append(_("Several people are called “%(name)s”: write the e-mail address.", name=text))
    return found[0] if len(found) == 1 else None


def _contact(cells: dict[str, str], reasons: list[Text]) -> ContactForm | None:
    name, email, phone = (cells.get(key, "") for key in ("contact", "email", "phone"))
    answer = meaning(ANSWERS, cells.get("may_approve", ""))
    if answer is None:
        reasons.append(_("May confirm: “%(text)s” is neither yes nor no.", text=cells["may_approve"]))
    if not (name or email or phone):
        return None
    if not name:
        reasons.append(_("An e-mail address or telephone number needs the contact’s name."))
    elif not (email or phone):
        reasons.append(_("The contact needs an e-mail address or a telephone number."))
    if email:
        try:
            email = identifiers.email(email)
        except Invalid as refusal:
            reasons += _said({"email": refusal.reason})
    fields = {"name": name, "email": email, "phone": phone, "channel": "email" if email else "phone"}
    form = take({**fields, "may_approve": answer or "no"}, ContactForm)
    # The form's "name" is the contact's; an empty one was said above.
    errors = {"contact" if key == "name" else key: reason for key, reason in form.errors.items()}
    reasons += _said({key: reason for key, reason in errors.items() if key != "contact" or name})
    return form.value
