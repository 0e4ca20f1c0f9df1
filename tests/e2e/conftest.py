"""The whole product as a stranger starts it, and people in front of real browsers.

Journeys act only through pages. Mails are read in the product's own mailbox page.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from saas.kernel import clock

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "correct horse battery staple"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
AXE = ROOT / "tests" / "look" / "axe" / "axe.min.js"

SEEN = ROOT / "var" / "test" / "journeys"
FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `saas up --no-demo` in an empty folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("product")
    environment = {k: v for k, v in os.environ.items() if k == clock.AHEAD or not k.startswith("SAAS_")}
    environment |= {"SAAS_DATA_DIR": str(folder), "SAAS_PUBLIC_URL": f"http://localhost:{port}"}
    log = (folder / "up.log").open("w")
    command = [str(Path(sys.executable).parent / "saas"), "up", "--no-demo", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
    address = f"http://localhost:{port}"
    try:
        _await(address, process, folder / "up.log")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
    raise AssertionError(f"the product did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    address: str
    name: str = ""
    email: str = ""
    firm: str = ""  # the slug they work in

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def inside(self, path: str) -> None:
        """A page of their firm."""
        self.open(f"/f/{self.firm}{path}")

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.locator("[name=email]").fill(self.email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main").get_by_role("button").first.click()
        self.page.wait_for_url(re.compile(r"/f/|/firms"))

    def press(self, name: str) -> None:
        """The button (or link that looks like one) with these words."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()

    def fill(self, **fields: str) -> None:
        """Fields by their names; the visible one where a page has several."""
        for name, value in fields.items():
            self.page.locator(f"[name='{name}']:visible").first.fill(value)

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def mail(self, subject: str = "", to: str = "") -> None:
        """Open the newest mail to this address (else one's own) whose subject contains these words."""
        to = to or self.email
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            self.open(f"/mailbox?to={to}")
            found = self.page.locator("main td a", has_text=subject)
            if found.count():
                found.first.click()
                self.page.wait_for_url(re.compile(r"/mailbox/"))
                return
        raise AssertionError(f"no mail “{subject}” to {to}")

    def follow_mail(self) -> None:
        """Go where the one button of the mail that is open leads, out of the mailbox.

        Its address is opened, the button not clicked: a click into a frame that was not painted yet is lost.
        """
        button = self.page.frame_locator("iframe.mail-frame").get_by_role("link").first
        expect(button).to_be_visible()
        self.page.goto(button.evaluate("link => link.href"))

    def is_accessible(self) -> None:
        """axe finds no violation on the page as it stands."""
        found = self.page.evaluate(f"async () => {{ {AXE.read_text()}; return (await axe.run()).violations }}")
        assert [(v["id"], [n["target"] for n in v["nodes"][:3]]) for v in found] == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Lets the fixture below know that a journey failed."""
    outcome = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or outcome.get_result().failed  # type: ignore[attr-defined]


@pytest.fixture
def person(product: str, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[type[Person]]:
    """`person(name, …)` makes somebody with an address of their own and an empty browser.

    When the journey fails, what each of them saw last is kept under var/test/journeys.
    """
    contexts = []

    def make(name: str = "", *, email: str = "", phone: bool = False, locale: str = "zh-CN") -> Person:
        context = chromium.new_context(viewport=PHONE if phone else DESKTOP, locale=locale)
        contexts.append(context)
        address = email or f"{uuid4().hex[:10]}@example.com"
        return Person(context.new_page(), product, name, address)

    yield make  # type: ignore[misc]
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            context.pages[0].screenshot(path=SEEN / f"{request.node.name}-{number}.png", full_page=True)
        context.close()
