"""What a correction means for tax: a figure with its basis, or which fact is missing to give one."""

from saas.adjustments.tax.effect import TaxEffect, tax_effect
from saas.adjustments.tax.entries import suggested
from saas.adjustments.tax.figures import CannotKnow, Figure, Known
from saas.adjustments.tax.taxpayer import Filings, Taxpayer

__all__ = ["CannotKnow", "Figure", "Filings", "Known", "TaxEffect", "Taxpayer", "suggested", "tax_effect"]
