"""An account that a correction needs and the client's chart lacks, named as the client's standard has it."""

from __future__ import annotations

from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.ledgers.charts_data import Official, officials

# Second-level accounts: the role above and the usual name (财会〔2016〕22号 for the taxes). Numbers differ by firm.
DETAILS: dict[str, tuple[str, str]] = {
    "retained.undistributed": ("retained", "未分配利润"),
    "loss.fine": ("loss.nonop", "罚款及滞纳金"),
    "tax.cit": ("tax", "应交企业所得税"),
    "tax.urban": ("tax", "应交城市维护建设税"),
    "tax.edu": ("tax", "教育费附加"),
    "tax.local_edu": ("tax", "地方教育附加"),
    "tax.vat": ("tax", "应交增值税"),
    "tax.vat.unpaid": ("tax", "未交增值税"),
    "tax.iit": ("tax", "应交个人所得税"),
}


class LacksAccount(Invalid):
    """The plan needs an account of this role; a person says which one it is, and the plan goes on."""

    def __init__(self, role: str, standard: str) -> None:
        code, name = named(role, standard)
        super().__init__(
            _(
                "The client’s chart has no account %(account)s, which this correction needs. Say below which account "
                "it is: one of the chart, or one that you open in the client’s program first.",
                account=f"{code} {name}".strip(),
            )
        )
        self.role = role


def named(role: str, standard: str) -> tuple[str, str]:
    """(code, name) as the standard has it; a detail account has the code of the account above it."""
    above, detail = DETAILS.get(role, (role, ""))
    account = official(above, standard)
    return (account.code, f"{account.name}—{detail}" if detail else account.name) if account else ("", detail or role)


def official(role: str, standard: str) -> Official | None:
    """The standard's level-1 account of this role, or of the role above it."""
    accounts = officials(standard)
    exact = next((account for account in accounts if account.role == role), None)
    return exact or next(
        (account for account in accounts if role.startswith(f"{account.role}.") and account.role), None
    )
