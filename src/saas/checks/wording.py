"""What a summary (摘要) says: its skeleton without months, numbers and names, the month it names, its tell-tale words.

Polars expressions over a string column, so that a hundred thousand lines cost one pass over the distinct texts.
"""

from __future__ import annotations

import re

import polars as pl

_FULL_WIDTH = "０１２３４５６７８９／－．（），：；　"
_HALF_WIDTH = "0123456789/-.(),:; "

_DATES = (
    r"(?:20|19)\d{2}年(?:度)?(?:\d{1,2}月(?:份)?)?(?:\d{1,2}[日号])?"
    r"|(?:20|19)\d{2}[-./](?:0?[1-9]|1[0-2])(?:[-./]\d{1,2})?"
    r"|\d{1,2}\s*(?:[-—~至到]\s*\d{1,2}\s*)?月(?:份)?(?:\d{1,2}[日号])?"
    r"|第?[一二三四1-4]季度|[一二三四五六七八九十]{1,3}月(?:份)?|[本上当次下]月(?:份)?|[本上当]期|[本上当]季度?"
)
_ENGLISH_MONTHS = (
    r"(?i)\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|q[1-4])\b"
)
_NUMBERS = r"[A-Za-z]{0,4}[-#]?\d[\dA-Za-z.,/#*-]*"
# 购进嘉兴星林食品有限公司货物: the company is what stands between the verb and its legal form
_COMPANY = re.compile(
    r"([一-龥()（）]{2,}?)(?:股份|责任)*(?:有限(?:责任)?公司|公司|厂|商行|超市|经营部|事务所|中心|店)"
)
_VERBS = re.compile(
    r"^(?:支付|付|收到|收取|收回|收|预收|预付|购进|购入|购|采购|销售|确认|开票|退还|退|暂估|冲回|冲|结转|商品|原材料|材料|食材|货物|货款|收入|入库)+"
)
_INSTALMENT = re.compile(r"(?<![\d/])(\d{1,2})\s*期?\s*[/／，,]\s*共?\s*(\d{1,3})(?![\d/])")
_MARKS = r"[\s\p{P}\p{S}]+"

# 数电票 20 digits; older: 代码 10 or 12 digits and 号码 8 digits, written together or apart
INVOICE = (
    r"(?:发票(?:代码|号码|号|编号|No)?|票号|(?i:\binvoice(?: ?no)?))[\s.:#为是]*"
    r"([0-9A-Za-z](?:[0-9A-Za-z\- ]{4,30})[0-9A-Za-z])"
)

# 注销…凭证 and 订正…凭证 are the wordings of 会计基础工作规范 第51条; the others are what programs and people write.
REVERSAL = r"注销|冲销|冲回|冲减|冲红|红冲|红字|订正|更正|调整|补记|反冲|转回|(?i)revers|correct|storno"
CORRECTION = (
    r"(?:注销|冲销|冲回|红冲|冲红|红字|订正|更正|补记|补充登记).*(?:凭证|\d+\s*号|[一-龥]-\d+)"
    r"|(?i:\b(?:reversal of|corrects)\b)"
)
ACCRUED = r"暂估"
REFUND = (
    r"退款|退货|退回|退还|退费|退票|退税|退付|退.{1,24}款|返还|折让|返利|折扣|召回|(?i)refund|return|credit note|rebate"
)
REFERENCE = (
    r"(?:凭证|字第?|[记收付转银现]\s*[-—字]?\s*第?)\s*\d+|\d+\s*号(?:凭证)?|发票(?:号码?|No\.?)?\s*[::]?\s*\d{6,}|红字发票|红字信息表"
    r"|信息表编号|\d{8,}|(?i)(?:doc(?:ument)?|jnl|journal|je|inv(?:oice)?)[\s.#:]*\d{3,}"
)
SETTLEMENT = r"缴纳|缴|交纳|上交|发放|支付|付|收到|收[^入]|偿还|归还|还|扣缴|代扣|划扣|(?i)pay(?:ment)?|receipt|settle"


def plain(column: str = "summary") -> pl.Expr:
    """The text with half-width digits and punctuation; null becomes ""."""
    return pl.col(column).fill_null("").str.replace_many(list(_FULL_WIDTH), list(_HALF_WIDTH)).str.strip_chars()


def without_dates(text: pl.Expr) -> pl.Expr:
    """The text without dates, months, quarters and blanks; other digits stay, since they tell two documents apart."""
    return _without_english_months(text.str.replace_all(_DATES, "")).str.replace_all(r"\s+", "")


def _without_english_months(text: pl.Expr) -> pl.Expr:
    """Only texts with a letter are searched: looking for words in any case is slow."""
    latin = pl.when(text.str.contains("(?i)[a-z]")).then(text)
    return pl.coalesce(latin.str.replace_all(_ENGLISH_MONTHS, ""), text)


def skeleton(text: pl.Expr, names: list[str]) -> pl.Expr:
    """What stays of a summary when it recurs: no dates, numbers, punctuation, and none of these names."""
    bare = _without_english_months(text.str.replace_all(INVOICE, "").str.replace_all(_DATES, ""))
    if names:
        bare = bare.str.replace_many(names, [""] * len(names), leftmost=True)
    return bare.str.replace_all(_NUMBERS, "").str.replace_all(_MARKS, "").str.to_lowercase()


def month_said(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The one month a summary names: with its year (as year × 12 + month − 1), and without (1…12; 上月: 0), or null.

    A summary that names several months or a whole quarter names none.
    """
    spans = text.str.contains(r"\d{1,2}\s*[-—~至到、]\s*\d{1,2}\s*月|季度|年度|全年")
    spans = spans | text.str.contains(r"(?i)\bq[1-4]\b")  # by itself: an edge of a word slows every other search down
    year = _extracted(text, r"((?:20|19)\d{2})\s*[年\-./]").cast(pl.Int32, strict=False)
    month = pl.coalesce(
        _extracted(text, r"(?:20|19)\d{2}\s*[年\-./]\s*(1[0-2]|0?[1-9])(?:\D|$)"),
        _extracted(text, r"(?:^|\D)(1[0-2]|0?[1-9])\s*月"),
        _extracted(text, r"(?:^|\D)20\d{2}(1[0-2]|0[1-9])(?:\D|$)"),
    ).cast(pl.Int32, strict=False)
    bare = pl.coalesce(month, pl.when(text.str.contains("上个?月")).then(0))
    return pl.when(~spans).then(year * 12 + month - 1), pl.when(~spans).then(bare)


def _extracted(text: pl.Expr, pattern: str) -> pl.Expr:
    """The pattern's first group: to look is much cheaper than to extract, and few summaries name a month."""
    return pl.when(text.str.contains(pattern)).then(text).str.extract(pattern, 1)


def nearest(month: pl.Expr, period: pl.Expr) -> pl.Expr:
    """The month of this name (0: the one before) nearest to a period: 计提12月工资 in January means last year's."""
    return pl.when(month == 0).then(period - 1).otherwise(period + (month - 1 - period % 12 + 17) % 12 - 5)


def month_index(period: pl.Expr) -> pl.Expr:
    """ "2026-03" as 2026 × 12 + 2, so that neighbouring months differ by one."""
    year = period.str.slice(0, 4).cast(pl.Int32, strict=False)
    return year * 12 + period.str.slice(5, 2).cast(pl.Int32, strict=False) - 1


def is_last(text: str) -> bool:
    """Whether a summary counts its own instalments, and this is the last: 摊销房租(12/12), 第6期/共6期."""
    counted = _INSTALMENT.search(text)
    return counted is not None and int(counted[1]) == int(counted[2]) > 1


def alike(one: str, other: str) -> bool:
    """Whether two summaries say much the same: most of the shorter one's pairs of characters are in the other."""
    short, long = sorted((one, other), key=len)
    pairs = {short[i : i + 2] for i in range(len(short) - 1)}
    return bool(pairs) and sum(pair in long for pair in pairs) >= 0.6 * len(pairs)


def company_in(text: str) -> str | None:
    """The company a summary names, without verb and legal form; None when it names none."""
    found = _COMPANY.search(text)
    return (_VERBS.sub("", found[1]) or None) if found else None


def share_name(one: str, other: str) -> bool:
    """Whether two summaries bear one company's name."""
    first, second = company_in(one), company_in(other)
    return first is not None and first == second


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and no separators, as JSON carries amounts."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
