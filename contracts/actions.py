"""English words for what people did with an invoice on the portal; an action it does not know is `unknown`."""

from collections.abc import Mapping
from types import MappingProxyType

_ACTIONS: Mapping[str, str] = MappingProxyType({
    "TELECHARGEMENT_FACTURE": "invoice_downloaded",
    "ACQUITTEMENT_REJET": "rejection_acknowledged",
    "ACQUITTEMENT_SUSPENSION": "suspension_acknowledged",
    "TRAITEMENT_REJET": "rejection_handled",
})  # fmt: skip

INVOICE_ACTION_WORDS = tuple(sorted({*_ACTIONS.values(), "unknown"}))


def invoice_action(code: str) -> str:
    """Return the English word for a code of a person's action, `unknown` for one that is not in the list."""
    return _ACTIONS.get(code, "unknown")
