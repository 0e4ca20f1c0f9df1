"""The kinds of messages to contacts and how each is worded. Later modules register theirs (questions, surveys)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.kernel.i18n import LOCALES, Locale, Text, reading
from saas.kernel.link_entrance import Face
from saas.kernel.mail import Attachment
from saas.kernel.pages import environment
from saas.notices.models import Delivery


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the message, from whom, and the address of their own page."""

    contact: Contact
    face: Face
    url: str

    @property
    def locales(self) -> tuple[Locale, ...]:
        return LOCALES if self.contact.locale == "both" else ("en",) if self.contact.locale == "en" else ("zh",)


@dataclass(frozen=True, slots=True)
class Words:
    """What one message says; `context` is for its templates. `short` is the text message, the address follows it."""

    subject: Text
    short: Text
    context: dict[str, Any] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()


Compose = Callable[[AsyncSession, Delivery, Recipient], Awaitable[Words]]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message: `template` + ".txt" and ".html" (the middle of the mail, in one language).

    `about` names the workflow of its subject ("case", "refund"): a reply joins that record. Without it the client's.
    """

    name: str
    template: str
    compose: Compose
    about: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is handed over."""

    subject: str
    text: str
    html: str
    short: str
    attachments: Sequence[Attachment]


_kinds: dict[str, MessageKind] = {}


def register_message(kind: MessageKind) -> MessageKind:
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds of messages are called {kind.name}")
    return kind


def about(kind: str) -> str:
    """The workflow of the records that messages of this kind are about, empty where there is none."""
    return _kinds[kind].about if kind in _kinds else ""


async def write(session: AsyncSession, delivery: Delivery, to: Recipient) -> Written:
    """The message in the contact's language; both, Chinese first, where they wish."""
    kind = _kinds[delivery.subject_kind]
    words = await kind.compose(session, delivery, to)
    texts = [_section(kind.template + ".txt", to, words, locale) for locale in to.locales]
    sections = [_section(kind.template + ".html", to, words, locale) for locale in to.locales]
    with reading(to.locales[0]):
        sheet = environment().get_template("mail/notices/sheet.html")
        html = sheet.render(sections=sections, subject=words.subject, firm=to.face, locale=to.locales[0])
    return Written(
        " / ".join(words.subject.to(locale) for locale in to.locales),
        ("\n" + "-" * 40 + "\n\n").join(texts),
        html,
        " ".join(words.short.to(locale) for locale in to.locales),
        words.attachments,
    )


def _section(template: str, to: Recipient, words: Words, locale: Locale) -> str:
    with reading(locale):
        return (
            environment()
            .get_template(template)
            .render(firm=to.face, contact=to.contact, url=to.url, locale=locale, **words.context)
        )
