"""The demo firm's data: complete, consistent, and every client's books can be made."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from saas.demo.books import ERRORS
from saas.demo.books.layouts import LAYOUTS
from saas.demo.tenant import Client, books_of, load, year_before
from saas.kernel.identifiers import mobile, uscc

TENANT = load()
TODAY = date(2026, 11, 21)


def test_one_firm_six_staff_about_forty_clients() -> None:
    assert uscc(TENANT.firm.uscc) == TENANT.firm.uscc
    assert [colleague.role for colleague in TENANT.staff] == [
        "owner",
        "manager",
        "reviewer",
        "bookkeeper",
        "bookkeeper",
        "cashier",
    ]
    assert 38 <= len(TENANT.clients) <= 45


@pytest.mark.parametrize("of", ["name", "short", "name_en", "uscc"])
def test_clients_are_told_apart(of: str) -> None:
    assert max(Counter(getattr(client, of) for client in TENANT.clients).values()) == 1


@pytest.mark.parametrize("client", TENANT.clients, ids=lambda client: client.name_en)
def test_a_client_is_consistent(client: Client) -> None:
    staff = {colleague.name: colleague.role for colleague in TENANT.staff}
    assert uscc(client.uscc) == client.uscc
    assert staff[client.bookkeeper] == "bookkeeper"
    assert staff[client.reviewer] == "reviewer"
    assert client.layout in LAYOUTS
    assert any(contact.may_approve for contact in client.contacts)
    assert all(contact.email.endswith(".example") for contact in client.contacts)
    assert all(mobile(contact.phone) == contact.phone for contact in client.contacts)
    assert client.contract.received_months <= client.contract.months


def test_every_kind_of_error_occurs_and_some_clients_have_none() -> None:
    assert {wrong.kind for client in TENANT.clients for wrong in client.errors} == set(ERRORS)
    assert sum(not client.errors for client in TENANT.clients) >= 4


@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 8), date(2027, 7, 30)], ids=str)
def test_every_client_has_its_books_with_its_errors_whenever_the_demo_starts(today: date) -> None:
    months = year_before(today)
    for client in TENANT.clients:
        made = books_of(client, TENANT.staff, months)
        assert len(made.labels) == len(client.errors)
        assert sorted(label.kind for label in made.labels) == sorted(wrong.kind for wrong in client.errors)
        assert {line["period"] for line in made.lines} == set(months)


def test_the_last_twelve_complete_months() -> None:
    months = year_before(TODAY)
    assert (months[0], months[-1], len(months)) == ("2025-11", "2026-10", 12)
    assert year_before(date(2027, 1, 3))[-1] == "2026-12"
