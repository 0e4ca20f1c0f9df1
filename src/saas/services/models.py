"""The tables of services, room by room.

What contacts allowed (consent.consent_models):       consents
Catalogue, plans, tiers (offering.offering_models):   services, service_prices, service_proposals, client_tiers,
                                                      service_ideas
Where clients come from (sources.source_models):      partners, client_origins, leads, names_handed_on, reviews
Support policies (support.support_models):            support_policies, support_policy_terms, client_facts,
                                                      support_applications
Answers and phrases (library.library_models):         library_snippets, library_uses
Reminders (care.care_models):                         care_kinds, care_messages
Free service (giving.giving_models):                  free_services

Texts of the starter are {"zh": …, "en": …}; `saas.training.wording.said(words)` is the reader's.
"""

from saas.services.care.care_models import CareKind, CareMessage
from saas.services.consent.consent_models import Consent
from saas.services.giving.giving_models import FreeService
from saas.services.library.library_models import Snippet, SnippetUse
from saas.services.offering.offering_models import ClientTier, Idea, Proposal, Service, ServicePrice
from saas.services.sources.source_models import HandOn, Lead, Origin, Partner, Review
from saas.services.support.support_models import Application, ClientFact, PolicyTerms, SupportPolicy

__all__ = [
    "Application",
    "CareKind",
    "CareMessage",
    "ClientFact",
    "ClientTier",
    "Consent",
    "FreeService",
    "HandOn",
    "Idea",
    "Lead",
    "Origin",
    "Partner",
    "PolicyTerms",
    "Proposal",
    "Review",
    "Service",
    "ServicePrice",
    "Snippet",
    "SnippetUse",
    "SupportPolicy",
]
