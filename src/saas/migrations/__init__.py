"""Migrations: written from the models by `saas migrate --new TITLE`; a test proves that they agree."""
