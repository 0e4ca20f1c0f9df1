"""Telling another program's address what happened: signed, tried again, written down."""
