"""Render the gallery to static HTML: every component in every state, and the pages module authors copy from.

    python tests/look/gallery.py DIRECTORY

A plain Jinja environment with the product's rules (autoescape, StrictUndefined) and its catalogues; no server, no
database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from saas.kernel.i18n import Locale, reading, translate
from saas.kernel.money import Money

ROOT = Path(__file__).parents[2]
PAGES = ("index", "case", "my_work", "import", "correction", "client", "sign_in", "error")
THEMES = ("light", "dark")


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        money=_money, capitals=lambda m: Money(m).capitals, date=str, datetime=str, wh=lambda m: f"{m} min"
    )
    env.globals.update(_=_say, static=lambda path: f"/static/{path}", csrf_token="sample")
    env.globals["ui"] = env.get_template("ui/__init__.html").module
    return env


def render(env: Environment, page: str, locale: Locale, theme: str) -> str:
    with reading(locale):
        return env.get_template(f"gallery/{page}.html").render(sample(page, locale, theme))


def sample(page: str, locale: Locale, theme: str) -> dict[str, Any]:
    """What the kernel's frame gives every page, and t(english, chinese) for sample text."""
    t: Callable[[str, str], str] = lambda en, zh: zh if locale == "zh" else en  # noqa: E731
    firm = SimpleNamespace(
        name="衡溪会计",
        name_in=lambda to: "衡溪会计" if to == "zh" else "Hengxi Accounting",
        subtitle=t("Hangzhou HQ", "杭州总部"),
        kind="live",
        slug="hengxi",
        licence="DLJZ33010620190057",
    )
    actor = SimpleNamespace(
        name=t("Lu Yu’an", "陆予安"),
        initial=t("LY", "陆"),
        roles_label=t("Bookkeeper", "主办会计"),
        theme=theme,
        locale=locale,
    )
    return {
        "t": t,
        "theme": theme,
        "locale": locale,
        "firm": firm,
        "actor": actor,
        "request_path": f"/{page}",
        "at": lambda path: f"/f/hengxi{path}",
        "navigation": _navigation(page, t),
        "notifications": 3,
        "oob": False,
    }


def _navigation(page: str, t: Callable[[str, str], str]) -> list[dict[str, Any]]:
    work, manage = "work", "manage"
    items = [
        ("My work", "我的工作", "layout-list", 14, work, "my_work"),
        ("Clients", "客户", "building", 126, work, ""),
        ("Ledgers", "账簿", "book-2", None, work, "import"),
        ("Anomalies", "异常", "alert-triangle", 37, work, "case correction"),
        ("Notices", "通知", "mail-forward", 5, work, ""),
        ("Refunds", "退费", "receipt-refund", 6, work, ""),
        ("Satisfaction", "满意度", "message-star", None, work, ""),
        ("Dashboards", "看板", "chart-dots", None, manage, "index"),
        ("Training", "培训", "school", 2, manage, ""),
        ("Checklists", "检查清单", "checklist", 3, manage, ""),
        ("Risks", "风险", "shield-half", None, manage, ""),
        ("Improvement", "改进", "refresh-dot", None, manage, ""),
        ("Regulations", "法规", "scale", 1, manage, ""),
        ("Settings", "设置", "settings", None, "settings", ""),
    ]
    return [
        {"label": t(en, zh), "url": "#", "icon": icon, "count": n, "section": section, "active": page in pages.split()}
        for en, zh, icon, n, section, pages in items
    ]


def _say(msgid: str, **params: Any) -> str:
    text = translate(msgid)
    return text % params if params else text


def _money(amount: Money | int | None) -> str:
    """As kernel.pages.money shows it."""
    if amount is None:
        return ""
    value = amount if isinstance(amount, Money) else Money(amount)
    return str(value).replace("-", "−") if value else "—"


def write(directory: Path) -> list[str]:
    """One file per page, language and theme; gives their names."""
    env = environment()
    names = []
    locales: tuple[Locale, ...] = ("zh", "en")
    for page in PAGES:
        for locale in locales:
            for theme in THEMES:
                name = f"{page}.{locale}.{theme}.html"
                (directory / name).write_text(render(env, page, locale, theme), "utf-8")
                names.append(name)
    return names


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("\n".join(write(target)) + "\n")
