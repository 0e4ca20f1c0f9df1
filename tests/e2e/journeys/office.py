"""What people of a journey do again and again: found a firm, join it, set up the second factor."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import expect

from saas.kernel import clock
from tests.e2e.conftest import PASSWORD, Person


def found_firm(owner: Person, firm: str) -> None:
    """Sign up, confirm the address, arrive on the start page."""
    owner.open("/sign-up")
    owner.fill(firm_name=firm, person_name=owner.name, email=owner.email, password=PASSWORD)
    owner.page.locator("main form button").last.click()
    owner.mail()
    owner.follow_mail()
    confirm = owner.page.locator("main form button")
    if confirm.count():
        confirm.last.click()
    owner.page.wait_for_url(re.compile(r"/f/[^/]+/start"))
    owner.firm = owner.page.url.split("/f/")[1].split("/")[0]


def write_letterhead(owner: Person) -> None:
    """What every letter of the firm has to carry."""
    owner.inside("/settings")
    owner.fill(licence_number="DLJZ33010620190057", address="杭州市西湖区文三路 18 号", phone="0571-55500188")
    owner.fill(head_name=owner.name)
    owner.page.locator("form:has([name=licence_number]) button:visible").last.click()
    owner.page.wait_for_load_state()


def invite(owner: Person, person: Person, *roles: str) -> None:
    """The owner asks somebody to join; they follow the mail and choose a password."""
    owner.inside("/settings/people")
    owner.fill(name=person.name, email=person.email)
    for box in owner.page.locator("[name=roles]").all():
        box.set_checked(box.get_attribute("value") in roles)
    owner.page.locator("form[action$='/people/invite'] button").last.click()
    owner.sees(person.email)
    person.mail()
    person.follow_mail()
    person.fill(name=person.name, password=PASSWORD)
    person.page.locator("main form button").last.click()
    person.page.wait_for_url(re.compile(r"/f/"))
    person.firm = owner.firm


def set_up_second_factor(person: Person) -> None:
    """Enrol an authenticator app, as approvers have to."""
    person.open("/account/second-factor")
    person.page.locator("form[action$='/begin'] button").click()
    secret = re.search(r"(?:[A-Z2-7]{4}\s?){6,}", person.page.locator("main").inner_text())
    assert secret is not None
    person.fill(code=pyotp.TOTP("".join(secret[0].split())).at(clock.now()))
    person.page.locator("form[action$='/confirm'] button").click()
    expect(person.page.locator("ul.codes li")).to_have_count(10)
