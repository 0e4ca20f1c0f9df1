"""The embedded mailbox as pages, in demo and development: what would have left by mail is read and followed here."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from saas import mailbox_answers
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.mailbox import Letter, list_messages, read_message
from saas.kernel.pages import Req, page
from saas.kernel.uploads import attachment
from saas.kernel.web import PUBLIC

# A mail's own page: no script, no form, no other origin; its links open in the window that shows it.
OF_A_MAIL = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


class Answer(msgspec.Struct):
    """What the reader of a mail writes back."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]


@get("/mailbox", opt={"permission": PUBLIC})
async def index(request: Req, to: FromQuery[str] = "") -> Response[str]:
    return await page(request, "mailbox/index.html", letters=list_messages(active().mailbox_dir, to), to=to)


@get("/mailbox/{letter:str}", opt={"permission": PUBLIC})
async def detail(request: Req, letter: FromPath[str]) -> Response[str]:
    return await _show(request, _letter(letter))


@post("/mailbox/{letter:str}/reply", opt={"permission": PUBLIC}, status_code=200)
async def reply(request: Req, letter: FromPath[str]) -> Response[str]:
    """Answer as the reader would."""
    found = _answerable(letter)
    form = await submitted(request, Answer)
    if not form.ok:
        return await _show(request, found, status=422, form=form)
    taken = await mailbox_answers.hand_in(mailbox_answers.reply_to(found, form.taken.text), active())
    return await _show(request, found, answered=taken, status=200 if taken else 503)


@post("/mailbox/{letter:str}/bounce", opt={"permission": PUBLIC}, status_code=200)
async def bounce(request: Req, letter: FromPath[str]) -> Response[str]:
    """Let it come back as undeliverable."""
    found = _answerable(letter)
    taken = await mailbox_answers.hand_in(mailbox_answers.report_on(found), active())
    return await _show(request, found, answered=taken, status=200 if taken else 503)


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


async def _show(
    request: Req,
    letter: Letter,
    *,
    form: Submitted[Answer] | None = None,
    answered: bool | None = None,
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "mailbox/letter.html",
        status=status,
        letter=letter,
        takes_answers=mailbox_answers.takes_answers(letter, active()),
        form=form or Submitted(),
        answered=answered,
    )


def _answerable(name: str) -> Letter:
    found = _letter(name)
    if not mailbox_answers.takes_answers(found, active()):
        raise Missing()
    return found


def _letter(name: str) -> Letter:
    found = read_message(active().mailbox_dir, name)
    if found is None:
        raise Missing()
    return found


ROUTES: list[HTTPRouteHandler] = [index, detail, body, download, reply, bounce]
