"""The whole policy behind a client's link: the version that counts for their request or contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.i18n import reader
from saas.kernel.link_entrance import Visit
from saas.kernel.pages import Req
from saas.refunds import queries
from saas.refunds.asking.client_page import subject
from saas.refunds.policies import printing, versions
from saas.refunds.policies.pages import sheet_of
from saas.refunds.policies.policy_models import RefundPolicy


async def whole_policy(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """`?of=` one of the client's requests, `?contract=` one of their contracts; else the version in force."""
    client, refund = await subject(session, visit)
    policy = await _counting(request, session, client.id, refund.id if refund is not None else None)
    return Response(printing.html(await sheet_of(session, policy.version, reader()), preview=True),
                    media_type="text/html")  # fmt: skip


async def _counting(request: Req, session: AsyncSession, client_id: UUID, of: UUID | None) -> RefundPolicy:
    refund_id, contract_id = of or _id(request, "of"), _id(request, "contract")
    if refund_id is not None:
        refund = await queries.refund(session, refund_id)
        if refund.client_id != client_id:
            raise Missing()
        return await versions.by_id(session, refund.policy_id)
    if contract_id is None:
        return await versions.in_force(session, clock.today())
    contract = await queries.contract(session, contract_id)
    if contract.client_id != client_id:
        raise Missing()
    return await versions.pinned_for(session, contract, clock.today())


def _id(request: Req, name: str) -> UUID | None:
    try:
        return UUID(request.query_params.get(name, ""))
    except ValueError:
        return None
