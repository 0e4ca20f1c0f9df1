"""What a returned message is: a report of delivery (RFC 3464, or in a provider's own words), a machine's, a person's.

The address already says which delivery it is about; here only what happened to it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Literal

from saas.notices.returns import reading

Kind = Literal["bounce", "delay", "receipt", "auto", "reply"]
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
BASIC = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-#]|$)")  # the three digits of RFC 5321
POSTMASTERS = re.compile(r"mailer-?daemon|postmaster|mail-?delivery|mdaemon", re.IGNORECASE)
RETURNED = re.compile(
    r"退信|退回|无法投递|未能?送达|投递失败|undeliver|returned mail|failure notice|could not be delivered"
    r"|delivery (status )?(notification|failure|failed)|mail delivery (failed|subsystem)",
    re.IGNORECASE,
)
STILL_TRYING = re.compile(
    r"delayed|will (be retried|keep trying|continue)|still being retried|do not need to resend|not yet been delivered"
    r"|warning: |delivery (status notification )?\(?delay|延迟|延误|稍后.{0,6}(自动)?重(试|投|发)|继续尝试",
    re.IGNORECASE,
)
FULL_OR_AWAY = re.compile(
    r"quota|(mailbox|inbox|storage).{0,20}(full|exceed)|over.?quota|邮箱.{0,6}(已满|空间不足)|容量.{0,4}(不足|已满|超)"
    r"|can ?not connect|connection (timed out|refused)|连接.{0,4}(失败|超时)|无法连接|联络上|频率"
    r"|too many|try again later|暂时",
    re.IGNORECASE,
)
OUT_OF_OFFICE = re.compile(
    r"^\s*(re: *)?[\[【(（]?\s*(auto(matic)?[- ]?(reply|response)|out of (the )?office|自动(回复|答复|应答)|外出|休假)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`status` as in RFC 3463 where one is known; `soft` when the address is not at fault."""

    kind: Kind
    status: str = ""
    reason: str = ""
    soft: bool = False


def judge(message: EmailMessage) -> Judgement:
    """Never raises: what cannot be read as anything else is somebody's reply."""
    standard = _standard(message)
    if standard is not None:
        return standard
    text, subject = reading.text_of(message), reading.head(message, "Subject")
    if message.get_content_type() == "multipart/report" and "disposition" in str(message.get_param("report-type", "")):
        return Judgement("receipt", reason=subject)
    out_of_office = OUT_OF_OFFICE.match(subject) is not None
    if not out_of_office and _is_bounce(message, subject):
        return _in_own_words(subject, text)
    return Judgement("auto" if out_of_office or _by_machine(message) else "reply")


def _standard(message: EmailMessage) -> Judgement | None:
    """As the message/delivery-status part has it, the worst recipient counting; None where there is no such part."""
    blocks = [block for part in message.walk() for block in _recipients(part)]
    if not blocks:
        return None
    by_action = {str(block.get("Action", "")).strip().lower(): block for block in blocks}
    for action, kind in (("failed", "bounce"), ("delayed", "delay")):
        if action in by_action:
            block = by_action[action]
            words = _diagnosis(block)
            status = _status(words) or _status(str(block.get("Status", "")))
            return _judged(kind, status, words or f"{action} {status}")
    return Judgement("receipt", reason=", ".join(by_action))


def _recipients(part: Message) -> Iterator[Message]:
    if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
        payload = part.get_payload()
        blocks = payload if isinstance(payload, list) else []
        yield from (block for block in blocks if isinstance(block, Message) and "Action" in block)


def _diagnosis(block: Message) -> str:
    """“smtp; 550 5.1.1 <…>: no such user”, without the name of the protocol, in one line."""
    words = " ".join(reading.clean(str(block.get("Diagnostic-Code", ""))).split())
    kind, found, rest = words.partition(";")
    return (rest.strip() if found and len(kind) <= 12 else words)[:400]


def _is_bounce(message: EmailMessage, subject: str) -> bool:
    """A server's report in its own form: by its sender, a header of Exim's, or its subject."""
    if message.get("X-Failed-Recipients"):
        return True
    sender = parseaddr(reading.head(message, "From"))[1].partition("@")[0]
    from_server = POSTMASTERS.search(sender) is not None
    is_report = message.get_content_type() == "multipart/report"
    return is_report or (from_server and not subject.lower().startswith("re:")) or (
        RETURNED.search(subject) is not None and (from_server or _by_machine(message))
    )  # fmt: skip


def _in_own_words(subject: str, text: str) -> Judgement:
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    telling = next((line for line in lines if ENHANCED.search(line)), None)
    telling = telling or next((line for line in lines if BASIC.search(line) and "said" in line.lower()), None)
    telling = telling or next((line for line in lines if BASIC.search(line)), None)
    after_label = [line for n, line in enumerate(lines) if n and re.search(r"原因|reason", lines[n - 1], re.IGNORECASE)]
    reason = (telling or next(iter(after_label), "") or subject)[:400]
    if STILL_TRYING.search(subject) or (STILL_TRYING.search(text) and not RETURNED.search(subject + text)):
        return Judgement("delay", _status(reason), reason, soft=True)
    return _judged("bounce", _status(reason), reason, away=FULL_OR_AWAY.search(text) is not None)


def _judged(kind: str, status: str, words: str, *, away: bool = False) -> Judgement:
    """Soft: class 4, a full mailbox (x.2.2), or no code and words that say so."""
    full = status.endswith(".2.2")
    soft = kind == "delay" or full or status.startswith("4") or (not status and away)
    return Judgement("delay" if kind == "delay" else "bounce", status, words, soft)


def _status(words: str) -> str:
    found = ENHANCED.search(words)
    if found:
        return found[0]
    basic = BASIC.search(words)
    return f"{basic[1]}.0.0" if basic else ""


def _by_machine(message: EmailMessage) -> bool:
    """Auto-Submitted (RFC 3834) and what mail programs write instead of it."""
    submitted = reading.head(message, "Auto-Submitted").lower()
    precedence = reading.head(message, "Precedence").lower()
    return (
        (submitted not in ("", "no"))
        or precedence in ("auto_reply", "bulk", "junk", "list")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-QQ-Auto-Reply"))
    )
