"""The bodies that Chorus Pro's directory of structures takes and gives, under its own field names."""

from __future__ import annotations

from pydantic import Field

from service.upstream.chorus_pro.models import Paging
from service.upstream.forms import Day, Listed, Moment, Received, Sent


class StructurePage(Sent):
    """Which part of a search is wanted; sorted, so that pages do not overlap."""

    page: int = Field(alias="pageResultatDemandee")
    size: int = Field(alias="nbResultatsParPage")
    column: str = Field(alias="triColonne")
    direction: str = Field(default="Ascendant", alias="triSens")


class StructureWanted(Sent):
    """What a structure is searched by."""

    identifier_type: str | None = Field(default=None, alias="typeIdentifiantStructure")
    identifier: str | None = Field(default=None, alias="identifiantStructure")
    name: str | None = Field(default=None, alias="raisonSocialeStructure")
    postcode: str | None = Field(default=None, alias="adresseCodePostal")
    kind: str | None = Field(default=None, alias="typeStructure")


class StructureSearch(Sent):
    """rechercherStructure."""

    wanted: StructureWanted = Field(alias="structure")
    page: StructurePage = Field(alias="parametres")
    private_only: bool = Field(default=False, alias="restreindreStructuresPrivees")


class StructureRow(Received):
    """One structure as searches list it."""

    id: int = Field(alias="idStructureCPP")
    identifier: str | None = Field(default=None, alias="identifiantStructure")
    identifier_type: str | None = Field(default=None, alias="typeIdentifiantStructure")
    name: str | None = Field(default=None, alias="designationStructure")
    status: str | None = Field(default=None, alias="statut")


class StructureRows(Received):
    """One page of structures."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[StructureRow] = Field(default=(), alias="listeStructures")


class StructureAsked(Sent):
    """consulterStructureAvecTVAIntraCom."""

    id: int = Field(alias="idStructureCPP")
    language: str = Field(default="fr", alias="codeLangue")


class StructureIdentity(Received):
    """Who a structure is."""

    identifier: str | None = Field(default=None, alias="identifiantStructure")
    name: str | None = Field(default=None, alias="raisonSocialeStructure")
    kind: str | None = Field(default=None, alias="structurePriveePublique")
    password_expires: Moment = Field(default=None, alias="dateExpirationMotPasseCompteTech")


class StructureFlags(Received):
    """What a structure demands and does; absent flags are None."""

    service: bool | None = Field(default=None, alias="codeServiceDoitEtreRenseigne")
    commitment: bool | None = Field(default=None, alias="numeroEJDoitEtreRenseigne")
    either: bool | None = Field(default=None, alias="gestionNumeroEJOuCodeService")
    owner_only: bool | None = Field(default=None, alias="estMoaUniquement")
    hides_payments: bool | None = Field(default=None, alias="statutMiseEnPaiementNestPasRemonte")


class StructureShown(Received):
    """One structure in full, of which only what senders need is read."""

    identity: StructureIdentity | None = Field(default=None, alias="informationGenerales")
    flags: StructureFlags | None = Field(default=None, alias="parametres")


class ServiceSearch(Sent):
    """rechercherServicesStructure."""

    structure_id: int = Field(alias="idStructure")
    page: StructurePage = Field(alias="parametresRechercherServicesStructure")


class ServiceRow(Received):
    """One service as its structure lists it."""

    id: int = Field(alias="idService")
    code: str | None = Field(default=None, alias="codeService")
    label: str | None = Field(default=None, alias="libelleService")
    is_active: bool | None = Field(default=None, alias="estActif")
    status: str | None = Field(default=None, alias="statutService")


class ServiceRows(Received):
    """One page of services."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[ServiceRow] = Field(default=(), alias="listeServices")


class ServiceAsked(Sent):
    """consulterServiceStructure."""

    id: int = Field(alias="idService")
    structure_id: int = Field(alias="idStructure")
    language: str = Field(default="fr", alias="codeLangue")


class ServiceIdentity(Received):
    """Which service it is."""

    code: str | None = Field(default=None, alias="codeService")
    name: str | None = Field(default=None, alias="nomService")


class ServiceFlags(Received):
    """What a service demands, and while it is valid."""

    commitment: bool | None = Field(default=None, alias="numeroEngagement")
    payments: bool | None = Field(default=None, alias="miseEnPaiement")
    valid_from: Day = Field(default=None, alias="dateDebutValidite")
    valid_until: Day = Field(default=None, alias="dateFinValidite")


class ServiceShown(Received):
    """One service in full."""

    identity: ServiceIdentity | None = Field(default=None, alias="informationsGenerales")
    flags: ServiceFlags | None = Field(default=None, alias="parametres")


class MembershipSearch(Sent):
    """listerRattachementsStructureUtilisateur: the user by its address or number."""

    page: StructurePage = Field(alias="parametresListerRattachementsStructureUtilisateur")
    structure_id: int = Field(alias="idStructure")
    email: str | None = Field(default=None, alias="adresseEmailConnexionUtilisateur", repr=False)
    user_id: int | None = Field(default=None, alias="idUtilisateur")


class MembershipRow(Received):
    """One service that a user is attached to, or asked to be."""

    id: int | None = Field(default=None, alias="idRattachement")
    service_id: int | None = Field(default=None, alias="idService")
    code: str | None = Field(default=None, alias="codeService")
    name: str | None = Field(default=None, alias="nomService")
    status: str | None = Field(default=None, alias="statutRattachement")
    starts: Day = Field(default=None, alias="dateDebut")
    ends: Day = Field(default=None, alias="dateFin")


class MembershipRows(Received):
    """One page of services that a user is attached to."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[MembershipRow] = Field(default=(), alias="listeServices")


class SpaceStructure(Sent):
    """The structure whose spaces are wanted."""

    id: int = Field(alias="idStructure")


class SpaceSearch(Sent):
    """rechercherEspaces."""

    page: StructurePage = Field(alias="parametresRechercherEspaces")
    structure: SpaceStructure
    service_id: int | None = Field(default=None, alias="idService")


class SpaceRow(Received):
    """One space of the portal that a structure or a service of it has."""

    id: int | None = Field(default=None, alias="idEspaceFo")
    code: str | None = Field(default=None, alias="codeEspace")
    label: str | None = Field(default=None, alias="libelleEspace")
    service_code: str | None = Field(default=None, alias="codeService")
    state: str | None = Field(default=None, alias="etatCourant")
    right: str | None = Field(default=None, alias="typeHabilitation")


class SpaceRows(Received):
    """One page of spaces."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[SpaceRow] = Field(default=(), alias="listeEspace")


class AttachmentPage(Sent):
    """Which part of one's own attachments is wanted."""

    page: int = Field(alias="pageResultatDemandee")
    size: int = Field(alias="nbResultatsParPage")


class AttachmentSearch(Sent):
    """recupererRattachementsMonCompteUtilisateur."""

    page: AttachmentPage = Field(alias="parametresRecherche")


class AttachedService(Received):
    """A service of a structure to which the account is attached."""

    id: int | None = Field(default=None, alias="idService")
    code: str | None = Field(default=None, alias="codeService")
    is_active: bool | None = Field(default=None, alias="estActif")


class AttachmentRow(Received):
    """One structure that the technical account is attached to."""

    id: int = Field(alias="idStructure")
    identifier: str | None = Field(default=None, alias="identifiantStructure")
    name: str | None = Field(default=None, alias="designationStructure")
    role: str | None = Field(default=None, alias="roleUtilisateur")
    status: str | None = Field(default=None, alias="statutRattachementStructure")
    services: Listed[AttachedService] = Field(default=(), alias="listeServicesRattache")


class AttachmentRows(Received):
    """One page of structures that the technical account is attached to."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[AttachmentRow] = Field(default=(), alias="listeStructureRattachement")
