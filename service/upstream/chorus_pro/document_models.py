"""The bodies of downloads, under the field names of Chorus Pro."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from service.upstream.forms import Received, Sent


class InvoiceNumbered(Sent):
    """One invoice of a download."""

    id: int = Field(alias="idFacture")


class GroupWanted(Sent):
    """telechargerGroupeFacture, and what telechargerPieceJointe takes of it."""

    format: str
    attachments: str = Field(alias="avecPiecesJointesComplementaires")
    invoices: tuple[InvoiceNumbered, ...] = Field(alias="listeFacture")


class AttachmentWanted(Sent):
    """telechargerPieceJointe, for what is attached to invoices."""

    group: GroupWanted = Field(alias="demandePaiement")
    about: str = Field(default="DEMANDE_PAIEMENT", alias="objetPieceJointe")


class Given(Received):
    """The documents as one file in base64; the two operations call it by names of their own."""

    content: str = Field(validation_alias=AliasChoices("fichierResultat", "pieceJointe"), min_length=1, repr=False)
