"""The embedded mailbox as pages, in demo and development: what would have left by mail is read and followed here."""

from __future__ import annotations

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.mailbox import Letter, list_messages, read_message
from saas.kernel.pages import Req, page
from saas.kernel.uploads import attachment
from saas.kernel.web import PUBLIC

# A mail's own page: no script, no form, no other origin; its links open in the window that shows it.
OF_A_MAIL = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


@get("/mailbox", opt={"permission": PUBLIC})
async def index(request: Req, to: FromQuery[str] = "") -> Response[str]:
    return await page(request, "mailbox/index.html", letters=list_messages(active().mailbox_dir, to), to=to)


@get("/mailbox/{letter:str}", opt={"permission": PUBLIC})
async def detail(request: Req, letter: FromPath[str]) -> Response[str]:
    return await page(request, "mailbox/letter.html", letter=_letter(letter))


@get("/mailbox/{letter:str}/html", opt={"permission": PUBLIC, "framed": True})
async def body(letter: FromPath[str]) -> Response[str]:
    html = f'<base target="_top">{_letter(letter).html}'
    return Response(html, media_type="text/html; charset=utf-8", headers={"content-security-policy": OF_A_MAIL})


@get("/mailbox/{letter:str}/files/{number:int}", opt={"permission": PUBLIC})
async def download(letter: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    files = _letter(letter).attachments
    if not 0 <= number < len(files):
        raise Missing()
    return attachment(files[number].content, files[number].name)


def _letter(name: str) -> Letter:
    found = read_message(active().mailbox_dir, name)
    if found is None:
        raise Missing()
    return found


ROUTES: list[HTTPRouteHandler] = [index, detail, body, download]
