"""What the law leaves of a penalty: pure reckoning.

《工资支付暂行规定》(劳部发〔1994〕489号) 第十六条: where a worker's own fault did the employer damage, compensation
agreed in the contract may be taken from the wage, each month at most 20 % of that month's wage, and what remains is
never below the local minimum wage. A fine as such has had no ground since 国务院令第516号 (2008); less variable pay
needs a rule made with the staff and made known to them (《劳动合同法》第四条). The same two limits are kept for both.
"""

from __future__ import annotations

from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

MOST_PERCENT = 20
HELP = _(
    "A penalty is no free deduction from wages. The rule book has to name it, having been made with the staff and made "
    "known to them (Labour Contract Law, Article 4). Compensation for damage has to be agreed in the labour contract, "
    "and in each month at most 20 % of the wage is taken, never so much that less than the local minimum wage remains "
    "(Provisional Rules on Wage Payment, Article 16)."
)


def refusal(amount: Money, others: Money, wage: Money, minimum: Money) -> Text | None:
    """Why a penalty goes too far, with what was approved for the same person and month already; None: it does not."""
    together = amount + others
    if together.fen * 100 > wage.fen * MOST_PERCENT:
        most = Money(wage.fen * MOST_PERCENT // 100)
        return _("Together with what was approved for this month it is %(sum)s yuan; the law allows %(most)s, 20 %% of "
                 "the month’s wage.", sum=str(together), most=str(most))  # fmt: skip
    if wage.fen - together.fen < minimum.fen:
        return _("%(left)s yuan would remain; the local minimum wage is %(minimum)s.",
                 left=str(wage - together), minimum=str(minimum))  # fmt: skip
    return None
