"""People of the demo use the product as everybody does: by its pages, through the application itself, in this process.

Each request runs in a context of its own, which inherits the replayed time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from http.cookies import SimpleCookie
from typing import Any

import httpx

from saas.kernel.web import DoorSettings, csrf_token

ORIGIN = "https://demo.localhost"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) MicroMessenger/8.0.50"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/139.0"
PATIENCE = 120  # seconds; nothing goes over a network
FINAL_DOORS = ("/confirm-it-is-you", "/sign-in", "/account/second-factor")  # answers 303 that mean no

Files = Sequence[tuple[str, tuple[str, bytes, str]]]  # field, (name, content, media type)


class StepRefused(Exception):
    """The page said no. `reason` is what it said."""

    def __init__(self, path: str, status: int, reason: str) -> None:
        super().__init__(f"{path}: {status} {reason}")
        self.reason = f"{status} {path}: {reason}"


@dataclass(slots=True)
class Browser:
    """One person's browser: its cookies, and the door's secret for the field that forms carry."""

    app: Any  # the ASGI application
    door: DoorSettings
    session: str = ""  # the session cookie's value; "" for people without an account
    agent: str = DESK
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {self.door.session_cookie: self.session} if self.session else {}
        self.cookies |= {f"{self.door.cookie_prefix}anon": "demo", **own}

    async def get(self, path: str) -> httpx.Response:
        """The page, or StepRefused."""
        return await self._ask("GET", path)

    async def post(
        self, path: str, fields: Mapping[str, Any] | None = None, files: Files = (), *, answers: bool = False
    ) -> str:
        """Send a form; the address it leads to, "" where it `answers` with a page. StepRefused when not taken."""
        anchor = sha256(self.session.encode()).hexdigest() if self.session else "demo"
        data = {"csrf": csrf_token(self.door.secret, anchor), **(fields or {})}
        answer = await self._ask("POST", path, shown=answers, data=data, files=list(files) or None)
        return str(answer.headers.get("location", "")).removeprefix(ORIGIN)

    async def _ask(self, method: str, path: str, *, shown: bool = False, **body: Any) -> httpx.Response:
        answer = await asyncio.create_task(self._send(method, path, body))
        for header in answer.headers.get_list("set-cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        leads_to = answer.headers.get("location", "")
        shown = shown or method == "GET" or answer.status_code == 204
        done = answer.status_code < 400 and (shown or answer.is_redirect)
        if not done or leads_to.startswith(FINAL_DOORS):
            raise StepRefused(path, answer.status_code, leads_to or _words(answer.text))
        return answer

    async def _send(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "user-agent": self.agent}
        door = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=door, base_url=ORIGIN, headers=headers, timeout=PATIENCE) as client:
            return await client.request(method, path, **body)


def _words(page: str) -> str:
    """What a page says about a refusal: its field errors and alerts, else the beginning of its text."""
    fields = [f"{name}: {said}" for name, said in re.findall(r'(?s)id="([^"]*)-error">.*?<span>(.*?)</span>', page)]
    alerts = re.findall(r'(?s)role="alert"[^>]*>(.{0,600})', page)
    body = re.sub(r"(?s)<head.*?</head>|<aside.*?</aside>|<header.*?</header>", "", page)
    text = re.sub(r"(?s)<[^>]*>|<[^>]*$", " ", " ".join([*fields, *alerts]) or body)
    return " ".join(unescape(text).split())[:600]
