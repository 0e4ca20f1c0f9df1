"""What general detectors make of the same vouchers: isolation forest, local outlier factor, a small autoencoder, and
the plain counting of journal-entry tests (ISA 240, A45). All rank the vouchers of one ledger by the same features.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from saas.checks.digest import digest
from saas.ledgers.frame import Ledger

Matrix = NDArray[np.float64]
NEIGHBOURS = 20
ROUND_FEN = 100_000_00 // 100  # multiples of 1,000 yuan
LIMITS_FEN = (5_000_00, 10_000_00, 50_000_00)
UNDER = 0.03  # just under a limit: at most this share below it


def rankings(ledger: Ledger) -> dict[str, list[str]]:
    """peer → the ledger's vouchers, most suspect first."""
    frame = features(ledger)
    names = frame["voucher"].to_list()
    if len(names) < 3 * NEIGHBOURS:
        return {}
    numbers = StandardScaler().fit_transform(frame.drop("voucher").to_numpy().astype(float))
    scores = {name: peer(numbers) for name, peer in PEERS.items()} | {"journal-entry tests": flags(ledger)}
    return {name: [names[at] for at in np.argsort(-score, kind="stable")] for name, score in scores.items()}


def features(ledger: Ledger) -> pl.DataFrame:
    """voucher, and what every peer sees of it: size, day, hour, accounts, how usual its pattern and people are."""
    books = digest(ledger)
    lines = books.lines.group_by("voucher").agg(
        n_lines=pl.len(), n_accounts=pl.col("account").n_unique(), negative=(pl.col("fen") < 0).any()
    )
    entered = ledger.lines.group_by("voucher").agg(
        hour=pl.col("entered_time").cat.slice(0, 2).cast(pl.Int32, strict=False).first().fill_null(12),
        source=pl.col("source").fill_null("").first(),
    )
    vouchers = books.vouchers.join(lines, on="voucher", maintain_order="left").join(entered, on="voucher")

    def surprise(*columns: str) -> pl.Expr:
        return -(pl.len().over(columns) / pl.len()).log()

    return vouchers.select(
        "voucher",
        size=(pl.col("amount").abs() + 1).log(),
        day=pl.col("date").dt.day().fill_null(15),
        weekday=pl.col("date").dt.weekday().fill_null(3),
        hour=pl.col("hour"),
        n_lines=pl.col("n_lines"),
        n_accounts=pl.col("n_accounts"),
        negative=pl.col("negative").cast(pl.Int8),
        round_sum=(pl.col("amount") % ROUND_FEN == 0).cast(pl.Int8),
        pattern=surprise("pattern"),
        preparer=surprise("preparer"),
        who_what=surprise("preparer", "pattern"),
        source=surprise("source"),
        same_amount=pl.len().over("amount", "form").cast(pl.Float64).log(),
        deviation=((pl.col("amount") + 1).abs().log() - (pl.col("amount") + 1).abs().log().median().over("form")).abs(),
    ).with_columns(pl.all().exclude("voucher").fill_null(0).fill_nan(0))


def flags(ledger: Ledger) -> Matrix:
    """How many of the usual journal-entry tests a voucher fails, each counting one."""
    seen = features(ledger)
    amount = digest(ledger).vouchers.join(seen.select("voucher"), on="voucher", how="semi")["amount"]
    near = [(amount < limit) & (amount >= limit * (1 - UNDER)) for limit in LIMITS_FEN]
    counted = (
        (seen["round_sum"] == 1).cast(pl.Int32)
        + seen["weekday"].is_in([6, 7]).cast(pl.Int32)
        + ((seen["hour"] < 6) | (seen["hour"] > 21)).cast(pl.Int32)
        + (seen["pattern"] > np.log(200)).cast(pl.Int32)
        + (seen["who_what"] > np.log(200)).cast(pl.Int32)
        + (seen["same_amount"] > 0).cast(pl.Int32)
        + (seen["negative"] == 1).cast(pl.Int32)
        + pl.Series(np.any([one.to_numpy() for one in near], axis=0)).cast(pl.Int32)
    )
    score: Matrix = counted.to_numpy().astype(float)
    return score


def _forest(numbers: Matrix) -> Matrix:
    score: Matrix = -IsolationForest(n_estimators=200, random_state=0).fit(numbers).score_samples(numbers)
    return score


def _neighbours(numbers: Matrix) -> Matrix:
    found = LocalOutlierFactor(n_neighbors=NEIGHBOURS)
    found.fit(numbers)
    score: Matrix = -found.negative_outlier_factor_
    return score


def _autoencoder(numbers: Matrix) -> Matrix:
    """Eight, three and eight units; what it cannot rebuild is unusual."""
    model = MLPRegressor(
        hidden_layer_sizes=(8, 3, 8), activation="tanh", max_iter=3000, random_state=0, early_stopping=True
    )
    model.fit(numbers, numbers)
    score: Matrix = np.mean((model.predict(numbers) - numbers) ** 2, axis=1)
    return score


PEERS: dict[str, Callable[[Matrix], Matrix]] = {
    "isolation forest": _forest,
    "local outlier factor": _neighbours,
    "autoencoder": _autoencoder,
}
