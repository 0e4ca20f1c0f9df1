"""Real kinds of error, injected into right books, each with the rules that should see it and the right entry."""

from saas.demo.books.errors import (  # noqa: F401 (each registers its kinds)
    balances,
    duplicates,
    entries,
    funds,
    invoices,
    missing,
    numbering,
    open_items,
    timing,
    wrong_account,
)
from saas.demo.books.errors.registry import ERRORS, CannotInject, ErrorKind, ErrorSpec, Mistake, Scene, Stage

__all__ = ["ERRORS", "CannotInject", "ErrorKind", "ErrorSpec", "Mistake", "Scene", "Stage"]
