"""Lists every operation of Chorus Pro that the simulator has: to add one, write its function and one line here."""

from __future__ import annotations

from typing import Final

from service.sandbox.simulator import directory, follow_ups, structures, submissions, uploads
from service.sandbox.simulator.deposits import deposit, report, report_as_pdf
from service.sandbox.simulator.details import detail, history
from service.sandbox.simulator.operations import Operation
from service.sandbox.simulator.searches import search_invoices, search_received
from service.sandbox.simulator.settings import Api

_FACTURES: Final = "/cpro/factures/v1"
_TRANSVERSES: Final = "/cpro/transverses/v1"
_STRUCTURES: Final = "/cpro/structures/v1"
_UTILISATEURS: Final = "/cpro/utilisateurs/v1"
_APIS: Final[dict[str, Api]] = {
    _FACTURES: "factures",
    _TRANSVERSES: "transverses",
    _STRUCTURES: "structures",
    _UTILISATEURS: "utilisateurs",
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
    ("recupererTauxTva", _TRANSVERSES, "/recuperer/tauxtva", structures.vat_rates),
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
    (
        "recupererRattachementsMonCompteUtilisateur",
        _UTILISATEURS,
        "/monCompte/recuperer/rattachements",
        structures.attachments,
    ),
)

CATALOGUE: Final[tuple[Operation, ...]] = (
    *(Operation(name=name, path=prefix + path, api=_APIS[prefix], work=work) for name, prefix, path, work in _POSTED),
    Operation(
        name="healthCheck", path=f"{_TRANSVERSES}/health-check", api="transverses", work=structures.health, method="GET"
    ),
)
