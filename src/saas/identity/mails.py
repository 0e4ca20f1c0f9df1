"""Mails the product writes to its own people: one sheet for all of them, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from saas.kernel import mail
from saas.kernel.config import active
from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.jobs import HopelessError, running
from saas.kernel.pages import environment


@dataclass(frozen=True, slots=True)
class Message:
    """What a mail says. `url` is a path of ours; `action` the words of its button."""

    subject: Text
    lines: Sequence[Text]
    url: str = ""
    action: Text = field(default_factory=lambda: _("Open it"))
    facts: Sequence[tuple[Text, Text | str]] = ()
    foot: Text | None = None


async def deliver(
    message: Message, to: str, name: str, locale: str, *, indoors: bool = False, files: Sequence[mail.Attachment] = ()
) -> None:
    """Hand one mail over from inside a job; a repeat of the job carries the same Message-ID.

    The job's outlet decides whether it may leave the house; `indoors` keeps it there in any case (somebody whom only
    demo firms know).
    """
    settings, run = active(), running()
    language: Locale = "en" if locale == "en" else "zh"
    with reading(language):
        context = {
            "message": message,
            "name": name,
            "url": settings.public_url + message.url if message.url else "",
            "locale": language,
            "firm": None,
        }
        env = environment()
        text = env.get_template("mail/identity/message.txt").render(context)
        html = env.get_template("mail/identity/message.html").render(context)
    try:
        built = mail.build(
            to=to,
            to_name=name,
            subject=message.subject.to(language),
            text=text,
            html=html,
            language="zh-CN" if language == "zh" else "en",
            attachments=files,
            delivery_id=run.id,
            settings=settings,
        )
        await mail.send(built, settings, attempt=run.attempt, outlet="mailbox" if indoors else run.outlet)
    except mail.MailRefusedError as error:
        raise HopelessError(str(error)) from error
