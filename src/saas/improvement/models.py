"""The tables of improvement, room by room.

Lessons and what is done about them (lessons.lesson_models):   library_lessons, lesson_causes, improvement_actions,
                                                               improvement_inbox
Changes of processes and policies (changes.change_models):     improvement_changes
Rules of accounting, tax and law, the market (regulations.regulation_models):
                                                               regulations, regulation_clients, competitor_terms
Who has read what (receipts.receipt_models):                   read_receipts

Texts of the register are {"zh": …, "en": …}; `saas.training.wording.said(words)` is the reader's.
"""

from saas.improvement.changes.change_models import Change
from saas.improvement.lessons.lesson_models import Cause, Improvement, InboxItem, LibraryLesson
from saas.improvement.receipts.receipt_models import ReadReceipt
from saas.improvement.regulations.regulation_models import AffectedClient, CompetitorTerms, Regulation

__all__ = [
    "AffectedClient",
    "Cause",
    "Change",
    "CompetitorTerms",
    "Improvement",
    "InboxItem",
    "LibraryLesson",
    "ReadReceipt",
    "Regulation",
]
