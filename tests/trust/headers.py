"""What every answer carries, whatever its status: the headers and cookie flags of trust.md §4 and §6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx


def faults(answer: httpx.Response) -> Iterator[str]:
    """What an answer lacks."""
    headers = answer.headers
    written = headers.get("content-security-policy", "")
    policy = dict(part.strip().partition(" ")[::2] for part in written.split(";"))
    if "sandbox" not in policy:  # what runs nothing needs no more
        yield from _open_doors(policy, written)
    if policy.get("frame-ancestors", "'none'") not in ("'none'", "'self'"):
        yield "may be framed"
    if headers.get("x-content-type-options") != "nosniff":
        yield "no nosniff"
    if headers.get("referrer-policy") not in ("same-origin", "no-referrer"):
        yield "no Referrer-Policy"
    if "no-store" not in headers.get("cache-control", ""):
        yield f"may be kept: {headers.get('cache-control')}"
    if "attachment" in headers.get("content-disposition", "") and "sandbox" not in policy:
        yield "a download outside a sandbox"
    yield from (fault for cookie in headers.get_list("set-cookie") for fault in _of_cookie(cookie))


def _open_doors(policy: Mapping[str, str], written: str) -> Iterator[str]:
    if policy.get("default-src") != "'none'":
        yield "no CSP that forbids by default"
    if "unsafe" in written:
        yield "unsafe CSP"
    if (policy.get("object-src"), policy.get("base-uri")) != ("'none'", "'none'"):
        yield "objects or a base address are allowed"


def _of_cookie(cookie: str) -> Iterator[str]:
    if not cookie.startswith(("__Host-", "locale=", "theme=")):
        yield f"a cookie without __Host-: {cookie.partition('=')[0]}"
    if not all(flag in cookie.lower() for flag in ("secure", "httponly", "samesite=lax", "path=/")):
        yield f"a cookie without its flags: {cookie}"
