"""Trying out the way back in the embedded mailbox: answer a mail as its reader would, or let it bounce.

What is sent here goes through the LMTP listener like any mail from outside.
"""

from __future__ import annotations

import asyncio
import smtplib
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import urlsplit

from saas.kernel import clock, return_paths
from saas.kernel.config import Settings
from saas.kernel.mailbox import Letter

LONGEST = 10  # seconds for one word from the listener
REPORT = """\
Content-Type: message/delivery-status

Reporting-MTA: dns; mailbox.localhost

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown
"""


def takes_answers(letter: Letter, settings: Settings) -> bool:
    """Whether the mail says where it comes back to, so that it can be answered here."""
    return return_paths.read(_return_address(letter), settings) is not None


def reply_to(letter: Letter, text: str) -> EmailMessage:
    """What the recipient's own program would send, the mail quoted below."""
    message = _headed(letter, f"Re: {letter.subject}")
    message["From"] = letter.to
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    message.set_content(f"{text}\n\n在 {letter.received:%Y-%m-%d %H:%M}，{letter.sender} 写道：\n{quoted}\n")
    return message


def report_on(letter: Letter) -> EmailMessage:
    """A report of delivery (RFC 3464): nobody has this address."""
    to = parseaddr(letter.to)[1]
    message = _headed(letter, "Undelivered Mail Returned to Sender")
    message["From"] = "MAILER-DAEMON@mailbox.localhost"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"<{to}>: Recipient address rejected: User unknown\n")
    message.make_mixed()
    message.attach(message_from_string(REPORT.format(to=to), policy=policy.default))
    message.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    return message


async def hand_in(message: EmailMessage, settings: Settings) -> bool:
    """Whether the listener took it; False where it refuses, or does not run."""

    def speak() -> bool:
        where = urlsplit(settings.lmtp_url)
        host, port = (where.path, 0) if where.scheme == "lmtp+unix" else (str(where.hostname), where.port or 0)
        try:
            with smtplib.LMTP(host, port, local_hostname="localhost", timeout=LONGEST) as server:
                return not server.send_message(message, from_addr="")
        except (smtplib.SMTPException, OSError):
            return False

    return await asyncio.to_thread(speak)


def _headed(letter: Letter, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = _return_address(letter)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain="mailbox.localhost")
    return message


def _return_address(letter: Letter) -> str:
    return parseaddr(letter.reply_to)[1]
