"""The head of a printed sheet: who the firm is."""

from __future__ import annotations

from saas.firms.models import FirmProfile
from saas.kernel.i18n import Locale


def firm_head(profile: FirmProfile, locale: Locale = "zh", logo: str = "") -> dict[str, str]:
    """`firm` of templates/documents/base.html; English sheets show the English address where there is one."""
    return {
        "name": profile.name,
        "name_en": profile.name_en,
        "licence": profile.licence_number,
        "address": (profile.address_en or profile.address) if locale == "en" else profile.address,
        "phone": profile.phone,
        "email": profile.email,
        "initial": profile.name[:1],
        "logo": logo,
    }
