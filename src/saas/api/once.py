"""Idempotency keys: what a program sends twice happens once, and it gets the same answer.

The key is written in the transaction of the deed. A second request with it waits for that transaction and then finds
the answer; if the deed was refused nothing was kept, and the request may be sent again once it is put right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Response
from litestar.params import HeaderParameter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api import queries
from saas.api.entrance import pass_of
from saas.api.models import ApiAnswer
from saas.kernel import clock, tenancy
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Req

KEY = "idempotency-key"
Key: TypeAlias = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[!-~]+$",
        description="A text of your own, new for each deed: the same key with the same request gets the same answer.",
    ),
]
REPLAYED = {"idempotent-replayed": "true"}


async def once(
    request: Req, session: AsyncSession, key: str, deed: Callable[[], Awaitable[tuple[int, Any]]]
) -> Response[Any]:
    """Do the deed, or give the answer it got before. Invalid when the key was used for another request."""
    token, digest = pass_of(request).use.token, await _digest(request)
    row_id = uuid7()
    values = {"firm_id": tenancy.current_firm_id(), "id": row_id, "token_id": token.id, "key": key}
    begun = insert(ApiAnswer).values(**values, request_sha256=digest, status=0, body="", at=clock.now())
    begun = begun.on_conflict_do_nothing(index_elements=["firm_id", "token_id", "key"])
    mine = (await session.execute(begun.returning(ApiAnswer.id))).scalar_one_or_none()
    answer = await queries.answer(session, token.id, key)
    if mine is not None:
        answer.status, content = await deed()
        answer.body = msgspec.json.encode(content).decode()
        return _sent(answer, {})
    if answer.request_sha256 != digest:
        raise Invalid(_("This idempotency key was used for another request. Take a new key for each deed."))
    return _sent(answer, REPLAYED)


def _sent(answer: ApiAnswer, headers: dict[str, str]) -> Response[Any]:
    return Response(answer.body.encode(), media_type="application/json", status_code=answer.status, headers=headers)


async def _digest(request: Req) -> str:
    """Of what was asked: method, address with its parameters, and body."""
    asked = sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    asked.update(await request.body())
    return asked.hexdigest()
