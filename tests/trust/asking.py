"""People before the application: each with a session, answers made comparable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx
from litestar import Litestar

from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.web import csrf_token
from tests.cast import Cast

CSRF = re.compile(r"\b[0-9a-f]{64}\b")
REFERENCE = re.compile(r"\b[0-9a-f]{10}\b")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(slots=True)
class Person:
    """One member (or nobody) with a browser; no cookies are kept between requests but their own."""

    name: str
    http: httpx.AsyncClient
    csrf: str
    cookies: Mapping[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, address: str, fields: Mapping[str, Any] | None = None, files: Any = None, **headers: str
    ) -> httpx.Response:
        """One request, as this person's browser sends it."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {
            **({"cookie": jar} if jar else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if method in ("GET", "HEAD"):
            return await self.http.request(method, address, headers=sent)
        body = {"csrf": self.csrf, **(fields or {})}
        return await self.http.request(method, address, data=body, files=files, headers=sent)


async def people(app: Litestar, cast: Cast, database: Database) -> dict[str, Person]:
    """Everyone of both firms, and nobody."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    http = httpx.AsyncClient(transport=transport, base_url="https://testserver.local", timeout=30)
    secret: bytes = app.state.door.secret
    found = {"nobody": Person("nobody", http, csrf_token(secret, "nobody"), {"__Host-anon": "nobody"})}
    for name, person in cast.persons.items():
        async with database.transaction(tenancy.PLATFORM) as session:
            token = open_session(
                session, person, clock.now(), address="test", browser="test", needs_second_factor=False
            )
        cookies = {"__Host-session": token, "locale": "zh"}
        found[name] = Person(name, http, csrf_token(secret, sha256(token.encode()).hexdigest()), cookies)
    return found


def plain(answer: httpx.Response) -> tuple[int, str, str]:
    """What may not differ between a stranger's id and an unknown one: status, target and body, but for id and token.

    A download is compared by its kind: a workbook carries the moment it was made.
    """
    kind = answer.headers.get("content-type", "")
    text = answer.text if kind.startswith(("text/html", "application/json")) else kind
    body = REFERENCE.sub("REF", IDS.sub("ID", CSRF.sub("CSRF", text)))
    return answer.status_code, IDS.sub("ID", answer.headers.get("location", "")), body
