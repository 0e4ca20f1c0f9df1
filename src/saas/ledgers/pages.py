"""Dropping a file in, seeing what is in it, storing it; a client's periods with their versions and seals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock, jobs
from saas.kernel.actions import action_routes
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.uploads import attachment
from saas.kernel.workflow import Deed
from saas.ledgers import fields, queries, seals
from saas.ledgers.forms import Remap, Seal, Upload
from saas.ledgers.intake import NotTaken, receive
from saas.ledgers.models import Import, LedgerLine
from saas.ledgers.reading import Mapping
from saas.ledgers.sample import Sample, samples
from saas.ledgers.workflow import IMPORT

CLIENT_LEDGERS = "/f/{slug:str}/clients/{client_id:uuid}/ledgers"
ONE_IMPORT = "/f/{slug:str}/ledgers/imports/{row_id:uuid}"


@get(CLIENT_LEDGERS, opt={"permission": "ledgers.read"})
async def of_client(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    return await _of_client(request, session, client_id)


@post(CLIENT_LEDGERS, opt={"permission": "ledgers.import"})
async def upload(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await clients.client(session, client_id)
    form = await submitted(request, Upload)
    if not form.ok:
        form.errors["file"] = _("Choose a file first.")
        return await _of_client(request, session, client_id, form=form, status=422)
    file = form.taken.file
    try:
        imported = await receive(session, client, file.filename, await file.read(), actor_of(request), clock.now())
    except NotTaken as refusal:
        form.refuse("file", refusal.reason)
        return await _of_client(request, session, client_id, form=form, earlier=refusal.earlier, status=422)
    return to(f"/ledgers/imports/{imported.id}", request)


@get(ONE_IMPORT, opt={"permission": "ledgers.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    """One import, whatever state it is in; while a worker has it, the page polls its progress."""
    imported = await queries.imported(session, row_id)
    actor = actor_of(request)
    deed = Deed(actor, clock.now(), facts=await queries.sealed_periods(session, imported))
    panels = [await panel(session, imported, actor) for panel in composition().panel("ledgers.import")]
    return await page(
        request,
        "ledgers/import.html",
        session=session,
        status=status,
        imported=imported,
        client=await clients.client(session, imported.client_id),
        state=IMPORT.state(imported.state),
        offers={offer.action.name: offer for offer in IMPORT.offers(imported, deed)},
        options=fields.options(imported.preview),
        samples=_samples(imported, imported.mapping) if imported.state == "previewed" else [],
        preview=imported.preview,
        form=form or Submitted(),
        refusal=refusal.reason if refusal else None,
        waiting=imported.state in ("uploaded", "reading", "storing"),
        steps=_steps(imported, running=any(panel["running"] for panel in panels)),
        panels=panels,
        layout=fields.LAYOUTS.get(imported.layout),
    )


@get(f"{ONE_IMPORT}/progress", opt={"permission": "ledgers.read"})
async def progress(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    """The region a waiting page asks for; when the worker is done it tells the browser to load the page again."""
    imported = await queries.imported(session, row_id)
    waiting = imported.state in ("uploaded", "reading", "storing")
    answer = await page(
        request, "ledgers/_progress.html", imported=imported, report=await _report(request, session, imported)
    )
    if not waiting:
        answer.headers["hx-refresh"] = "true"
    return answer


@post(f"{ONE_IMPORT}/sample", opt={"permission": "ledgers.import"}, status_code=200)
async def sample(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    """The first rows under the columns chosen so far; nothing is kept. The page asks whenever a choice changes."""
    imported = await queries.imported(session, row_id)
    form = await submitted(request, Remap)
    chosen = form.taken.mapping if form.ok else imported.mapping
    return await page(request, "ledgers/_sample.html", samples=_samples(imported, chosen))


@get(f"{ONE_IMPORT}/rejects", opt={"permission": "ledgers.read"})
async def rejects(session: Db, row_id: FromPath[UUID]) -> Response[bytes]:
    """The refused rows as a file, so that they can be put right in the program they came from."""
    imported = await queries.imported(session, row_id)
    return attachment(fields.as_csv(imported.rejects), f"{imported.file_name}.rejects.csv", "text/csv; charset=utf-8")


@post(f"{CLIENT_LEDGERS}/seal", opt={"permission": "ledgers.seal"})
async def seal(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Close a period: what is imported for it later is compared with what was sealed."""
    client = await clients.client(session, client_id)
    form = await submitted(request, Seal)
    if form.ok:
        await seals.seal(session, client, form.taken.period, actor_of(request), clock.now())
    return to(f"/clients/{client.id}/ledgers", request)


@get("/f/{slug:str}/clients/{client_id:uuid}/vouchers", opt={"permission": "ledgers.read"})
async def voucher(request: Req, session: Db, client_id: FromPath[UUID], key: FromQuery[str]) -> Response[str]:
    """One voucher of the books as they count now: what every amount in the product opens into."""
    client = await clients.client(session, client_id)
    lines = await queries.voucher_lines(session, client.id, key)
    if not lines:
        raise Missing()
    return await page(
        request, "ledgers/voucher.html", session=session, client=client, first=lines[0], slip=slip(lines), key=key
    )


def slip(lines: Sequence[LedgerLine], marked: Sequence[int] = ()) -> dict[str, Any]:
    """A voucher as the `voucher_slip` macro shows it; lines whose file row is in `marked` stand out."""
    first = lines[0]
    return {
        "number": f"{first.word}-{first.number}" if first.word else first.number_text,
        "date": first.date,
        "posted": first.posted,
        "lines": [
            {
                "summary": line.summary,
                "code": line.account,
                "name": (line.account_name or "") + (f"（{line.aux}）" if line.aux else ""),
                "debit": line.debit_fen or None,
                "credit": line.credit_fen or None,
                "marked": line.row in marked,
            }
            for line in lines
        ],
        "total": (sum(line.debit_fen for line in lines), sum(line.credit_fen for line in lines)),
        "signers": [(_("Prepared"), first.preparer), (_("Checked"), first.reviewer), (_("Posted"), first.poster)],
    }


async def _of_client(
    request: Req,
    session: AsyncSession,
    client_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    earlier: Import | None = None,
    status: int = 200,
) -> Response[str]:
    client: Client = await clients.client(session, client_id)
    return await page(
        request,
        "ledgers/client.html",
        session=session,
        status=status,
        client=client,
        periods=seals.periods(await queries.versions(session, client.id, current=False)),
        imports=await queries.imports(session, client.id),
        states={s.name: s for s in IMPORT.states},
        form=form or Submitted(),
        earlier=earlier,
        may_import=actor_of(request).may("ledgers.import") and client.archived_at is None,
        may_seal=actor_of(request).may("ledgers.seal"),
    )


def _samples(imported: Import, mapping: Mapping) -> list[Sample]:
    return samples(imported.preview, mapping, imported.uploaded_at.year)


def _steps(imported: Import, *, running: bool) -> list[dict[str, Any]]:
    """The five steps of an import, as the stepper of the page; `running` while the books are being checked."""
    at = {"uploaded": 1, "reading": 1, "previewed": 2, "storing": 3, "stored": 4 if running else 5}.get(
        imported.state, 2
    )
    labels = [_("Choose a file"), _("Read"), _("Columns and checks"), _("Import"), _("Anomaly check")]
    return [
        {"label": label, "state": "done" if n < at else "current" if n == at else "future"}
        for n, label in enumerate(labels)
    ]


async def _report(request: Req, session: AsyncSession, imported: Import) -> jobs.Progress | None:
    """How far the worker is, as it last said; nothing when Redis is away, since the work goes on without it."""
    job_id = await queries.newest_job(session, imported)
    try:
        return await jobs.progress(request.app.state.redis, imported.firm_id, job_id) if job_id else None
    except RedisError:
        return None


ROUTES = [
    of_client,
    upload,
    detail,
    progress,
    sample,
    rejects,
    seal,
    voucher,
    *action_routes(IMPORT, show),
]
