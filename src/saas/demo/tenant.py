"""The demo firm as data: tenants/demo/firm.toml and clients.toml, checked for form when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from saas.demo.books import Books, Company, ErrorSpec, Late, books
from saas.demo.books.company import BookStandard, CodeShape, Industry, InvoicesIn, Taxpayer
from saas.kernel.months import month_name, month_number

DATA = Path(__file__).parents[3] / "tenants" / "demo"
SEED = 2026


class Firm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    short: str
    name_en: str
    slug: str
    kind: str
    uscc: str
    licence: str
    address: str
    address_en: str
    phone: str
    email: str
    notice_prefix: str
    mark: str
    language: str
    timezone: str
    hours: list[str]
    password: str


class Colleague(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    name_en: str
    role: str
    title: str
    email: str
    joined: str  # "2021-04"
    rate_yuan: int  # internal cost of an hour


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: str
    email: str
    phone: str
    may_approve: bool
    language: str


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    starts: int  # months from the current one, negative for the past
    months: int
    fee_yuan: int  # a month
    paid_by: str  # year, half or quarter, in advance
    received_months: int


class BookHabits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the client's books look; see saas.demo.books.Company."""

    shareholders: tuple[str, ...]
    revenue_yuan: int
    headcount: int
    bank: str
    second_bank: str = ""
    loan_yuan: int = 0
    density: float = 1.0
    three_words: bool = False
    month_end_dating: bool = False
    code_shape: CodeShape = "4-2-2"
    invoices_in: InvoicesIn = "summary"
    quarterly_rent: bool = False
    taken_over: int = 0  # months before the last month of the books, negative; 0 = kept by us from the start
    predecessor: str = ""


class Wrong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An error to inject; see saas.demo.books.ErrorSpec."""

    kind: str
    month: int | None = None  # -1 is the last month of the books
    amount_yuan: int | None = None
    what: str = ""


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    short: str
    name_en: str
    uscc: str
    taxpayer: Taxpayer
    standard: BookStandard
    industry: Industry
    city: str
    bookkeeper: str
    reviewer: str
    layout: str  # of its export, a key of saas.demo.books.layouts.LAYOUTS
    since: str  # "2023-03"
    contract: Contract
    contacts: list[Contact]
    books: BookHabits
    errors: list[Wrong] = []


class _FirmFile(msgspec.Struct, forbid_unknown_fields=True):
    firm: Firm
    staff: list[Colleague]


class _ClientFile(msgspec.Struct, forbid_unknown_fields=True):
    clients: list[Client]


class Tenant(msgspec.Struct, frozen=True):
    firm: Firm
    staff: list[Colleague]
    clients: list[Client]


def load(folder: Path = DATA) -> Tenant:
    """msgspec.ValidationError, naming the field, when a file is not of this form."""
    firm = msgspec.toml.decode((folder / "firm.toml").read_bytes(), type=_FirmFile)
    clients = msgspec.toml.decode((folder / "clients.toml").read_bytes(), type=_ClientFile)
    return Tenant(firm.firm, firm.staff, clients.clients)


def year_before(today: date, count: int = 12) -> list[str]:
    """The last complete months before `today`, oldest first: "2025-11" … "2026-10" on 2026-11-21."""
    return [month_name(month_number(today) - back) for back in range(count, 0, -1)]


def books_of(
    client: Client,
    staff: list[Colleague],
    months: list[str],
    with_errors: bool = True,
    running: int = 0,
    late: Sequence[Late] = (),
) -> Books:
    """The client's books of these months, with its errors or (the books as they should be) without.

    The last `running` months are not over yet: errors are counted from the month before them.
    """
    errors = [
        ErrorSpec(e.kind, e.month if e.month is None else e.month - running, e.amount_yuan, e.what)
        for e in client.errors
        if with_errors
    ]
    return books(company_of(client, staff, months, running), months, SEED, errors, late)


def company_of(client: Client, staff: list[Colleague], months: list[str], running: int = 0) -> Company:
    habits = msgspec.structs.asdict(client.books)
    taken_over = habits.pop("taken_over")
    others = [c.name for c in staff if c.role == "bookkeeper" and c.name != client.bookkeeper]
    return Company(
        name=client.name,
        uscc=client.uscc,
        industry=client.industry,
        taxpayer=client.taxpayer,
        standard=client.standard,
        preparers=(client.bookkeeper, *others),
        reviewer=client.reviewer,
        journal_ids=client.layout == "english-gl",
        taken_over=months[taken_over - running] if taken_over else "",
        **habits,
    )
