"""Entries that recur every month and are missing once."""

from __future__ import annotations

from saas.demo.books.errors.registry import ErrorSpec, Mistake, Scene, error


@error("missing_depreciation", "N22", "N33")
def missing_depreciation(scene: Scene, spec: ErrorSpec) -> Mistake:
    return _drop(scene, spec, "depreciation")


@error("missing_amortisation", "N33", "N22")
def missing_amortisation(scene: Scene, spec: ErrorSpec) -> Mistake:
    return _drop(scene, spec, "amortisation")


@error("missing_wages", "N33", also=("N08",))
def missing_wages(scene: Scene, spec: ErrorSpec) -> Mistake:
    return _drop(scene, spec, "wages")


@error("missing_rent", "N33")
def missing_rent(scene: Scene, spec: ErrorSpec) -> Mistake:
    return _drop(scene, spec, "rent")


@error("missing_cost", "N33", also=("N23",))
def missing_cost(scene: Scene, spec: ErrorSpec) -> Mistake:
    return _drop(scene, spec, "cost")


def _drop(scene: Scene, spec: ErrorSpec, series: str) -> Mistake:
    """Never written, so no number is missing. Not in the first months: a series must be known to be missed."""
    voucher = scene.pick(spec, series, skip_first=3)
    scene.remove(voucher)
    debited = next(entry for entry in voucher.entries if entry.debit)
    return Mistake([], voucher.period, scene.chart.code(debited.role), voucher.entries, f"no {series} this month")
