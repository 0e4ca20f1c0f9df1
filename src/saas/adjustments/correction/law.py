"""The articles the decision table stands on, as they are cited to a client."""

from saas.kernel.i18n import _

ARTICLE_51 = _("Basic Norms of Accounting Work, Article 51")
ARTICLE_51_5 = _("Basic Norms of Accounting Work, Article 51 (5)")
SMALL_88 = _("Accounting Standard for Small Enterprises, Article 88")
SMALL_SURPLUS = _("Accounting Standard for Small Enterprises (assets awaiting disposal)")
CAS_28 = _("CAS 28, Article 12")
CAS_28_IMMATERIAL = _("CAS 28, Article 12 (restatement is for material errors)")
CAS_29 = _("CAS 29, adjusting events after the balance sheet date")
NPO = _("Accounting System for Non-profit Organisations (article of the 2024 revision to be confirmed)")
PRACTICE = _("No text asks for an entry; general practice")
