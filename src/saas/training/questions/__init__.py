"""Questions and their marking: pure functions, which know neither the web nor the database.

Read in this order: `kinds` (what a question holds), `drawing` (what is asked, in which order), `answers` (what a form
sends), `marking` (points and why), `voucher` and `voucher_marking` (exercises marked by the product's own engine).
"""
