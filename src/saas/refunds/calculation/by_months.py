"""What was served and is paid for: months, the share of the last one, agreed pieces of work (P1, P2, P3, P7).

A price agreed for a piece of work is no part of the monthly price: without such pieces this is P1, with them P3.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.refunds.calculation.ladder import Steps
from saas.refunds.calculation.months import Served, in_runs, served
from saas.refunds.calculation.service import Agreed, Item, Service
from saas.refunds.terms import NoticeMonth, Preset, Terms

COUNTING: dict[NoticeMonth, Text] = {
    "full": _("the month of the notice counts in full"),
    "daily": _("the month of the notice counts by days"),
    "none": _("the month of the notice does not count"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """A month's price as fen over months, never rounded: 3,600.00 / 12."""

    fen: int
    months: int
    basis: Text

    @property
    def whole(self) -> bool:
        return self.fen % self.months == 0

    @property
    def exact(self) -> Fraction:
        return Fraction(self.fen, self.months)

    def times(self, count: str) -> tuple[str, int]:
        """(quantity, unit price) as they are shown: ("5", 30000), or ("5/14", 360000) where a month is no whole fen."""
        if self.whole:
            return count, self.fen // self.months
        return (f"{count} × 1/{self.months}" if "/" in count else f"{count}/{self.months}"), self.fen


def charge_service(steps: Steps, preset: Preset, terms: Terms, agreed: Agreed, service: Service) -> None:
    """Takes off what was served: months first, then delivered pieces of work."""
    charge_months(steps, preset, terms, agreed, service)
    for item in service.items:
        _charge_item(steps, item)


def charge_months(steps: Steps, preset: Preset, terms: Terms, agreed: Agreed, service: Service) -> None:
    """Months at their rate, then days; failed months and free gift months are shown at nothing."""
    if agreed.paid_months == 0:  # one piece of work only: nothing goes by months
        return
    counting: NoticeMonth = "daily" if preset == "P7" else terms.notice_month
    count = served(agreed, service, counting)
    paid_for = agreed.paid_months if terms.gifts == "last" else len(count.months) + 1
    due, free = count.months[:paid_for], count.months[paid_for:]
    charged = tuple(month for month in due if month not in service.faulty_months)
    rate = rate_of(preset, terms, agreed, service)
    how = _("found by the preparer: %(why)s", why=service.served_why or "—")
    basis = _("%(price)s; %(counting)s", price=rate.basis,
              counting=how if service.served_months is not None else COUNTING[counting])  # fmt: skip
    quantity, unit = rate.times(str(len(charged)))
    steps.add("months", _("Months served: %(months)s", months=in_runs(charged) or "0"), -len(charged) * rate.exact,
              basis, quantity=quantity, unit=unit)  # fmt: skip
    if count.part is not None and len(count.months) < paid_for:
        due = (*due, count.part_month)
        if count.part_month not in service.faulty_months:
            _charge_days(steps, count, rate)
    _show_uncharged(steps, tuple(month for month in due if month in service.faulty_months), free)


def rate_of(preset: Preset, terms: Terms, agreed: Agreed, service: Service) -> Rate:
    """What a month costs: the list price (P2), or the contract's price without its pieces of work, by the gift rule."""
    if preset == "P2":
        return Rate(agreed.list_month, 1, _("list price of a month; the discount ends with the contract, as agreed"))
    work = sum(item.price for item in service.items)
    price = max(0, agreed.price - work)
    months = agreed.paid_months + (agreed.gift_months if terms.gifts == "spread" else 0)
    shown = {"price": Money(price), "months": months}
    if terms.gifts == "spread" and agreed.gift_months:
        return Rate(price, months, _("%(price)s agreed for %(months)s months, gift months included", **shown))
    if work:
        return Rate(price, months, _("%(price)s agreed beside the agreed work, for %(months)s paid months", **shown))
    return Rate(price, months, _("%(price)s agreed for %(months)s paid months", **shown))


def _charge_days(steps: Steps, count: Served, rate: Rate) -> None:
    days, of = count.part or (0, 1)
    quantity, unit = rate.times(f"{days}/{of}")
    steps.add("days", _("%(days)s of the %(of)s days of %(month)s", days=days, of=of, month=count.part_month),
              -rate.exact * days / of, COUNTING["daily"], quantity=quantity, unit=unit)  # fmt: skip


def _show_uncharged(steps: Steps, failed: tuple[str, ...], free: tuple[str, ...]) -> None:
    """What is not charged is said, not left out."""
    if failed:
        label = _("Months whose service failed: %(months)s", months=in_runs(failed))
        basis = _("only work properly done is paid for (Civil Code 928)")
        steps.add("faulty", label, 0, basis, quantity=str(len(failed)), unit=0)
    if free:
        label = _("Gift months used: %(months)s", months=in_runs(free))
        basis = _("gift months follow the paid months and cost nothing")
        steps.add("gifts", label, 0, basis, quantity=str(len(free)), unit=0)


def _charge_item(steps: Steps, item: Item) -> None:
    label = _("Agreed work: %(name)s", name=item.name)
    if item.delivered:
        basis = _("agreed price; delivered: %(proof)s", proof=item.shown_by or "—")
        steps.add("items", label, -item.price, basis, quantity="1", unit=item.price)
    else:
        steps.add("items", label, 0, _("not delivered, so not charged"), quantity="0", unit=item.price)
