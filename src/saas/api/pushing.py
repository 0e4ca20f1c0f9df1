"""Ledgers from other programs: pushed as by hand, looked at, and stored by a yes that the scope may give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, JSONBody, QueryParameter

from saas.api import queries, shapes
from saas.api.once import Key, once
from saas.api.reading import After, ClientId, InState, Limit
from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.perform import perform
from saas.ledgers import queries as ledgers
from saas.ledgers.forms import Store
from saas.ledgers.intake import receive
from saas.ledgers.models import Import
from saas.ledgers.workflow import IMPORT

BINARY = "application/octet-stream"


@dataclass
class TakesFile(Operation):
    """An operation whose body is the bytes of one file."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            description="The file itself: XLSX, XLS, CSV or tab separated text, at most 60 MB.",
            content={BINARY: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))},
        )


@post(
    "/clients/{client_id:uuid}/imports",
    opt={"permission": "ledgers.import", "scope": "ledgers:push"},
    tags=["Imports"],
    operation_class=TakesFile,
    status_code=201,
    responses={201: ResponseSpec(shapes.ImportOut, description="Taken; a worker reads it now.")},
)
async def push(
    request: Req, session: Db, client_id: FromPath[UUID], idempotency_key: Key,
    file_name: Annotated[str, QueryParameter(min_length=1, max_length=160, description="With its ending: 序时账.xlsx")],
) -> Response[Any]:  # fmt: skip
    """Push a ledger of one client. The checks are those of an upload by hand; ask the import how far it is."""
    client = await clients.client(session, client_id)
    content = await request.body()

    async def deed() -> tuple[int, shapes.ImportOut]:
        imported = await receive(session, client, file_name, content, actor_of(request), clock.now())
        return 201, shapes.ImportOut.of(imported)

    return await once(request, session, idempotency_key, deed)


@get("/imports", opt={"permission": "ledgers.read", "scope": "ledgers:read"}, tags=["Imports"])
async def list_imports(
    session: Db, client_id: ClientId = None, in_state: InState = None, after: After = None,
    limit: Limit = 50,
) -> shapes.ImportPage:  # fmt: skip
    """Imports of ledgers, pushed or uploaded by hand."""
    wanted = queries.equal((Import.client_id, client_id), (Import.state, in_state))
    rows, more = await queries.portion(session, Import, wanted, after, limit)
    return shapes.ImportPage([shapes.ImportOut.of(row) for row in rows], more)


@get("/imports/{import_id:uuid}", opt={"permission": "ledgers.read", "scope": "ledgers:read"}, tags=["Imports"])
async def read_import(session: Db, import_id: FromPath[UUID]) -> shapes.ImportOut:
    """How far one import is, which rows were refused and why."""
    return shapes.ImportOut.of(await ledgers.imported(session, import_id))


@post(
    "/imports/{import_id:uuid}/store",
    opt={"permission": "ledgers.import", "scope": "ledgers:store"},
    tags=["Imports"],
    status_code=200,
    responses={200: ResponseSpec(shapes.ImportOut, description="The yes is taken; a worker stores the lines now.")},
)
async def store(
    request: Req, session: Db, import_id: FromPath[UUID], idempotency_key: Key, data: JSONBody[shapes.Storing]
) -> Response[Any]:
    """Store a previewed import: the yes that a person gives on its page, refused by the same rules."""
    given = Store(data.posted, data.accept_other_company, data.accept_unbalanced)

    async def deed() -> tuple[int, shapes.ImportOut]:
        imported = await perform(session, IMPORT, import_id, "store", actor_of(request), given)
        return 200, shapes.ImportOut.of(imported)

    return await once(request, session, idempotency_key, deed)


ROUTES = [push, list_imports, read_import, store]
