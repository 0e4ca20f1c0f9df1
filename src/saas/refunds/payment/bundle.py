"""The sealed file of a refund: request → receipt in one ZIP, with a manifest of hashes (R4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.bundles import Member, as_json, attachments, row, sealed, stages
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.files import store_of
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.records import history
from saas.kernel.tenancy import of_this_firm
from saas.kernel.uploads import attachment
from saas.notices.papers import letters_of
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import invoices, payees
from saas.refunds.payment.payment_models import Payee
from saas.refunds.payment.voucher import voucher_pdf
from saas.refunds.policies.policy_models import RefundPolicy
from saas.tasks.models import Task

FORMAT = "qingzhang refund file, version 1"
SECRET = ("account_sealed", "account_mark")  # the file is read by many: account numbers stay masked in it


async def bundle(session: AsyncSession, refund: Refund, now: datetime) -> bytes:
    """Everything of a refund as one ZIP; the same bytes from the same rows."""
    client = await clients.client(session, refund.client_id)
    said = await clients.communications(session, subject_id=refund.id, limit=10_000)
    accounts = await payees.written(session, refund.id)
    payments = await queries.payments(session, refund.id)
    asked = await queries.asked(session, refund.id)
    members: list[Member] = [
        ("refund.json", as_json(row(refund))),
        ("client.json", as_json(row(client))),
        ("contract.json", as_json(row(await queries.contract(session, refund.contract_id)))),
        ("receipts.json", as_json([row(r) for r in await queries.receipts(session, refund.contract_id)])),
        ("policy.json", as_json(row(await _policy(session, refund)))),
        ("calculation.json", as_json({"service": refund.service, "ladder": refund.ladder})),
        ("questions.json", as_json([row(one) for one in asked])),
        ("communications.json", as_json([row(one) for one in said])),
        ("accounts.json", as_json([_account(one) for one in accounts])),
        ("payments.json", as_json([row(one) for one in payments])),
        ("invoice.json", as_json(await _invoice(session, refund))),
        ("people.json", as_json({str(k): m.name for k, m in (await members_by_id(session)).items()})),
        ("tasks.json", as_json([row(task) for task in await _tasks(session, refund)])),
        ("timeline.json", as_json([row(entry) for entry in await history(session, refund.id)])),
        ("stages.json", as_json([row(entry) for entry in await stages(session, refund.id)])),
        *await letters_of(session, refund.id),
    ]
    for number, payment in enumerate((p for p in payments if p.status == "paid"), 1):
        pdf = await voucher_pdf(session, refund, payment)
        members.append((f"vouchers/{number:02}-{payment.key}.pdf", pdf))
    files = [*refund.files, *(f for one in asked for f in one.files), *(f for one in said for f in one.files)]
    files += [f for one in accounts for f in one.files] + [f for one in payments for f in one.receipt]
    members += await attachments(files)
    about = {"format": FORMAT, "refund": refund.number, "client": client.name, "at": now,
             "retain_until": refund.retain_until}  # fmt: skip
    return sealed(members, about)


def _account(payee: Payee) -> dict[str, Any]:
    known = {name: value for name, value in row(payee).items() if name not in SECRET}
    return {**known, "account": payee.masked}


async def _invoice(session: AsyncSession, refund: Refund) -> dict[str, Any] | None:
    found = await invoices.of_refund(session, refund.id)
    return row(found) if found is not None else None


async def _policy(session: AsyncSession, refund: Refund) -> RefundPolicy:
    return await queries.policy(session, refund.policy_id)


async def _tasks(session: AsyncSession, refund: Refund) -> list[Task]:
    query = select(Task).where(of_this_firm(Task), Task.subject_id == refund.id).order_by(Task.created_at, Task.id)
    return list((await session.scalars(query)).all())


@get("/f/{slug:str}/refunds/{row_id:uuid}/payment/file", opt={"permission": "refunds.export"})
async def download_file(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[bytes]:
    """The sealed file as it was sealed, byte for byte; who took a copy stands in the trail."""
    refund = await queries.refund(session, row_id)
    if not refund.bundle_sha256:
        raise Missing()
    content = await store_of(active()).get(tenancy.current_firm_id(), refund.bundle_sha256)
    record(session, actor_of(request), "refunds.file", clock.now(), subject=refund, client_id=refund.client_id,
           sha256=refund.bundle_sha256)  # fmt: skip
    return attachment(content, f"{refund.number}.zip", "application/zip")


ROUTES = [download_file]
