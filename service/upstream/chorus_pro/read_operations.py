"""Every operation of Chorus Pro that shows invoices or their documents, each described once; none changes anything."""

from __future__ import annotations

from service.upstream.chorus_pro import document_models, search_models
from service.upstream.chorus_pro.models import InvoiceAsked, InvoiceFound
from service.upstream.chorus_pro.operations import UPSTREAM
from service.upstream.operation import AnswerT, Certainty, Doubt, Operation, RequestT

LARGEST_DOCUMENT = 8 * 1024 * 1024
"""Bytes of a file that a result may hold: in base64 it stays below the 16 MiB that RabbitMQ takes by default."""
_ROOM = 64 * 1024


def _read(
    name: str,
    path: str,
    request: type[RequestT],
    answer: type[AnswerT],
    does: str,
    *,
    api: str = "factures",
    purpose: str = "",
    certainty: Certainty = "official",
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
        purpose=purpose,
        does=does,
        certainty=certainty,
    )


def _download(
    name: str, path: str, request: type[RequestT], answer: type[AnswerT], does: str, *, api: str, certainty: Certainty
) -> Operation[RequestT, AnswerT]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path=path,
        request=request,
        answer=answer,
        timeout=90.0,
        doubt=Doubt.REPEAT,
        is_read=True,
        largest_answer=LARGEST_DOCUMENT * 4 // 3 + _ROOM,
        does=does,
        certainty=certainty,
    )


SEARCH_AS_SUPPLIER = _read(
    "rechercherFactureParFournisseur",
    "/rechercher/fournisseur",
    search_models.SupplierSearch,
    search_models.Listing,
    "finds the invoices of a supplier",
    purpose="search",
)
SEARCH_AS_RECIPIENT = _read(
    "rechercherFactureRecipiendaire",
    "/rechercher/recipiendaire",
    search_models.RecipientSearch,
    search_models.Listing,
    "finds the invoices of a recipient",
    purpose="search",
)
SEARCH_AS_VALIDATOR = _read(
    "rechercherFactureParValideur",
    "/rechercher/valideur",
    search_models.ValidatorSearch,
    search_models.Listing,
    "finds the invoices of a validator",
    purpose="search",
)
TO_DO_OF_SUPPLIER = _read(
    "rechercherFactureATraiterParFournisseur",
    "/rechercher/atraiter/fournisseur",
    search_models.SupplierToDo,
    search_models.Listing,
    "finds the invoices a supplier has to act on",
)
TO_DO_OF_RECIPIENT = _read(
    "rechercherFactureATraiterParRecipiendaire",
    "/rechercher/atraiter/recipiendaire",
    search_models.RecipientToDo,
    search_models.Listing,
    "finds the invoices a recipient has to act on",
)
TO_DO_OF_VALIDATOR = _read(
    "rechercherFactureATraiterParValideur",
    "/rechercher/aTraiter/valideur",
    search_models.ValidatorToDo,
    search_models.Listing,
    "finds the invoices a validator has to act on",
)
SEARCH_PAYMENT_REQUESTS = _read(
    "rechercherDemandePaiement",
    "/rechercher/demandePaiement",
    search_models.PaymentRequestSearch,
    search_models.Listing,
    "finds payment requests, archived ones too; not in the sandbox",
)
DETAIL_FOR_RECIPIENT = _read(
    "consulterFactureParRecipiendaire",
    "/consulter/recipiendaire",
    InvoiceAsked,
    InvoiceFound,
    "shows an invoice to its recipient",
)
DETAIL_FOR_VALIDATOR = _read(
    "consulterFactureParValideur",
    "/consulter/valideur",
    InvoiceAsked,
    InvoiceFound,
    "shows an invoice to its validator",
)
DOWNLOAD_GROUP = _download(
    "telechargerGroupeFacture",
    "/telecharger/groupe",
    document_models.GroupWanted,
    document_models.Given,
    "gives the documents of invoices",
    api="factures",
    certainty="official",
)
DOWNLOAD_ATTACHMENTS = _download(
    "telechargerPieceJointe",
    "/telecharger/pieceJointe",
    document_models.AttachmentWanted,
    document_models.Given,
    "gives what is attached to invoices",
    api="transverses",
    certainty="client",
)
KEPT_BY_STRUCTURE = _read(
    "rechercherPieceJointeSurStructure",
    "/rechercher/pj/structure",
    document_models.KeptByStructure,
    document_models.KeptFiles,
    "lists the files a structure keeps to attach",
    api="transverses",
    certainty="client",
)
KEPT_BY_ACCOUNT = _read(
    "rechercherPieceJointeSurMonCompte",
    "/rechercher/pj/moncompte",
    document_models.KeptByAccount,
    document_models.KeptFiles,
    "lists the files the technical account keeps to attach",
    api="transverses",
    certainty="client",
)
