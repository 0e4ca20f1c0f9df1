"""The table of an import: nothing is stored unless a person confirms, and what was stored can be undone."""

from __future__ import annotations

from saas.kernel.i18n import Listed, Text, _
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.ledgers.forms import Remap, Store
from saas.ledgers.models import Import
from saas.ledgers.queries import sealed_periods


def posted_is_known(imported: Import, deed: Deed) -> Text | None:
    """Asked only when the file does not say; a deed without a form is the page asking which buttons to show."""
    if deed.form is None or deed.form.posted or imported.posted:
        return None
    return _("The file does not say whether its vouchers are posted: choose one.")


def own_company(imported: Import, deed: Deed) -> Text | None:
    other = imported.preview.get("other_company")
    if other is None or deed.form is None or deed.form.accept_other_company:
        return None
    return _(
        "The file names %(name)s, which is not this client. Tick that it is right, or choose another file.", name=other
    )


def balanced_or_accepted(imported: Import, deed: Deed) -> Text | None:
    if deed.form is None or deed.form.accept_unbalanced or not imported.preview.get("difference_fen"):
        return None
    return _("Debit and credit differ. Correct the columns, or tick that the file really is unbalanced.")


def has_rows(imported: Import, deed: Deed) -> Text | None:
    if imported.preview.get("lines") or imported.preview.get("balances"):
        return None
    return _("No row of this file could be taken.")


def not_sealed(imported: Import, deed: Deed) -> Text | None:
    sealed = deed.facts or []
    if sealed:
        return _(
            "%(periods)s is sealed; an import that holds a sealed period cannot be undone.", periods=Listed(sealed)
        )
    return None


# fmt: off
STATES = (
    State("uploaded", _("Uploaded"), "system", 10),
    State("reading", _("Being read"), "system", 10),
    State("previewed", _("To be confirmed"), "bookkeeper", 450, tone="due"),
    State("unreadable", _("Not readable"), final=True, tone="late"),
    State("storing", _("Being stored"), "system", 10),
    State("stored", _("Stored"), final=True, tone="done"),
    State("cancelled", _("Cancelled"), final=True, tone="sealed"),
    State("undone", _("Undone"), final=True, tone="sealed"),
)
ACTIONS = (
    Action("read", _("Read"), states("uploaded"), "reading", "ledgers.import", Import.read, by="system",
           timeline=False),
    Action("show", _("Show"), states("reading", "uploaded"), "previewed", "ledgers.import", Import.show, by="system",
           timeline=False),
    Action("fail", _("Not readable"), states("reading", "uploaded", "storing"), "unreadable", "ledgers.import",
           Import.fail, by="system"),
    Action("remap", _("Read again with these columns"), states("previewed"), "uploaded", "ledgers.import", Import.remap,
           form=Remap, emits="import.remapped", timeline=False),
    Action("store", _("Store"), states("previewed"), "storing", "ledgers.import", Import.store, form=Store,
           rules=(has_rows, own_company, posted_is_known, balanced_or_accepted), emits="import.confirmed",
           tone="primary", timeline=False),
    Action("finish", _("Stored"), states("storing"), "stored", "ledgers.import", Import.finish, by="system",
           emits="import.stored"),
    Action("cancel", _("Do not store"), states("previewed"), "cancelled", "ledgers.import", Import.cancel,
           tone="quiet"),
    Action("undo", _("Undo this import"), states("stored"), "undone", "ledgers.import", Import.undo,
           rules=(not_sealed,), emits="import.undone", tone="quiet",
           consequence=_("The periods go back to the version before. The file stays on record.")),
)
# fmt: on


IMPORT = Workflow(
    "import",
    label=_("Import of a ledger"),
    row=Import,
    path="ledgers/imports",
    initial="uploaded",
    states=STATES,
    actions=ACTIONS,
    url=lambda imported: f"/ledgers/imports/{imported.id}",
    title=lambda imported: Text(imported.file_name),
    facts=sealed_periods,
    assignee=lambda imported: imported.uploaded_by,
)
