"""Every operation of Chorus Pro by which recipients and validators decide, each described once."""

from __future__ import annotations

from service.upstream.chorus_pro import decision_models as models
from service.upstream.chorus_pro.models import Nothing
from service.upstream.chorus_pro.operations import UPSTREAM
from service.upstream.operation import AnswerT, Doubt, Operation, RequestT


def _read(
    name: str, api: str, path: str, request: type[RequestT], answer: type[AnswerT], does: str
) -> Operation[RequestT, AnswerT]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path=path,
        request=request,
        answer=answer,
        timeout=30.0,
        doubt=Doubt.REPEAT,
        is_read=True,
        does=does,
        certainty="official" if api == "factures" else "client",
    )


def _write(
    name: str, path: str, request: type[RequestT], answer: type[AnswerT], does: str
) -> Operation[RequestT, AnswerT]:
    """A change of an invoice that is there already: its history says afterwards whether it was made."""
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api="factures",
        path=path,
        request=request,
        answer=answer,
        timeout=30.0,
        doubt=Doubt.LOOK_UP,
        does=does,
        certainty="official",
    )


SET_STATUS = _write(
    "traiterUneFactureRecue",
    "/traiter/recue",
    models.StatusToSet,
    models.StatusSet,
    "sets the status of a received invoice",
)
VALIDATE = _write(
    "traiterFactureAValider",
    "/traiter/factureAValider",
    models.ToValidate,
    models.Validated,
    "validates an invoice, or refuses to",
)
CORRECT_VALIDATOR = _write(
    "corrigerValideurFacture",
    "/corriger/valideur/facture",
    models.ValidatorToSet,
    models.ValidatorSet,
    "gives an invoice another validator",
)
NEXT_STATUSES = _read(
    "recupererEtatsPossiblesPourTraitement",
    "transverses",
    "/recuperer/etats/traitement",
    models.StatusAsked,
    models.StatusesOffered,
    "tells which statuses a recipient may set from a status",
)
REFUSAL_REASONS = _read(
    "recupererMotifsRefusFactureAValider",
    "transverses",
    "/recuperer/motifs/refus/Facture/AValider",
    models.ReasonsAsked,
    models.ReasonRows,
    "tells for which reasons a validator may refuse",
)
VISIBLE_STATUSES = _read(
    "recupererStatutsFactureVisiblesParValideur",
    "factures",
    "/recuperer/statutsFactureVisibles/valideur",
    Nothing,
    models.VisibleStatuses,
    "tells in which statuses a validator sees an invoice",
)
