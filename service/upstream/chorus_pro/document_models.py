"""The bodies of downloads and of what is kept to be attached, under the field names of Chorus Pro."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from service.upstream.chorus_pro.models import Paging
from service.upstream.forms import Listed, Received, Sent


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


class KeptPage(Sent):
    """Which part of what is kept is wanted."""

    page: int = Field(default=1, alias="pageResultatDemandee")
    size: int = Field(default=100, alias="nbResultatsParPage")


class KeptByAccount(Sent):
    """rechercherPieceJointeSurMonCompte."""

    name: str | None = Field(default=None, alias="pieceJointeDesignation")
    type_id: int | None = Field(default=None, alias="pieceJointeTypeId")
    page: KeptPage = Field(default=KeptPage(), alias="parametresRecherche")


class KeptByStructure(KeptByAccount):
    """rechercherPieceJointeSurStructure."""

    structure_id: int = Field(alias="idStructureCPP")


class KeptFile(Received):
    """One file that is kept to be attached to invoices; who put it there is not read."""

    id: int = Field(alias="pieceJointeId")
    name: str | None = Field(default=None, alias="pieceJointeDesignation")
    ending: str | None = Field(default=None, alias="pieceJointeExtension")
    type_code: str | None = Field(default=None, alias="pieceJointeTypeCode")
    type_label: str | None = Field(default=None, alias="pieceJointeTypeLibelle")
    structure_id: int | None = Field(default=None, alias="pieceJointeStructureId")


class KeptFiles(Received):
    """One page of what is kept."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[KeptFile] = Field(default=(), alias="listePiecesJointes")
