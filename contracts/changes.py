"""What a change of status asks of whoever hears of it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class FeedRole(StrEnum):
    """As whom an account hears of changes."""

    SUPPLIER = "supplier"
    RECIPIENT = "recipient"


class AnswerWith(StrEnum):
    """What answers a status: a request of that name, or a new invoice under a new number."""

    SUPPLEMENT = "invoice.supplement"
    RECYCLING = "invoice.recycling"
    VALIDATOR_CORRECTION = "invoice.validator.correction"
    NEW_INVOICE = "new_invoice"


_ANSWERS: Mapping[str, AnswerWith] = MappingProxyType({
    "SUSPENDUE": AnswerWith.SUPPLEMENT,
    "A_RECYCLER": AnswerWith.RECYCLING,
    "REJETEE": AnswerWith.NEW_INVOICE,
    "ERREUR_FOURNISSEUR_SUR_VALIDEUR": AnswerWith.VALIDATOR_CORRECTION,
})  # fmt: skip

# The supplier has to act, but no request of the relay does it: it is done in the portal.
_IN_THE_PORTAL = frozenset({
    "A_COMPLETER", "EN_ATTENTE_RECYCLAGE_FOURNISSEUR", "A_ASSOCIER_FOURNISSEUR", "ERREUR_FOURNISSEUR_SUR_MOE",
    "ERREUR_FOURNISSEUR_SUR_MOA", "ERREUR_MOE_SUR_FOURNISSEUR", "ERREUR_MOA_SUR_FOURNISSEUR",
})  # fmt: skip


def answer_with(code: str, role: FeedRole) -> AnswerWith | None:
    """Return what answers a status of Chorus Pro; None when nothing does, as nothing does for a recipient."""
    return _ANSWERS.get(code) if role is FeedRole.SUPPLIER else None


def is_action_required(code: str, role: FeedRole) -> bool:
    """Whether the invoice stands still until its supplier, who hears of it, does something."""
    return role is FeedRole.SUPPLIER and (code in _ANSWERS or code in _IN_THE_PORTAL)
