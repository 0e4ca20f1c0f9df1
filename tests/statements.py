"""How many statements a page sends: what speed comes down to, without a clock that a busy machine would upset."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from httpx import Response
from litestar import Litestar
from sqlalchemy import event


async def count_statements(app: Litestar, ask: Callable[[], Awaitable[Response]]) -> int:
    """The statements of one request, once everything is warm; the answer must be 200."""
    await ask()
    sent: list[str] = []
    engine = app.state.database.engine.sync_engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert (await ask()).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
