"""Seeded books of small Chinese companies with real kinds of error: for the demo, the evaluation and the benchmarks."""

from saas.demo.books.books import Books, Label, applicable, books
from saas.demo.books.company import Company
from saas.demo.books.errors import ERRORS, CannotInject, ErrorSpec
from saas.demo.books.late import Late, LateLine

__all__ = [
    "ERRORS",
    "Books",
    "CannotInject",
    "Company",
    "ErrorSpec",
    "Label",
    "Late",
    "LateLine",
    "applicable",
    "books",
]
