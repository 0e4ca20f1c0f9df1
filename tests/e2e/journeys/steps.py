"""The steps that journeys share: forms, dialogs, an import, a case."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import expect

from saas.kernel.clock import today as today
from tests.e2e.conftest import Person


def refused(stranger: Person, path: str) -> None:
    """Otto gets the page of an address that does not exist."""
    stranger.open(path)
    expect(stranger.page.locator("main")).to_contain_text("404")


def path_of(person: Person) -> str:
    return "/" + person.page.url.split("://", 1)[1].split("/", 1)[1]


def submit(person: Person, action: str) -> None:
    """The form that posts there: its last button."""
    person.page.locator(f"form[action$='{action}'] button:visible").last.click()
    person.page.wait_for_load_state()


def deed(person: Person, action: str, /, **fields: str) -> None:
    """Open the dialog of a case's action, fill it in and press its button."""
    person.page.locator(f"button[commandfor='{action}']").first.click()
    dialog = person.page.locator(f"dialog#{action}")
    for name, value in fields.items():
        field = dialog.locator(f"[name='{name}']")
        if field.first.get_attribute("type") == "checkbox":
            field.check()
        elif field.first.get_attribute("type") == "radio":
            dialog.locator(f"[name='{name}'][value='{value}']").check(force=True)
        elif field.first.evaluate("f => f.tagName") == "SELECT":
            field.select_option(value=value) if value else field.select_option(index=1)
        else:
            field.fill(value)
    dialog.locator("form:not([method=dialog]) button").last.click()
    person.page.wait_for_load_state()


def state(person: Person, words: str) -> None:
    expect(person.page.locator(".next-step, .page-head").first).to_contain_text(words)


def import_ledger(person: Person, client: str, file: Path, stored: str = "已存储") -> None:
    """Drop the file, see what is in it, say that it is posted, store it."""
    person.open(f"{client}/ledgers")
    person.page.set_input_files("[name=file]", file)
    submit(person, "/ledgers")
    store = person.page.locator("form[action$='/store']")
    expect(store).to_be_visible(timeout=60_000)
    store.locator("[name=posted][value=posted]").check(force=True)
    submit(person, "/store")
    expect(person.page.locator("body")).to_contain_text(stored, timeout=60_000)


def open_case(person: Person, button: str = "立案") -> str:
    """Every finding there is, as one case; its path."""
    deadline = time.monotonic() + 60
    person.inside("/findings")
    while not person.page.locator("[name=finding]").count():  # the rules run behind the import
        assert time.monotonic() < deadline, "no finding"
        person.page.reload()
    for box in person.page.locator("[name=finding]").all():
        box.check()
    person.page.get_by_role("button", name=button).click()
    person.page.wait_for_url(re.compile(r"/cases/"))
    return path_of(person)
