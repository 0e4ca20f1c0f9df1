"""The gallery in a real browser under the product's CSP: axe, nothing sideways, and the small scripts."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from gallery import PAGES, ROOT, write
from playwright.async_api import Browser, Page, async_playwright

from saas.kernel.web import security_headers

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
AXE = (ROOT / "tests/look/axe/axe.min.js").read_text("utf-8")
VIEWS = [("zh", "light", 1440), ("en", "dark", 1440), ("en", "light", 900), ("zh", "dark", 390), ("en", "light", 390)]


class Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        for name, value in security_headers(hsts=False).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet: what the browser says is what counts."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("gallery")
    write(folder)
    (folder / "static").symlink_to(ROOT / "static")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@pytest.mark.parametrize(("locale", "theme", "width"), VIEWS)
async def test_axe_and_the_console_find_nothing(
    browser: Browser, address: str, locale: str, theme: str, width: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 900})
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    found: dict[str, Any] = {}
    for name in PAGES:
        await page.goto(f"{address}/{name}.{locale}.{theme}.html")
        await page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        await page.evaluate(AXE)
        broken = await page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        if wider > 0 or broken:
            found[name] = (wider, broken)
    assert found == {}
    assert said == []


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()


async def test_the_voucher_adds_up_while_typing(page: Page, address: str) -> None:
    await page.goto(f"{address}/correction.zh.light.html")
    slip = page.locator("[data-voucher]").first
    await slip.locator("[name=v1_debit]").first.fill("86800.5")
    assert await slip.locator("[data-total=debit]").inner_text() == "98,084.50"
    assert "0.50" in await slip.locator("[data-balance]").inner_text()
    await slip.locator("[name=v1_credit]").last.fill("98,084.5")
    assert "借贷平衡" in await slip.locator("[data-balance]").inner_text()
    await slip.get_by_role("button", name="加一行").click()
    assert await slip.locator("tbody tr").count() == 4
    assert await slip.locator("[name=v1_account]").last.input_value() == ""


async def test_the_theme_changes_at_once(page: Page, address: str) -> None:
    await page.goto(f"{address}/case.zh.light.html")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    before = await page.evaluate(ground)
    await page.get_by_role("button", name="深色界面").click()
    assert await page.evaluate(ground) != before
    assert await page.get_by_role("button", name="浅色界面").is_visible()


async def test_keys_menus_and_dialogs(page: Page, address: str) -> None:
    await page.goto(f"{address}/case.zh.light.html")
    await page.keyboard.press("Control+k")
    assert await page.evaluate("document.activeElement.name") == "q"
    await page.locator(".person-menu summary").click()
    assert await page.get_by_role("button", name="退出登录").is_visible()
    await page.keyboard.press("Escape")
    assert not await page.get_by_role("button", name="退出登录").is_visible()
    await page.get_by_role("button", name="不是异常").click()
    assert await page.get_by_role("dialog").is_visible()


async def test_pages_work_without_scripts(browser: Browser, address: str) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/correction.zh.light.html")
    assert await page.get_by_text("税务影响").first.is_hidden()
    await page.locator(".part-tab").last.click()
    assert await page.get_by_text("税务影响").first.is_visible()
    await page.get_by_role("link", name="更多").click()
    assert await page.get_by_role("link", name="检查清单").is_visible()
    await page.goto(f"{address}/case.zh.light.html")
    await page.get_by_role("button", name="不是异常").click()
    assert await page.get_by_role("dialog").is_visible()


async def test_a_phone_has_targets_of_44_px(browser: Browser, address: str) -> None:
    """Buttons, menu items and fields; links inside running text are exempt (WCAG 2.5.8)."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    small = {}
    for name in ("case", "my_work", "correction", "client", "sign_in"):
        await page.goto(f"{address}/{name}.zh.light.html")
        small[name] = await page.evaluate(
            """() => [...document.querySelectorAll(".button, .icon-button, .bottom-item, .tab, .chip, .input, .choice")]
                .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
                .map(e => e.outerHTML.slice(0, 90))"""
        )
    assert {name: elements for name, elements in small.items() if elements} == {}
