"""Refusals are words: each carries a status and a sentence a person can act on. Bugs stay bugs."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _


class Refusal(Exception):
    """Something the product will not do, and why."""

    status = 403

    def __init__(self, reason: Text, **attempt: Any) -> None:
        super().__init__(reason.msgid)
        self.reason = reason
        self.attempt = attempt  # what the audit trail keeps of a denied attempt


class Forbidden(Refusal):
    """The person may not do this, or not to this record."""


class Conflict(Refusal):
    """The record has moved on; the page the person saw is out of date."""

    status = 409


class Invalid(Refusal):
    """What was submitted cannot be taken; `fields` says which field and why."""

    status = 422

    def __init__(self, reason: Text | None = None, fields: dict[str, Text] | None = None) -> None:
        super().__init__(reason or _("Please correct the marked fields."))
        self.fields = fields or {}


class Missing(Refusal):
    """No such record, or not one this person may know of: strangers cannot tell the two apart."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("This page does not exist, or you have no access to it."))


class SignInNeeded(Refusal):
    """Nobody is signed in."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_("Please sign in."))


class SecondFactorNeeded(Refusal):
    """The firm wants people with this role to have a second factor before they approve anything."""

    def __init__(self) -> None:
        super().__init__(_("Your firm asks for a second factor before this step. Set it up, then repeat the step."))


class Suspended(Refusal):
    """The operator has suspended the firm: its people may take their data out, and nothing else."""

    status = 423


class FreshSignInNeeded(Refusal):
    """The deed asks for a sign-in no older than fifteen minutes."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("Please confirm that it is you: sign in again, then repeat this step."))
