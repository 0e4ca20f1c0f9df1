"""N41: things that last, charged to expense at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_like
from saas.checks.series import find, recurring_events
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

EXPENSE = r"^(?:selling|admin|overhead|rd)(?:\.|$)"
LASTING = (
    "设备|机器|机床|服务器|电脑|笔记本电脑|打印机|复印机|投影仪|空调|家具|汽车|轿车|货车|叉车|一体机|生产线|办公桌椅|"
    "(?i:equipment|machinery|server|computer|furniture|vehicle)"
)
SPAN = (
    "装修|改造工程|(?:两|二|三|四|五|2|3|4|5)年(?:期|的|服务|使用|许可|租|费|$)|"
    "(?:24|36|48|60)个月|永久授权|软件著作权|专利权"
)
UPKEEP = (
    "云|托管|维修|修理|保养|维护|租|耗材|配件|零件|油费|停车|保险|审计|年审|年检|使用费|安装费|运费|搬|清洗|检测|押金|折旧|摊销|"
    "领用|(?i:repair|maint|rent|lease|deprec|amorti)"
)

# a term of most of a year paid at once: 支付全年房租, 付一年期保险费, 支付2026年8月-2027年7月物业费, 付1-12月服务费
YEAR = (
    "全年|一年期|(?:一|1)年(?:的|租|费|房|保|服)|(?:12|十二)个月|年度(?:房?租|保险|服务|物业)|"
    "[下次明]一?年度?(?:的|房|租|保|服|物)"
)
FROM_TO = r"(\d{1,2})\s*月?(?:份)?\s*[-—~至到]\s*(?:(?:20)?\d{2}\s*年\s*)?(\d{1,2})\s*月"
FULL_MONTH = r"(20\d{2})\s*[年.\-/]?\s*(1[0-2]|0?[1-9])\s*月?"  # 2026.08-2027.07, 202608至202707
FULL_FROM_TO = rf"{FULL_MONTH}\s*[-—~至到]\s*{FULL_MONTH}"
YEARLY = (
    "审计|年审|年检|年会|体检|会费|评估|汇算|奖|工资|社保|公积金|折旧|摊销|分摊|结转|计提|税"  # falls due once a year
)
LONG_TERM = 6  # months


def _long_term() -> pl.Expr:
    """The words name a term of half a year and more."""
    text = pl.col("text").cast(pl.String)
    first, last = (text.str.extract(FROM_TO, group).cast(pl.Int32, strict=False) for group in (1, 2))
    full = text.str.extract_groups(FULL_FROM_TO)
    since_year, since, until_year, until = (full.struct[at].cast(pl.Int32, strict=False) for at in range(4))
    months = pl.coalesce((until_year - since_year) * 12 + until - since + 1, (last - first + 12) % 12 + 1)
    return (says("text", YEAR) | (months >= LONG_TERM).fill_null(False)) & ~says("text", YEARLY)


def expensed(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher whose words name a lasting thing (or a span of years) and whose expense is large.

    What recurs is no purchase, nor is upkeep, rent or a write-off; both the amount and the words have to speak.
    """
    books = digest(ledger)
    regular = find(ledger).members.filter(pl.col("level") == "words")["voucher"].unique()
    events = recurring_events(ledger).filter(~pl.col("kind").is_in(["accrual", "cost_carry"]))
    large = books.lines.filter(role_like(EXPENSE), pl.col("side") == "D", pl.col("fen") >= settings["least_fen"])
    bought = large.filter(
        ((says("text", LASTING) | says("text", SPAN)) & ~says("text", UPKEEP)) | _long_term(),
        ~role_like("depreciation|amortisation"), ~pl.col("voucher").is_in(regular.implode()),
    ).join(events.select("voucher"), on="voucher", how="semi")  # fmt: skip
    return [_finding(ledger, row) for row in bought.sort("row").iter_rows(named=True)]


def _finding(ledger: Ledger, row: dict[str, Any]) -> Finding:
    role = "fixed_asset"
    for each, words in (
        ("prepaid", f"{YEAR}|{FROM_TO}|{FULL_FROM_TO}"),
        ("deferred_expense", SPAN),
        ("intangible", "软件|专利|授权|许可"),
    ):
        if pl.Series([row["text"]]).str.contains(words).item():
            role = each
    accounts = [code for code in ledger.chart.having(role) if ledger.chart.accounts[code].leaf]
    expected = [
        {"account": accounts[0], "debit": yuan(row["fen"]), "credit": "0.00"},
        {"account": row["account"], "debit": "0.00", "credit": yuan(row["fen"])},
    ] if accounts else []  # fmt: skip
    return Finding(
        rule="N41",
        object=f"{row['voucher']}·{row['account']}",
        severity="medium",
        confidence=0.8,
        message=_("%(voucher)s charges “%(text)s” of %(amount)s to expense at once", voucher=row["voucher"],
                  text=row["text"], amount=str(Money(row["fen"]))),
        vouchers=[row["voucher"]],
        rows=[row["row"]],
        period=month_name(row["month"]) if row["month"] is not None else None,
        account=row["account"],
        amount=Money(row["fen"]),
        compared={"booked": yuan(row["fen"]), "expected": expected},
    )  # fmt: skip


RULES = [
    Rule(
        id="N41",
        name=_("Expensed at once"),
        explanation=_("Something that lasts for years, or a cost of several years, was charged to expense at once."),
        reason=_("Lasting things are assets and are written off over their life (企业所得税法实施条例第五十七条)."),
        cure=_("The cost is moved to the asset account, or the firm’s policy for small things covers it."),
        severity="medium",
        weight=0.75,
        run=expensed,
        settings={"least_fen": 5_000_00},
    )
]
