"""`saas bench pages`: the list of fifty cases, served by us, by bare Litestar with SQLAlchemy Core, and by Django.

The three show the same bytes: the peers use our templates and the pure words of a row, and bring their own routing,
session, membership, scope and queries.
"""
