"""What every page by link about a refund shares: whose it is, which request is meant, who typed their name."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.link_entrance import Visit
from saas.kernel.pages import Req, page
from saas.notices.public import same_name
from saas.refunds import queries
from saas.refunds.matter import matter
from saas.refunds.models import Refund

NOT_YOU = _("Please type your own name. This link was sent to one person only; "
            "if that is not you, ask the firm for a link of your own.")  # fmt: skip


async def subject(session: AsyncSession, visit: Visit) -> tuple[Client, Refund | None]:
    """Whose page it is: a link is about a client, or about one request of it."""
    refund = await queries.refund_or_none(session, visit.link.subject_id)
    client = await clients.client(session, refund.client_id if refund else visit.link.subject_id)
    if client.merged_into_id is not None or visit.contact is None or visit.contact.client_id != client.id:
        raise Missing()
    return client, refund


async def mine(request: Req, session: AsyncSession, visit: Visit) -> Refund:
    """The request a form on the page is about; Missing for any that is not this client's."""
    client, only = await subject(session, visit)
    wanted = str((await request.form()).get("refund_id", ""))
    found = next((one for one in await queries.of_client(session, client.id) if str(one.id) == wanted), None)
    if found is None or (only is not None and only.id != found.id):
        raise Missing()
    return found


def check_name(form: Submitted[Any], visit: Visit) -> None:
    if visit.contact is None or not same_name(form.taken.signed_name, visit.contact.name):
        form.refuse("signed_name", NOT_YOU)


def is_file(value: Any) -> bool:
    return isinstance(value, UploadFile) and bool(value.filename)


def root_of(visit: Visit) -> str:
    return f"/c/refund/{visit.link.id}"


def back(visit: Visit, refund: Refund) -> Redirect:
    return Redirect(f"{root_of(visit)}?of={refund.id}&thanks=1", status_code=303)


async def standing(
    request: Req,
    session: AsyncSession,
    visit: Visit,
    *,
    form: Submitted[Any] | None = None,
    opened: str = "",
    status: int = 200,
) -> Response[Any]:
    client, only = await subject(session, visit)
    found = [only] if only is not None else list(await queries.of_client(session, client.id))
    shown = await _chosen(request, found)
    said: Text | None = _("Thank you. It is recorded.") if request.query_params.get("thanks") == "1" else None
    return await page(
        request,
        "refunds/public/status.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        client=client,
        root=root_of(visit),
        matters=[{**await matter(session, one), "open": one is shown} for one in found],
        may_ask_more=only is None,
        form=form or Submitted(),
        blank=Submitted({"original": "yes"}),
        opened=opened,
        thanks=said,
        valid_until=visit.link.expires_at,
    )


async def _chosen(request: Req, found: list[Refund]) -> Refund | None:
    """The request whose forms are shown: the one that was asked for, else the newest open one, else the newest."""
    sent = await request.form() if request.method == "POST" else {}
    wanted = str(sent.get("refund_id", "") or request.query_params.get("of", ""))
    asked = next((one for one in found if str(one.id) == wanted), None)
    return asked or next((one for one in found if one.closed_at is None), found[0] if found else None)
