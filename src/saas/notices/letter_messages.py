"""The mails that notices itself sends: the letter with its PDF, and our reply to a question."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.mail import Attachment
from saas.kernel.pages import money
from saas.notices import queries
from saas.notices.letters import Letter
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery, Notice
from saas.notices.vouchers import largest


async def compose_letter(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """The letter: what it is about in two lines, the address to answer by, the PDF beside it."""
    notice = await queries.notice(session, delivery.subject_id)
    kind = Letter.kind(notice.kind)
    content = await store_of(active()).get(notice.firm_id, notice.file_sha256)
    return Words(
        _("%(kind)s %(serial)s", kind=kind.label, serial=notice.number),
        _(
            "%(firm)s sent you %(serial)s. Please read it and answer:",
            firm=to.face.name_in(to.locales[0]),
            serial=notice.number,
        ),
        {
            "notice": notice,
            "kind": kind,
            "about": kind.about or _books(notice, to),
            "facts": _facts(notice),
        },
        [Attachment(file_name(notice), content)],
    )


async def compose_reply(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """Our answer to the contact's last question."""
    notice = await queries.notice(session, delivery.subject_id)
    thread = await queries.answers(session, notice.id)
    said = next(a for a in reversed(thread) if a.kind == "reply" and a.contact_id == to.contact.id)
    question = next(a for a in thread if a.id == said.reply_to_id)
    subject = _("Answer to your question about %(serial)s", serial=notice.number)
    return Words(subject, Text(subject.msgid, **subject.params), {"question": question, "reply": said})


def _books(notice: Notice, to: Recipient) -> Text:
    addressee = notice.content["letter"]["addressee"]
    english = to.locales[0] == "en" and addressee["name_en"]
    return _("the books of %(client)s", client=english or addressee["name"])


def _facts(notice: Notice) -> list[tuple[Text, str]]:
    """The lines of the mail's little table."""
    found = [(_("Serial"), notice.number)]
    move = largest(notice.content, "zh")
    if move is not None:
        found.append((_("Amount"), str(money(move.amount))))
    if notice.answer_by is not None:
        found.append((_("Please answer by"), notice.answer_by.isoformat()))
    return found


def file_name(notice: Notice) -> str:
    """衡调字〔2026〕第 0124 号.pdf, with the version from the second on."""
    version = f"-v{notice.version}" if notice.version > 1 else ""
    return f"{notice.number.replace(' ', '')}{version}.pdf"


LETTER = register_message(MessageKind("notice", "mail/notices/letter", compose_letter))
REPLY = register_message(MessageKind("notice_reply", "mail/notices/reply", compose_reply))
