"""Lists every operation of Chorus Pro that the simulator has: to add one, write its function and one line here."""

from __future__ import annotations

from typing import Final

from service.sandbox.simulator import (
    codes,
    directory,
    downloads,
    follow_ups,
    structures,
    submissions,
    to_do,
    treatment,
    uploads,
)
from service.sandbox.simulator.deposits import deposit, report, report_as_pdf
from service.sandbox.simulator.details import detail, detail_for_recipient, detail_for_validator
from service.sandbox.simulator.histories import history
from service.sandbox.simulator.operations import Operation
from service.sandbox.simulator.searches import search_as_validator, search_invoices, search_received
from service.sandbox.simulator.settings import Api

_FACTURES: Final = "/cpro/factures/v1"
_TRANSVERSES: Final = "/cpro/transverses/v1"
_STRUCTURES: Final = "/cpro/structures/v1"
_UTILISATEURS: Final = "/cpro/utilisateurs/v1"
_ENGAGEMENTS: Final = "/cpro/engagementsJuridiques/v1"
_APIS: Final[dict[str, Api]] = {
    _FACTURES: "factures",
    _TRANSVERSES: "transverses",
    _STRUCTURES: "structures",
    _UTILISATEURS: "utilisateurs",
    _ENGAGEMENTS: "engagementsJuridiques",
}

_POSTED: Final = (
    ("deposerFluxFacture", _FACTURES, "/deposer/flux", deposit),
    ("rechercherFactureParFournisseur", _FACTURES, "/rechercher/fournisseur", search_invoices),
    ("rechercherFactureRecipiendaire", _FACTURES, "/rechercher/recipiendaire", search_received),
    ("consulterHistoriqueFacture", _FACTURES, "/consulter/historique", history),
    ("consulterFactureParFournisseur", _FACTURES, "/consulter/fournisseur", detail),
    ("deposerPdfFacture", _FACTURES, "/deposer/pdf", uploads.read_pdf),
    ("soumettreFacture", _FACTURES, "/soumettre", submissions.submit),
    ("completerFacture", _FACTURES, "/completer", follow_ups.complete),
    ("recyclerFacture", _FACTURES, "/recycler", follow_ups.recycle),
    ("traiterFacturesRejetees", _FACTURES, "/traiterRejet", follow_ups.treat_rejections),
    ("ajouterFichierDansSysteme", _TRANSVERSES, "/ajouter/fichier", uploads.add_file),
    (
        "recupererCoordonneesBancairesValides",
        _TRANSVERSES,
        "/recuperer/coordbanc/valides",
        structures.bank_accounts,
    ),
    ("consulterCRDetaille", _TRANSVERSES, "/consulterCRDetaille", report),
    ("consulterCR", _TRANSVERSES, "/consulterCR", report_as_pdf),
    (
        "recupererStructuresActivesPourFournisseur",
        _TRANSVERSES,
        "/recuperer/structures/actives/fournisseur",
        structures.active_structures,
    ),
    ("rechercherStructure", _STRUCTURES, "/rechercher", directory.search_structures),
    ("consulterStructureAvecTVAIntraCom", _STRUCTURES, "/consulter", directory.structure),
    ("rechercherServicesStructure", _STRUCTURES, "/rechercher/services", directory.search_services),
    ("consulterServiceStructure", _STRUCTURES, "/consulter/service", directory.service),
    (
        "listerRattachementsStructureUtilisateur",
        _STRUCTURES,
        "/lister/rattachementsutilisateur",
        directory.memberships,
    ),
    ("rechercherEspaces", _STRUCTURES, "/rechercher/espaces", directory.spaces),
)

_DECISIONS: Final = (
    ("rechercherFactureParValideur", _FACTURES, "/rechercher/valideur", search_as_validator),
    ("traiterUneFactureRecue", _FACTURES, "/traiter/recue", treatment.treat_received),
    ("traiterFactureAValider", _FACTURES, "/traiter/factureAValider", treatment.treat_to_validate),
    ("corrigerValideurFacture", _FACTURES, "/corriger/valideur/facture", treatment.correct_validator),
    (
        "recupererStatutsFactureVisiblesParValideur",
        _FACTURES,
        "/recuperer/statutsFactureVisibles/valideur",
        treatment.visible_statuses,
    ),
    ("recupererEtatsPossiblesPourTraitement", _TRANSVERSES, "/recuperer/etats/traitement", treatment.next_statuses),
    (
        "recupererMotifsRefusFactureAValider",
        _TRANSVERSES,
        "/recuperer/motifs/refus/Facture/AValider",
        treatment.refusal_reasons,
    ),
)
_READS: Final = (
    ("consulterFactureParRecipiendaire", _FACTURES, "/consulter/recipiendaire", detail_for_recipient),
    ("consulterFactureParValideur", _FACTURES, "/consulter/valideur", detail_for_validator),
    ("rechercherFactureATraiterParFournisseur", _FACTURES, "/rechercher/atraiter/fournisseur", to_do.to_do_of_supplier),
    (
        "rechercherFactureATraiterParRecipiendaire",
        _FACTURES,
        "/rechercher/atraiter/recipiendaire",
        to_do.to_do_of_recipient,
    ),
    ("rechercherFactureATraiterParValideur", _FACTURES, "/rechercher/aTraiter/valideur", to_do.to_do_of_validator),
    ("rechercherDemandePaiement", _FACTURES, "/rechercher/demandePaiement", to_do.payment_requests),
    ("telechargerGroupeFacture", _FACTURES, "/telecharger/groupe", downloads.download_group),
    ("telechargerPieceJointe", _TRANSVERSES, "/telecharger/pieceJointe", downloads.download_attachments),
    ("rechercherPieceJointeSurStructure", _TRANSVERSES, "/rechercher/pj/structure", downloads.kept_by_structure),
    ("rechercherPieceJointeSurMonCompte", _TRANSVERSES, "/rechercher/pj/moncompte", downloads.kept_by_account),
)
_LISTS: Final = (
    (
        "recupererStructuresActivesPourDestinataire",
        _TRANSVERSES,
        "/recuperer/structures/actives/destinataire",
        codes.receiving_structures,
    ),
    ("recupererTypesPieceJointe", _TRANSVERSES, "/recuperer/typespj", codes.attachment_types),
    ("recupererEtatParTypeDemandePaiement", _TRANSVERSES, "/recuperer/etat/typedp", codes.statuses_of_type),
    ("recupererFormatFlux", _TRANSVERSES, "/recuperer/formatflux", codes.flow_formats),
    ("recupererSyntaxeFlux", _TRANSVERSES, "/recuperer/syntaxeflux", codes.flow_syntaxes),
    ("recupererTauxTva", _TRANSVERSES, "/recuperer/tauxtva", codes.vat_rates),
    ("recupererMotifsExonerationTva", _TRANSVERSES, "/recuperer/motifs/exonerationtva", codes.vat_exemptions),
    ("recupererCadreFacturation", _TRANSVERSES, "/recuperer/cadrefacturation", codes.frameworks),
    ("recupererModeReglements", _TRANSVERSES, "/recuperer/modereglements", codes.payment_modes),
    ("recupererModeDepot", _TRANSVERSES, "/recuperer/modedepot", codes.deposit_modes),
    ("recupererTypeDemandePaiement", _TRANSVERSES, "/recuperer/typedp", codes.request_types),
    ("recupererTypeIdentifiantStructure", _TRANSVERSES, "/recuperer/typeidentifiant/structure", codes.identifier_types),
    ("recupererDevises", _TRANSVERSES, "/recuperer/devises", codes.currencies),
    ("recupererPays", _TRANSVERSES, "/recuperer/pays", codes.countries),
    ("rechercherDestinataire", _TRANSVERSES, "/rechercher/destinataire", codes.find_recipients),
    ("telechargerAnnuaireDestinataire", _TRANSVERSES, "/telecharger/annuaire/destinataire", codes.whole_directory),
    ("consulterInformationSIRET", _TRANSVERSES, "/consulter/information/siret", codes.company),
    (
        "recupererRattachementsMonCompteUtilisateur",
        _UTILISATEURS,
        "/monCompte/recuperer/rattachements",
        codes.attachments,
    ),
    ("rechercherEngagementJuridique", _ENGAGEMENTS, "/rechercher", codes.commitments),
)

CATALOGUE: Final[tuple[Operation, ...]] = (
    *(
        Operation(name=name, path=prefix + path, api=_APIS[prefix], work=work)
        for name, prefix, path, work in (*_POSTED, *_DECISIONS, *_READS, *_LISTS)
    ),
    Operation(
        name="healthCheck", path=f"{_TRANSVERSES}/health-check", api="transverses", work=structures.health, method="GET"
    ),
)
