"""What a firm chooses for itself: named, typed, with a default, and kept with the day from which each choice counts.

`await choice(session, "blind_reentry_fen")` is the value in force today. What was in force on a day stays known, so
that an old decision can be judged by the choices of its time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import colours
from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _

Kind = Literal["fen", "count", "text", "one", "roles", "domains"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. Values: fen and count are int, text is str, one is a key of `options`, roles and domains are
    lists of them."""

    name: str
    label: Text
    help: Text
    kind: Kind
    default: Any
    least: int = 0
    most: int = 0  # of a number, or of a text's length
    options: tuple[tuple[str, Text], ...] = ()
    page: Literal["choices", "security"] = "choices"  # where it is made
    check: Callable[[str], str] | None = None  # of a text: as it is kept, or Invalid with the reason


CHOICES: dict[str, Choice] = {
    c.name: c
    for c in (
        Choice(
            "blind_reentry_fen",
            _("Amounts entered twice from"),
            _("Amounts from this one on are entered a second time, without seeing the first."),
            "fen",
            1_000_000,
            most=100_000_000_00,
        ),
        Choice(
            "manager_risk",
            _("A manager approves from this risk on"),
            _("Likelihood × impact, each from 1 to 5. Below it the reviewer’s approval is enough."),
            "count",
            15,
            least=2,
            most=25,
        ),
        Choice(
            "accent_colour",
            _("Your firm’s colour"),
            _(
                "On the pages, mails and letters your clients see, as six digits like #0D6366; empty for the "
                "usual one. It has to be dark enough to be read."
            ),
            "text",
            "",
            most=7,
            check=colours.checked,
        ),
        Choice(
            "letter_mark",
            _("Short mark in the serials of letters"),
            _("As in 衡调字〔2026〕第 0001 号. Empty: the first character of the firm’s name."),
            "text",
            "",
            most=4,
        ),
        Choice(
            "uncertain_mail",
            _("When a mail server broke off"),
            _("It may have taken the letter or not. Sent again, it carries the same number, so most drop the copy."),
            "one",
            "resend",
            options=(("resend", _("Send it again")), ("ask", _("Ask a person"))),
        ),
        Choice(
            "progress_mails",
            _("When a client has heard nothing for 3 working days"),
            _("Cases that were talked over with the client, and where it is not the client’s turn."),
            "one",
            "on",
            options=(("on", _("Tell them by mail how things stand")), ("off", _("Leave it to the owner"))),
        ),
        Choice(
            "delivered_minutes",
            _("Minutes until a letter counts as delivered"),
            _("From the moment the recipient’s mail server took it, if it does not come back."),
            "count",
            15,
            least=1,
            most=1440,
        ),
        Choice(
            "second_factor_roles",
            _("Roles that need a second factor to approve"),
            _("Whoever has one of these roles sets up a second factor before the next approval."),
            "roles",
            None,
            options=tuple(ROLES.items()),
            page="security",
        ),
        Choice(
            "email_domains",
            _("Addresses that may join"),
            _("None: any address."),
            "domains",
            (),
            page="security",
        ),
    )
}
APPROVERS = ["owner", "manager", "reviewer"]  # need a second factor in a live firm that chose nothing


def offer_choices(*choices: Choice) -> None:
    """A module's own choices stand on the same page, after the firm's."""
    CHOICES.update({c.name: c for c in choices})


async def choice(session: AsyncSession, name: str, on: date | None = None) -> Any:
    """The acting firm's value in force on a day, today if none is given; the default where it never chose."""
    return chosen(await profile_of(session), name, on)


def chosen(profile: FirmProfile, name: str, on: date | None = None) -> Any:
    """The same of a profile that is loaded."""
    day = (on or clock.today()).isoformat()
    in_force = [value for since, value in history(profile, name) if since <= day]
    return in_force[-1] if in_force else CHOICES[name].default


def history(profile: FirmProfile, name: str) -> list[tuple[str, Any]]:
    """(day, value), oldest first. A bare value, as firms made by data have it, counts from the beginning."""
    stored = profile.choices.get(name)
    if stored is None:
        return []
    if isinstance(stored, dict) and "history" in stored:
        return [(str(since), value) for since, value in stored["history"]]
    return [("", stored)]


def choose(profile: FirmProfile, name: str, value: Any, since: date) -> None:
    """From this day on; what was to begin on the same day or later is replaced."""
    kept = [[day, old] for day, old in history(profile, name) if day < since.isoformat()]
    profile.choices = {**profile.choices, name: {"history": [*kept, [since.isoformat(), value]]}}


def second_factor_roles(profile: FirmProfile, kind: str) -> list[str]:
    """Who needs a second factor to approve: as the firm chose, else the approvers of every firm that is real."""
    roles = chosen(profile, "second_factor_roles")
    return list(roles) if roles is not None else (APPROVERS if kind == "live" else [])
