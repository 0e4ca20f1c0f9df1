"""Texts are rendered for whoever reads them, also after they were stored."""

from __future__ import annotations

from saas.kernel.i18n import Listed, Text, _


def test_words_in_a_row_are_set_apart_as_their_reader_is_used_to() -> None:
    kept = _("%(rules)s need figures that no ledger holds", rules=Listed(["N01", _("Findings")]))
    for text in (kept, Text.restore(kept.store())):
        assert text.to("en").startswith("N01, Findings need")
        assert "N01、" in text.to("zh")
        assert "," not in text.to("zh")
    assert Text.restore(kept.store()) == kept
