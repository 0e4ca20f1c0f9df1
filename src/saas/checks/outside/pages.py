"""A client's statements and invoice lists: what was imported, and each bank account's reconciliation (调节表)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.outside import intake, supplied
from saas.checks.outside.forms import Pair, Unpair, Upload
from saas.checks.outside.outside_models import OutsideFile
from saas.checks.outside.reconciling import reconcile
from saas.checks.outside.statement_view import Sheet, sheet
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Invalid, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.ledgers.frame import Ledger
from saas.ledgers.store import books_of

LARGEST = 20 * 1024 * 1024
CLIENT = "/f/{slug:str}/clients/{client_id:uuid}"
KINDS: dict[str, Text] = {
    "bank": _("Bank statement"),
    "in": _("Invoices received"),
    "out": _("Invoices issued"),
}


@get(f"{CLIENT}/statements", opt={"permission": "checks.read"})
async def index(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    """Every file that counts, and the way in for the next one."""
    return await _index(request, session, await clients.client(session, client_id), Submitted({"kind": "bank"}))


@post(f"{CLIENT}/statements", opt={"permission": "checks.work"}, status_code=200)
async def upload(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await clients.client(session, client_id)
    form = await submitted(request, Upload)
    file = (await request.form()).get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    if not content:
        form.refuse("file", _("Choose a file: XLSX, XLS or CSV."))
    elif len(content) > LARGEST:
        form.refuse("file", _("The file is larger than %(n)s MB.", n=LARGEST >> 20))
    if (
        form.ok
        and form.taken.kind == "bank"
        and form.taken.account not in dict(_accounts(await books_of(session, client)))
    ):
        form.refuse("account", _("Choose the bank account of the ledger that this statement belongs to."))
    if not form.ok:
        return await _index(request, session, client, form, 422)
    form.taken.file_name = str(getattr(file, "filename", "") or "")[:200]
    try:
        async with session.begin_nested():
            made = await intake.take_in(session, client, actor_of(request), form.taken, content, clock.now())
    except Invalid as refusal:
        form.refuse("file", refusal.reason)
        return await _index(request, session, client, form, 422)
    where = f"/reconciliation?account={made.account}" if made.kind == "bank" else "/statements"
    return to(f"/clients/{client.id}{where}", request)


@post(f"{CLIENT}/statements/{{file_id:uuid}}/undo", opt={"permission": "checks.work"})
async def undo(request: Req, session: Db, client_id: FromPath[UUID], file_id: FromPath[UUID]) -> Response[Any]:
    client = await clients.client(session, client_id)
    await intake.undo(session, client, actor_of(request), file_id, clock.now())
    return to(f"/clients/{client.id}/statements", request)


@get(f"{CLIENT}/reconciliation", opt={"permission": "checks.read"})
async def reconciliation(
    request: Req, session: Db, client_id: FromPath[UUID], account: FromQuery[str] = ""
) -> Response[str]:
    """What agrees, what does not, and how both balances come together."""
    return await _reconciliation(request, session, await clients.client(session, client_id), account)


@post(f"{CLIENT}/reconciliation/pair", opt={"permission": "checks.work"}, status_code=200)
async def pair(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await clients.client(session, client_id)
    form = await submitted(request, Pair)
    if not form.ok:
        account = str(form.raw.get("account", ""))
        return await _reconciliation(request, session, client, account, _("Choose a line on both sides."), 422)
    shown = await _sheet(session, client, form.taken.account)
    known = (
        {item.key for item in (*shown.result.matching.bank, *shown.result.matching.books)} if shown.result else set()
    )
    try:
        async with session.begin_nested():
            await intake.pair(session, client, actor_of(request), form.taken, known, clock.now())
    except Refusal as refusal:
        return await _reconciliation(request, session, client, form.taken.account, refusal.reason, refusal.status)
    return to(f"/clients/{client.id}/reconciliation?account={form.taken.account}", request)


@post(f"{CLIENT}/reconciliation/unpair", opt={"permission": "checks.work"})
async def unpair(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await clients.client(session, client_id)
    form = await submitted(request, Unpair)
    if form.ok:
        await intake.unpair(session, client, actor_of(request), form.taken.statement_key, clock.now())
    return to(f"/clients/{client.id}/reconciliation?account={form.raw.get('account', '')}", request)


async def _index(
    request: Req, session: AsyncSession, client: Client, form: Submitted[Any], status: int = 200
) -> Response[str]:
    every = await supplied.files(session, client.id, undone=True)
    return await page(
        request,
        "checks/statements.html",
        session=session,
        status=status,
        client=client,
        form=form,
        kinds=list(KINDS.items()),
        kind_names=KINDS,
        accounts=_accounts(await books_of(session, client)),
        files=every,
        statements=_newest(every),
        members=await members_by_id(session),
        may_work=actor_of(request).may("checks.work") and client.archived_at is None,
    )


async def _reconciliation(
    request: Req, session: AsyncSession, client: Client, account: str, refusal: Text | None = None, status: int = 200
) -> Response[str]:
    shown = await _sheet(session, client, account)
    return await page(
        request,
        "checks/reconciliation.html",
        session=session,
        status=status,
        client=client,
        shown=shown,
        refusal=refusal,
        may_work=actor_of(request).may("checks.work") and client.archived_at is None,
    )


async def _sheet(session: AsyncSession, client: Client, account: str) -> Sheet:
    every = await supplied.files(session, client.id)
    known = [one for one in every if one.kind == "bank" and one.account == account]
    if not known:
        raise Missing()
    ledger = await books_of(session, client)
    lines = await supplied.statement(session, every, account)
    made = (await supplied.pairs(session, client.id)).get(account, {})
    return sheet(ledger, account, lines, reconcile(ledger, account, lines, by_hand=made))


def _accounts(ledger: Ledger) -> list[tuple[str, str]]:
    """The bank accounts of the books that lines stand on, and those above them."""
    found = (ledger.chart.accounts[code] for code in ledger.chart.having("bank", "other_money"))
    return [(one.code, f"{one.code} {one.name}") for one in sorted(found, key=lambda account: account.code)]


def _newest(every: list[OutsideFile] | Any) -> list[OutsideFile]:
    """The newest statement of each account, for the links to the reconciliations."""
    newest: dict[str, OutsideFile] = {}
    for one in every:
        if one.kind == "bank" and one.undone_at is None:
            newest.setdefault(one.account, one)
    return [newest[account] for account in sorted(newest)]


ROUTES = [index, upload, undo, reconciliation, pair, unpair]
