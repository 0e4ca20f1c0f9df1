"""One-line exports: a row that names both accounts of a voucher (科目 and 对方科目) is two lines."""

from __future__ import annotations

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers.frame import REPEATED
from saas.ledgers.reading import accounts
from saas.ledgers.reading.cells import translate
from saas.ledgers.texts import says

MOST = 0.8  # share of one-sided vouchers of a single line from which rows are whole vouchers


def unfold(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[Text]]:
    """Add the counter line of each row where nearly every voucher is one row, one side and a counter account.

    Both lines keep the row's number. Where vouchers have their other lines in the file, nothing is added.
    """
    single = pl.len().over("voucher") == 1
    one_sided = (pl.col("debit") == 0) ^ (pl.col("credit") == 0)
    named = pl.col("counter_account").is_not_null() & ~says("counter_account", r"[,，;；、]")
    whole = lines.select(single & one_sided & named).to_series()
    if lines.is_empty() or whole.sum() < MOST * lines["voucher"].n_unique():
        return lines, []
    counter = lines["counter_account"]
    names = translate(counter, lambda text: accounts.read(text).name, REPEATED).fill_null("")
    codes = translate(counter, lambda text: accounts.read(text).code, REPEATED)
    numbered = dict(lines.select("account_name", "account").unique(subset="account_name").rows())
    codes = codes.set(codes == "", None).fill_null(names.replace_strict(numbered, default=None)).fill_null(names)
    mirrored = lines.with_columns(
        account=codes,
        account_name=names,
        counter_account="account_name",
        debit="credit",
        credit="debit",
        line=pl.lit(2, pl.Int64()),
        aux=pl.lit("", REPEATED),
    )
    both = pl.concat([lines, mirrored.filter(whole)]).sort("row", "line", maintain_order=True)
    return both, [_("Each row names both of its accounts: it is read as two lines.")]
