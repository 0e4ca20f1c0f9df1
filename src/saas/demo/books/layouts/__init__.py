"""The same books in any program's export: columns, titles, numbers and encodings as those programs write them."""

from saas.demo.books.layouts.balance_list import BALANCE_STYLES, write_balances
from saas.demo.books.layouts.tables import LAYOUTS
from saas.demo.books.layouts.voucher_list import Written, write

__all__ = ["BALANCE_STYLES", "LAYOUTS", "Written", "write", "write_balances"]
