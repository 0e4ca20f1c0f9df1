"""A client's accounts with the role each plays, and a person's word where the chart is none we know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.asked import offset_of
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import raw_form
from saas.kernel.i18n import Text, _, reader
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.ledgers.charts import Account, Chart
from saas.ledgers.charts_data import details, officials
from saas.ledgers.store import ROLES, books_of

PAGE = "/f/{slug:str}/clients/{client_id:uuid}/chart"
SHOWN = 60
PREFIX = "role:"
NONE = "none"  # a person says: this account plays no role a rule asks for


ENGLISH = {  # parts of a role that are no plain words
    "admin": "administrative expenses", "ap": "accounts payable", "ar": "accounts receivable",
    "cip": "construction in progress", "cit": "corporate income tax", "cogs": "cost of sales",
    "edu": "education surcharge", "iit": "individual income tax", "local_edu": "local education surcharge",
    "nonop": "non-operating", "other_money": "other cash equivalents", "rd": "research and development",
    "selling": "selling expenses", "urban": "urban maintenance tax", "vat": "VAT",
}  # fmt: skip


def offered() -> dict[str, str]:
    """Role → the name it goes by: in the Chinese standards, or its own words in English."""
    if reader() == "en":
        return {role: _in_english(role) for role in sorted(_chinese())}
    return _chinese()


def _in_english(role: str) -> str:
    words = ": ".join(ENGLISH.get(part, part.replace("_", " ")) for part in role.split("."))
    return words[:1].upper() + words[1:]


def _chinese() -> dict[str, str]:
    named = {one.role: one.name for one in reversed(officials("")) if one.role}
    within = {one.role: one.name.pattern.split("|")[0].strip("^$") for one in reversed(details()) if one.role}
    return dict(sorted({**within, **named}.items()))


@get(PAGE, opt={"permission": "checks.read"})
async def of_client(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    """The accounts of the current books, those without a role first."""
    client = await clients.client(session, client_id)
    return await _page(request, session, client)


@post(PAGE, opt={"permission": "checks.work"}, status_code=200)
async def save(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was chosen for the accounts shown; the rules run again when something changed."""
    client = await clients.client(session, client_id)
    if client.merged_into_id is not None:
        raise Conflict(_("This client was merged."))
    chart, known = await _chart(session, client), dict(client.settings.get(ROLES, {}))
    chosen = {n.removeprefix(PREFIX): str(v) for n, v in (await raw_form(request)).items() if n.startswith(PREFIX)}
    wrong = {code for code, role in chosen.items() if code not in chart.accounts or role not in {"", NONE, *offered()}}
    if wrong:
        return await _page(request, session, client, wrong=wrong, status=422)
    after = {code: role for code, role in known.items() if code not in chosen}
    after |= {code: "" if role == NONE else role for code, role in chosen.items() if role}
    if after != known:
        client.settings = {**client.settings, ROLES: after}
        changed = {code: after.get(code, "-") for code in {*known, *after} if known.get(code) != after.get(code)}
        record(session, actor_of(request), "checks.map_accounts", clock.now(), subject=client, client_id=client.id,
               timeline=True, changed=changed)  # fmt: skip
        enqueue(session, "checks.run", client_id=client.id)
    return to(f"/clients/{client.id}/chart", request)


async def _chart(session: AsyncSession, client: Client) -> Chart:
    return (await books_of(session, client)).chart


async def _page(
    request: Req, session: AsyncSession, client: Client, *, wrong: AbstractSet[str] = frozenset(), status: int = 200
) -> Response[str]:
    chart, mapped, names = await _chart(session, client), client.settings.get(ROLES, {}), offered()
    listed = sorted((a for a in chart.accounts.values() if a.used), key=lambda a: (bool(a.role), a.code))
    offset, at = offset_of(request), address_in(request)
    part = listed[offset : offset + SHOWN]
    url = f"/clients/{client.id}/chart?offset="
    return await page(
        request,
        "checks/chart.html",
        session=session,
        status=status,
        client=client,
        rows=[_row(account, mapped, names) for account in part],
        unknown=sum(not account.role and account.code not in mapped for account in listed),
        total=len(listed),
        options=[(role, name if reader() == "en" else f"{name}（{role}）") for role, name in names.items()],
        shown=_("%(first)s–%(last)s of %(total)s", first=min(offset + 1, len(listed)), last=offset + len(part),
                total=len(listed)),
        previous_url=at(f"{url}{max(offset - SHOWN, 0)}") if offset else "",
        next_url=at(f"{url}{offset + SHOWN}") if offset + SHOWN < len(listed) else "",
        may_work=actor_of(request).may("checks.work") and client.archived_at is None,
        wrong=wrong,
    )  # fmt: skip


def _row(account: Account, mapped: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    by_hand = account.code in mapped
    chosen = (mapped[account.code] or NONE) if by_hand else ""
    return {
        "code": account.code,
        "name": account.name,
        "role": names.get(account.role, account.role),
        "how": _how(account, by_hand),
        "field": PREFIX + account.code,
        "chosen": chosen,
    }


def _how(account: Account, by_hand: bool) -> Text:
    if by_hand:
        return _("chosen by a person")
    if account.role:
        return _("by number and name")
    return _("known, but no rule asks for it") if account.official else _("not recognised")


ROUTES: Sequence[Any] = [of_client, save]
