"""The vocabulary of business: one function per kind of event, each posting its voucher at the desk."""
