"""How the firm looks to its clients: logo, seal, and the letterhead as every letter shows it."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import colours, queries
from saas.firms.choices import chosen
from saas.firms.forms import Picture
from saas.firms.letterhead import firm_head
from saas.firms.models import FirmProfile
from saas.firms.pictures import redraw
from saas.firms.tabs import settings_tabs
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm, firm_by_code
from saas.kernel.errors import Invalid, Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.kernel.web import PUBLIC

Which = Literal["logo", "seal"]
FOREVER = "public, max-age=31536000, immutable"  # the address carries the content's hash


@get("/f/{slug:str}/settings/letterhead", opt={"permission": "firms.read"})
async def letterhead(request: Req, session: Db) -> Response[str]:
    return await _show(request, session, Submitted())


@post("/f/{slug:str}/settings/pictures/{which:str}", opt={"permission": "firms.settings"})
async def save_picture(request: Req, session: Db, which: FromPath[str]) -> Response[Any]:
    """Letters that were issued keep the pictures they were issued with."""
    if which not in ("logo", "seal"):
        raise Missing()
    profile, form = await queries.profile(session), await submitted(request, Picture)
    digest = ""
    if form.ok and form.taken.picture is not None:
        digest = await _keep(form, form.taken.picture)
    elif form.ok and not form.taken.remove:
        return to("/settings/letterhead", request)
    if not form.ok:
        form.errors = {which: next(iter(form.errors.values()))}
        return await _show(request, session, form, status=422)
    field = f"{which}_sha256"
    before = getattr(profile, field)
    if digest != before:
        setattr(profile, field, digest)
        words = {"which": which, "before": before, "after": digest}
        record(session, actor_of(request), "firms.change_picture", clock.now(), subject=profile, **words)
    return to("/settings/letterhead", request)


@get("/f/{slug:str}/settings/letterhead/preview", opt={"permission": "firms.read", "framed": True})
async def preview(request: Req, session: Db) -> Response[str]:
    """The frame of a letter, by the same template as the letters themselves."""
    profile, firm = await queries.profile(session), await queries.firm(session)
    mark = chosen(profile, "letter_mark") or profile.name[:1]
    return await page(
        request,
        "firms/letterhead_preview.html",
        letter={
            "firm": letterhead_of(profile, firm),
            "title": _("Sample of a letter"),
            "serial": f"{mark}调字〔{clock.today().year}〕第 0000 号",
            "date": show_date(clock.today()),
            "seal": picture_url(firm, profile.seal_sha256),
            "head": profile.head_name or (await queries.owner(session)).name,
        },
        preview=True,
    )


@get("/pictures/{code:str}/{digest:str}", opt={"permission": PUBLIC})
async def picture(session: Db, code: FromPath[str], digest: FromPath[str]) -> Response[bytes]:
    """The firm's present logo or seal; both stand on its letters, so they are no secret."""
    firm = await firm_by_code(session, code)
    if firm is None:
        raise Missing()
    async with acting_in(session, tenancy.firm(firm.id)):
        profile = await queries.profile(session)
    if digest not in (profile.logo_sha256, profile.seal_sha256):
        raise Missing()
    content = await store_of(active()).get(firm.id, digest)
    return Response(content, media_type="image/png", headers={"cache-control": FOREVER})


@get("/brand/{tone:str}", opt={"permission": PUBLIC})
async def brand(tone: FromPath[str]) -> Response[str]:
    """The style sheet of a colour, "0D6366.css"; it says nothing of any firm. Missing for what cannot be read."""
    name, dot, suffix = tone.partition(".")
    try:
        known = colours.checked(name)
    except Invalid as error:
        raise Missing() from error
    if not known or (dot, suffix) != (".", "css"):
        raise Missing()
    return Response(colours.stylesheet(known), media_type="text/css", headers={"cache-control": FOREVER})


def picture_url(firm: Firm, digest: str) -> str:
    """Where a browser finds a picture of the firm; "" where there is none."""
    return queries.picture_path(firm.code, digest)


def letterhead_of(profile: FirmProfile, firm: Firm) -> dict[str, str]:
    """`firm` of templates/documents/base.html."""
    logo = picture_url(firm, profile.logo_sha256)
    return {**firm_head(profile, logo=logo), "accent": chosen(profile, "accent_colour")}


async def _keep(form: Submitted[Picture], upload: UploadFile) -> str:
    """The digest of the picture as we drew it; refused at the field otherwise."""
    try:
        drawn = await redraw(await upload.read())
    except Invalid as error:
        form.refuse("picture", error.reason)
        return ""
    return await store_of(active()).put(tenancy.current_firm_id(), drawn)


async def _show(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    profile, firm = await queries.profile(session), await queries.firm(session)
    return await page(
        request,
        "firms/letterhead.html",
        session=session,
        tabs=settings_tabs(request),
        logo=picture_url(firm, profile.logo_sha256),
        seal=picture_url(firm, profile.seal_sha256),
        preview_url=address_in(request)("/settings/letterhead/preview"),
        form=form,
        may_change=actor_of(request).may("firms.settings"),
        status=status,
    )


ROUTES = [letterhead, save_picture, preview, picture, brand]
