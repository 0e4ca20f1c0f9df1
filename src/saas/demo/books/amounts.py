"""Amounts as businesses have them: log-normal, round where people agree on them, odd where they are measured."""

from __future__ import annotations

from random import Random


def agreed(rng: Random, median_yuan: float, spread: float = 0.5) -> int:
    """A price somebody agreed on, in fen: mostly whole tens or hundreds of yuan, sometimes .50 or odd fen."""
    yuan = max(median_yuan * rng.lognormvariate(0, spread), 1.0)
    step = (
        rng.choices((10_000, 1_000, 100, 1), (50, 25, 15, 10))[0] if yuan >= 2000 else rng.choice((1_000, 100, 50, 1))
    )
    return max(round(yuan * 100 / step), 1) * step


def measured(rng: Random, median_yuan: float, spread: float = 0.25) -> int:
    """A metered or weighed amount (electricity, groceries, tickets), in fen, odd to the fen."""
    return max(round(median_yuan * rng.lognormvariate(0, spread) * 100), 100)


def round_up(fen: int, step_yuan: int) -> int:
    step = step_yuan * 100
    return -(-fen // step) * step


def percent(fen: int, rate: float) -> int:
    """rate per cent of an amount, to the nearest fen, halves away from zero."""
    basis = round(rate * 1000)
    sign = -1 if fen < 0 else 1
    return sign * ((abs(fen) * basis * 2 + 100_000) // 200_000)


def shares(rng: Random, total_fen: int, parts: int, spread: float = 0.4) -> list[int]:
    """A total cut into log-normal parts of agreed size (they sum to about the total, as real months do)."""
    weights = [rng.lognormvariate(0, spread) for _ in range(parts)]
    whole = sum(weights)
    return [agreed(rng, total_fen / 100 * weight / whole, 0.02) for weight in weights]
