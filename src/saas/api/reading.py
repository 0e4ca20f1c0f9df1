"""What a token may read: clients, findings, cases, letters, filings. Lists come in portions, the newest first."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from saas.api import queries, shapes
from saas.api.entrance import pass_of
from saas.api.scopes import TOKEN
from saas.cases import queries as cases
from saas.cases.models import Case
from saas.checks import queries as checks
from saas.checks.models import FoundAnomaly
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings import queries as filings
from saas.filings.models import RegisteredFiling
from saas.kernel import clock
from saas.kernel.pages import Db, Req
from saas.notices import queries as notices
from saas.notices.models import Notice

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=200, description="Rows in a portion.")]
After: TypeAlias = Annotated[
    UUID | None, QueryParameter(description="`next` of the portion before; without it the newest rows.")
]
ClientId: TypeAlias = Annotated[UUID | None, QueryParameter(description="Only of this client.")]
InState: TypeAlias = Annotated[str | None, QueryParameter(name="state", description="Only in this state.")]
InFindingState: TypeAlias = Annotated[
    Literal["open", "confirmed", "dismissed", "excepted", "cured"] | None,
    QueryParameter(name="state", description="Only in this state."),
]


@get("/token", opt={"permission": TOKEN}, tags=["Token"])
async def whoami(request: Req) -> shapes.TokenOut:
    """The token itself: for whom it speaks, what it may do and until when."""
    found = pass_of(request)
    token = found.use.token
    return shapes.TokenOut(token.name, found.firm.name, token.scopes, token.per_minute, token.expires_at)


@get("/clients", opt={"permission": "clients.read", "scope": "clients:read"}, tags=["Clients"])
async def list_clients(
    session: Db, uscc: FromQuery[str | None] = None, number: FromQuery[str | None] = None, after: After = None,
    limit: Limit = 50,
) -> shapes.ClientPage:  # fmt: skip
    """The firm's clients; with `uscc` or `number` the one that has it. Merged ones are left out."""
    wanted = queries.equal((Client.uscc, uscc), (Client.number, number))
    rows, more = await queries.portion(session, Client, [Client.merged_into_id.is_(None), *wanted], after, limit)
    return shapes.ClientPage([shapes.ClientOut.of(row) for row in rows], more)


@get("/clients/{client_id:uuid}", opt={"permission": "clients.read", "scope": "clients:read"}, tags=["Clients"])
async def read_client(session: Db, client_id: FromPath[UUID]) -> shapes.ClientOut:
    """One client."""
    return shapes.ClientOut.of(await clients.client(session, client_id))


@get("/findings", opt={"permission": "checks.read", "scope": "findings:read"}, tags=["Findings"])
async def list_findings(
    session: Db, client_id: ClientId = None, in_state: InFindingState = None,
    severity: FromQuery[shapes.Severity | None] = None, rule: FromQuery[str | None] = None, after: After = None,
    limit: Limit = 50,
) -> shapes.FindingPage:  # fmt: skip
    """What the rules found in the books."""
    table = FoundAnomaly
    wanted = queries.equal(
        (table.client_id, client_id), (table.state, in_state), (table.severity, severity), (table.rule, rule)
    )
    rows, more = await queries.portion(session, table, wanted, after, limit)
    return shapes.FindingPage([shapes.FindingOut.of(row) for row in rows], more)


@get("/findings/{finding_id:uuid}", opt={"permission": "checks.read", "scope": "findings:read"}, tags=["Findings"])
async def read_finding(session: Db, finding_id: FromPath[UUID]) -> shapes.FindingOut:
    """One finding."""
    return shapes.FindingOut.of(await checks.finding(session, finding_id))


@get("/cases", opt={"permission": "cases.read", "scope": "cases:read"}, tags=["Cases"])
async def list_cases(
    session: Db, client_id: ClientId = None, in_state: InState = None,
    number: FromQuery[str | None] = None, after: After = None, limit: Limit = 50,
) -> shapes.CasePage:  # fmt: skip
    """Anomaly cases."""
    wanted = queries.equal((Case.client_id, client_id), (Case.state, in_state), (Case.number, number))
    rows, more = await queries.portion(session, Case, wanted, after, limit)
    return shapes.CasePage([shapes.CaseOut.of(row) for row in rows], more)


@get("/cases/{case_id:uuid}", opt={"permission": "cases.read", "scope": "cases:read"}, tags=["Cases"])
async def read_case(session: Db, case_id: FromPath[UUID]) -> shapes.CaseOut:
    """One case."""
    return shapes.CaseOut.of(await cases.case(session, case_id))


@get("/notices", opt={"permission": "notices.read", "scope": "notices:read"}, tags=["Notices"])
async def list_notices(
    session: Db, client_id: ClientId = None, in_state: InState = None,
    subject_id: FromQuery[UUID | None] = None, after: After = None, limit: Limit = 50,
) -> shapes.NoticePage:  # fmt: skip
    """Letters to clients: where each stands, not what it says."""
    wanted = queries.equal((Notice.client_id, client_id), (Notice.state, in_state), (Notice.subject_id, subject_id))
    rows, more = await queries.portion(session, Notice, wanted, after, limit)
    return shapes.NoticePage([shapes.NoticeOut.of(row) for row in rows], more)


@get("/notices/{notice_id:uuid}", opt={"permission": "notices.read", "scope": "notices:read"}, tags=["Notices"])
async def read_notice(session: Db, notice_id: FromPath[UUID]) -> shapes.NoticeDetail:
    """One letter with its deliveries, without anybody's address."""
    row = await notices.notice(session, notice_id)
    tried = (await notices.deliveries(session, [row.id]))[row.id]
    return shapes.NoticeDetail(shapes.NoticeOut.of(row), [shapes.DeliveryOut.of(one) for one in tried])


@get("/filings", opt={"permission": "filings.read", "scope": "filings:read"}, tags=["Filings"])
async def list_filings(
    session: Db, client_id: ClientId = None, period: FromQuery[str | None] = None, code: FromQuery[str | None] = None,
    after: After = None, limit: Limit = 50,
) -> shapes.FilingPage:  # fmt: skip
    """Returns of the register: what is due, filed and accepted."""
    table, today = RegisteredFiling, clock.today()
    wanted = queries.equal((table.client_id, client_id), (table.period, period), (table.code, code))
    rows, more = await queries.portion(session, table, wanted, after, limit)
    return shapes.FilingPage([shapes.FilingOut.of(row, today) for row in rows], more)


@get("/filings/{filing_id:uuid}", opt={"permission": "filings.read", "scope": "filings:read"}, tags=["Filings"])
async def read_filing(session: Db, filing_id: FromPath[UUID]) -> shapes.FilingOut:
    """One return."""
    return shapes.FilingOut.of(await filings.filing(session, filing_id), clock.today())


ROUTES = [whoami, list_clients, read_client, list_findings, read_finding, list_cases, read_case, list_notices,
          read_notice, list_filings, read_filing]  # fmt: skip
