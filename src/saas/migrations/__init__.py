"""Migrations: generated from the models by `saas migration NAME`; a test proves that they agree."""
