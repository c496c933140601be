"""Why something a supplier asked for was refused: the State's codes, by operation, and what the relay itself finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from contracts.reasons import Reason
from service.handlers.base import reason_of
from service.upstream import Refusal

_LARGE = {"413": Reason.UPSTREAM_FILE_TOO_LARGE}
_LIFE = {
    "GDP_MSG_11.001": Reason.STATUS_NOT_SUITABLE,
    "GDP_MSG_11.005": Reason.NOT_ENTITLED,
    "GDP_MSG_11.008": Reason.INVOICE_NOT_FOUND,
}
_COMPLETE = {
    **_LIFE,
    "GDP_MSG_11.033": Reason.INVOICE_NOT_SUSPENDED,
    # The numbers of the same three, for an answer whose text has no code; each operation counts from 20000 anew.
    "20000": Reason.INVOICE_NOT_FOUND,
    "20001": Reason.NOT_ENTITLED,
    "20002": Reason.INVOICE_NOT_SUSPENDED,
}
REASONS_BY_CODE: Mapping[str, Mapping[str, Reason]] = MappingProxyType(
    {
        "ajouterFichierDansSysteme": _LARGE,
        "deposerPdfFacture": _LARGE,
        "soumettreFacture": _LIFE,
        "completerFacture": _COMPLETE,
        "recyclerFacture": _LIFE,
        "traiterFacturesRejetees": _LIFE,
        "consulterHistoriqueFacture": _LIFE,
        "consulterFactureParFournisseur": _LIFE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection(Refusal):
    """What the relay itself has against sending it: a reason, and names that tell the requester more."""

    reason: Reason
    names: tuple[str, ...] = ()


def reason_for(refusal: Refusal) -> Reason:
    """The stable reason of a refusal, whoever it comes from."""
    if isinstance(refusal, Objection):
        return refusal.reason
    return reason_of(refusal, REASONS_BY_CODE.get(refusal.operation, {}))


def said(refusal: Refusal) -> dict[str, Any]:  # Any: fields of whatever result it goes into
    """Reason, code and original text as results carry them; the relay's own words are no text of the State's."""
    text = None if isinstance(refusal, Objection) else refusal.text or None
    return {"reason": reason_for(refusal), "code": refusal.code, "upstream_text": text}
