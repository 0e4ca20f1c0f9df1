"""The account columns of a table: code, name and auxiliary item, wherever the file puts them."""

from __future__ import annotations

import polars as pl

from saas.ledgers.frame import REPEATED
from saas.ledgers.reading import accounts
from saas.ledgers.reading.cells import translate


def read(raw: pl.DataFrame) -> list[pl.Series]:
    """account, account_name, aux of each row. account is the name where the file has no codes; none is null."""
    blank = pl.Series([None] * raw.height, dtype=REPEATED)
    codes, names, aux = _pieces(raw.get_column("account", default=blank))
    labels = raw.get_column("account_name", default=blank)
    label_codes, split_names, __ = _pieces(labels)
    if codes.is_null().all() and label_codes.is_not_null().sum() > raw.height / 2:
        codes, labels = label_codes, split_names
    own = translate(labels, lambda text: accounts.bracketed(text)[0], REPEATED)
    bracketed = translate(labels, lambda text: accounts.bracketed(text)[1] or None, REPEATED)
    names = own.fill_null(names)
    items = translate(raw.get_column("aux", default=blank), lambda text: accounts.auxiliary(text) or None, REPEATED)
    return [
        codes.fill_null(names).fill_null("").alias("account"),
        names.fill_null("").alias("account_name"),
        items.fill_null(bracketed).fill_null(aux).fill_null("").alias("aux"),
    ]


def _pieces(cells: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Code, name and auxiliary item inside each cell; null for what it lacks."""
    texts = cells.drop_nulls().unique()
    read_cells = {text: accounts.read(text) for text in texts.to_list()}
    return (
        translate(cells, lambda text: read_cells[text].code or None, REPEATED),
        translate(cells, lambda text: read_cells[text].name or None, REPEATED),
        translate(cells, lambda text: read_cells[text].aux or None, REPEATED),
    )
