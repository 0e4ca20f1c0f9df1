"""The pictures of docs/screens, taken of the demo firm: `.venv/bin/python -m tests.e2e.screens http://localhost:8000`.

Needs the product with its demo firm (`saas up`); in Chinese, 1440 pixels wide, as people see it.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import DESKTOP, FLAGS, PHONE, ROOT

FOLDER = ROOT / "docs" / "screens"
FIRM, PASSWORD = "/f/hengxi", "green tea and ledgers"
TALL = {"width": 1440, "height": 1500}  # tiles and the first charts
BOOKKEEPER, MANAGER = "yuan@hengxi.example", "mingyuan@hengxi.example"
PAGES = {"my-work": "/work", "cases": "/cases", "findings": "/findings", "notices": "/notices", "clients": "/clients"}
BOARDS = {
    "insights": "/insights",
    **{f"insights-{key}": f"/insights/boards/{key}" for key in (
        "anomalies", "notices", "refunds", "satisfaction", "learning", "risk", "quality", "trade", "charter")},
    "insights-figure": "/insights/measures/sla_hit",
    "insights-targets": "/insights/targets",
    "insights-alerts": "/insights/alerts",
}  # fmt: skip


def main(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        keeper = _signed_in(chromium, address, BOOKKEEPER)
        for name, path in PAGES.items():
            _take(keeper, address + FIRM + path, name)
        _take_case(chromium, keeper, address)
        manager = _signed_in(chromium, address, MANAGER)
        for name, path in BOARDS.items():
            _take(manager, address + FIRM + path, name, tall=True)
        _take_refund(manager, address)
        _take(_signed_in(chromium, address, MANAGER, dark=True), f"{address}{FIRM}/insights", "insights-dark")
        _take_letter(chromium.new_context(viewport=PHONE, locale="zh-CN").new_page(), address)
        chromium.close()


def _signed_in(chromium: Browser, address: str, email: str, *, dark: bool = False) -> Page:
    scheme = "dark" if dark else "light"
    page = chromium.new_context(
        viewport=DESKTOP, color_scheme=scheme, locale="zh-CN", reduced_motion="reduce"
    ).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(r"/f/|/firms"))
    return page


def _take(page: Page, url: str, name: str, *, tall: bool = False) -> None:
    page.set_viewport_size(TALL if tall else DESKTOP)
    page.goto(url, wait_until="networkidle")  # nothing moves: reduced motion
    _keep(page, name)
    sys.stdout.write(f"{name}: {page.title()}\n")


def _keep(page: Page, name: str) -> None:
    """In 256 colours, which is all that these pages need: a third of the bytes."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


def _take_case(chromium: Browser, page: Page, address: str) -> None:
    """The first case by day and by night, and the first correction there is."""
    page.goto(f"{address}{FIRM}/cases")
    cases = [link.get_attribute("href") or "" for link in page.locator("main td a[href*='/cases/']").all()]
    _take(page, address + cases[0], "case")
    dark = _signed_in(chromium, address, BOOKKEEPER, dark=True)
    _take(dark, f"{address}{FIRM}/work", "my-work-dark")
    _take(dark, address + cases[0], "case-dark")
    for case in cases:
        page.goto(f"{address}{case}/adjustment")
        if page.locator(".three-parts").count():
            _keep(page, "correction")
            return


def _take_refund(page: Page, address: str) -> None:
    """The board, and the refund whose offer the client disputes: every part of the page is there."""
    _take(page, f"{address}{FIRM}/refunds/board", "refund-board")
    disputed = page.locator(".board-card", has_text="有争议").first.locator("a").first.get_attribute("href") or ""
    _take(page, address + disputed, "refund")


def _take_letter(page: Page, address: str) -> None:
    """What a client sees on a phone, by the link of a mail."""
    page.goto(f"{address}/mailbox")
    page.locator("main td a", has_text=re.compile("调字|账目调整通知")).first.click()
    page.wait_for_url(re.compile(r"/mailbox/"))
    page.goto(page.frame_locator("iframe.mail-frame").get_by_role("link").first.evaluate("link => link.href"))
    _keep(page, "client")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
