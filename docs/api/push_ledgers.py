"""Push ledgers into Qingzhang and print what was found: one file, Python's standard library only.

    export QINGZHANG_URL=https://books.example.cn QINGZHANG_TOKEN=hengxi1.…
    python push_ledgers.py 91330106MA2CFXXX0X 序时账-2026-10.xlsx

The token needs the scopes clients:read, ledgers:read, ledgers:push, findings:read, and ledgers:store where no person is
to confirm. What a program of yours must do is in `Api`: one key a deed, wait when told to, read the sentence of a
refusal. `is_genuine` is what a receiver of webhooks does with each message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

ATTEMPTS = 5
AT_WORK = ("uploaded", "reading", "storing")
TOLERANCE = 300  # seconds a webhook's time may differ from ours


class Refused(Exception):
    """The answer was a problem: `code` for the program, the text for people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        faults = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in problem.get("errors", []))
        super().__init__(f"{problem['detail']} {faults}".strip())
        self.code, self.status = problem["code"], problem["status"]


class Api:
    """A firm's data behind one token."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def get(self, path: str, **wanted: str) -> Any:
        return self._ask("GET", f"{path}?{urlencode(wanted)}" if wanted else path)

    def every(self, path: str, **wanted: str) -> Iterator[Any]:
        """Each row of a list, portion after portion."""
        while True:
            portion = self.get(path, **wanted)
            yield from portion["items"]
            if portion["next"] is None:
                return
            wanted["after"] = portion["next"]

    def post(self, path: str, body: bytes, kind: str = "application/json") -> Any:
        """A deed. Its key is made once, so that repeating it after a lost answer does nothing twice."""
        return self._ask("POST", path, body, {"content-type": kind, "idempotency-key": str(uuid.uuid4())})

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            asked = Request(f"{self.url}/api/v1{path}", body, method=method)  # noqa: S310 - the address is your own
            for name, value in {**(headers or {}), "authorization": f"Bearer {self.token}"}.items():
                asked.add_header(name, value)
            try:
                with urlopen(asked, timeout=120) as answer:  # noqa: S310
                    return json.load(answer)
            except HTTPError as error:
                problem = json.load(error)
                if error.code not in (429, 500, 502, 503) or attempt == ATTEMPTS:
                    raise Refused(problem) from error
                time.sleep(int(error.headers.get("retry-after", 2**attempt)))
            except URLError:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(2**attempt)
        raise AssertionError("unreachable")


def client_of(api: Api, uscc: str) -> str:
    """The client with this unified social credit code."""
    found = api.get("/clients", uscc=uscc)["items"]
    if not found:
        raise SystemExit(f"no client has the code {uscc}")
    return str(found[0]["id"])


def push(api: Api, client_id: str, file: Path) -> dict[str, Any]:
    """Push one file and wait until it is read."""
    path = f"/clients/{client_id}/imports?file_name={quote(file.name)}"
    return settled(api, api.post(path, file.read_bytes(), "application/octet-stream"))


def store(api: Api, imported: dict[str, Any]) -> dict[str, Any]:
    """Store what was read, if the token may; a person can do it in the product as well."""
    said = {"posted": imported["posted"] or "posted"}
    return settled(api, api.post(f"/imports/{imported['id']}/store", json.dumps(said).encode()))


def settled(api: Api, imported: dict[str, Any]) -> dict[str, Any]:
    """The import once no worker is at it. A webhook spares you the asking."""
    while imported["state"] in AT_WORK:
        time.sleep(0.5)
        imported = api.get(f"/imports/{imported['id']}")
    return imported


def is_genuine(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether a webhook is Qingzhang's and new. `header` is Qingzhang-Signature, `body` the bytes as received."""
    said = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not said.get("t", "").isdigit() or abs(now - int(said["t"])) > TOLERANCE:
        return False
    expected = hmac.new(secret.encode(), f"{said['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, said.get("v1", ""))


def main(uscc: str, *files: str) -> None:
    api = Api(os.environ["QINGZHANG_URL"], os.environ["QINGZHANG_TOKEN"])
    client_id = client_of(api, uscc)
    may_store = "ledgers:store" in api.get("/token")["scopes"]
    for name in files:
        imported = push(api, client_id, Path(name))
        print(name, imported["state_label"], imported["reason"])
        for reject in imported["rejects"]:
            print(f"  row {reject['row']}: {reject['reason']}")
        if may_store and imported["state"] == "previewed":
            print(name, store(api, imported)["state_label"])
    for finding in api.every("/findings", client_id=client_id, state="open"):
        print(f"{finding['severity']:<8} {finding['rule']} {finding['message']}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refused as refusal:
        sys.exit(str(refusal))
