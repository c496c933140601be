"""Tells Chorus Pro's lists of codes, its directory of recipients, and what an account is attached to."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.flows import INTERFACES
from service.sandbox.simulator.operations import Caller, Done, Work
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.treatment import NEXT
from service.sandbox.simulator.wire import Body, Page, Reply

Rows = Sequence[Mapping[str, object]]

_FORMATS: Final = {
    "IN_DP_E1_": "IN_DP_E1_STRUCT",
    "IN_DP_E2_CII_FACTURX": "IN_DP_E2_FACTURX",
    "IN_DP_E2_": "IN_DP_E2_MIXTE",
}
_RATES: Final = (("TVA1", "20"), ("TVA2", "10"), ("TVA3", "5.5"), ("TVA4", "2.1"), ("TVA5", "0"))
_FRAMEWORKS: Final = (
    "A1_FACTURE_FOURNISSEUR",
    "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
    "A9_FACTURE_SOUSTRAITANT",
    "A12_FACTURE_COTRAITANT",
)


def _of(name: str, *values: str) -> Rows:
    return [{name: value} for value in values]


def _labelled(name: str, *values: tuple[str, str]) -> Rows:
    return [{f"code{name}": code, f"libelle{name}": label} for code, label in values]


def _list(name: str, rows: Rows) -> Work:
    """An operation that gives the same list to everybody."""

    async def tell(_: ChorusPro, __: Caller, ___: Body) -> Done:
        return Done(reply=wire.said(wire.FOUND, **{name: list(rows)}), summary={"found": len(rows)})

    return tell


_STATUSES: Final = ("DEPOSEE", "EN_COURS_ACHEMINEMENT", *NEXT, "A_RECYCLER", "REJETEE", "MISE_EN_PAIEMENT")
_ATTACHMENTS: Final = [
    {"idTypePieceJointe": n, "codeTypePieceJointe": code, "libelleTypePieceJointe": label, "typeObjet": "FACTURE"}
    for n, (code, label) in enumerate((("01", "Facture"), ("02", "Bon de commande"), ("03", "Bon de livraison")), 1)
]

attachment_types: Final = _list("listeTypePieceJointe", _ATTACHMENTS)
statuses_of_type: Final = _list("listeEtatDemandePaiement", _of("etatDemandePaiement", *_STATUSES))
flow_formats: Final = _list("listeFormatFlux", _of("formatFlux", *sorted(set(_FORMATS.values()))))
vat_rates: Final = _list(
    "listeTauxTva",
    [{"codeTauxTva": c, "libelleTauxTva": f"Taux {r} %", "valeurTauxTva": Decimal(r)} for c, r in _RATES],
)
vat_exemptions: Final = _list(
    "listeMotifsExonerationTva",
    _labelled("MotifExonerationTva", ("SIM_FRANCHISE", "Franchise en base"), ("SIM_EXPORT", "Exportation")),
)
frameworks: Final = _list("listeCadreFacturation", _of("codeCadreFacturation", *_FRAMEWORKS))
payment_modes: Final = _list(
    "listeModePaiement", _of("modePaiement", "CHEQUE", "PRELEVEMENT", "VIREMENT", "ESPECE", "AUTRE", "REPORT")
)
deposit_modes: Final = _list("listeModeDepot", _of("modeDepot", "SAISIE_API", "DEPOT_PDF_API", "UPLOAD_API"))
request_types: Final = _list("listeTypeDemandePaiement", _of("typeDemandePaiement", "FACTURE", "FACTURE_TRAVAUX"))
identifier_types: Final = _list(
    "listeTypeIdentifiant",
    _of("typeIdentifiantStructure", "SIRET", "UE_HORS_FRANCE", "HORS_UE", "RIDET", "TAHITI", "AUTRE", "PARTICULIER"),
)
currencies: Final = _list("listeDevises", _labelled("Devise", ("EUR", "Euro"), ("XPF", "Franc Pacifique")))
countries: Final = _list("listePays", _labelled("Pays", ("FR", "France"), ("PF", "Polynesie francaise")))


async def flow_syntaxes(_: ChorusPro, __: Caller, body: Body) -> Done:
    """List the syntaxes of a format of flows."""
    wanted = wire.text_of(body, "formatFlux")
    rows = _of("syntaxeFlux", *(syntax for syntax in INTERFACES if _format(syntax) == wanted))
    return Done(reply=wire.said(wire.FOUND, listeSyntaxeFlux=rows), summary={"found": len(rows)})


def _format(syntax: str) -> str | None:
    return next((name for start, name in _FORMATS.items() if syntax.startswith(start)), None)


async def receiving_structures(chorus_pro: ChorusPro, caller: Caller, _: Body) -> Done:
    """List the public bodies that the technical account receives for."""
    rows = [
        {"idStructureCPP": known.id, "identifiant": known.siret, "designationStructure": known.name}
        for known in chorus_pro.parties.recipients_of(caller.login)
    ]
    return Done(reply=wire.said(wire.FOUND, listeStructures=rows), summary={"found": len(rows)})


async def attachments(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List every structure that the technical account acts for, whatever it does there."""
    page = Page.of(wire.object_of(body, "parametresRecherche"))
    rows: list[Reply] = [
        {
            "idRattachementStructure": known.id * 10,
            "idStructure": known.id,
            "identifiantStructure": known.siret,
            "typeIdentifiantStructure": "SIRET",
            "designationStructure": known.name,
            "roleUtilisateur": "UTILISATEUR",
            "statutRattachementStructure": "VALIDE",
            "listeServicesRattache": [],
        }
        for known in chorus_pro.parties.acted_for(caller.login)
    ]
    reply = wire.said(wire.FOUND, listeStructureRattachement=page.cut(rows), parametresRetour=page.numbers(rows))
    return Done(reply=reply, summary={"found": len(rows)})


async def find_recipients(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Find public bodies by SIRET or a part of their name."""
    siret, part = wire.optional_text_of(body, "identifiant"), wire.optional_text_of(body, "nomVilleCodePostal") or ""
    page = Page.of(wire.object_of(body, "parametresRecherche"))
    rows: list[Reply] = [
        {"idStructureCPP": known.id, "siret": known.siret, "nomDestinataire": known.name, "adresseVille": "VALCLAIR"}
        for known in _public(chorus_pro)
        if siret in {None, known.siret} and part.casefold() in known.name.casefold()
    ]
    if not rows:
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    reply = wire.said(wire.FOUND, listeDestinataires=page.cut(rows), parametresRetour=page.numbers(rows))
    return Done(reply=reply, summary={"found": len(rows)})


async def whole_directory(chorus_pro: ChorusPro, _: Caller, __: Body) -> Done:
    """Give the directory of all public bodies: a ZIP with one table in it, whose form is made up."""
    lines = ["SIRET;DESIGNATION", *(f"{known.siret};{known.name}" for known in _public(chorus_pro))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("annuaire.csv"), "\n".join(lines))
    return Done(reply=wire.said(wire.DONE, fichierResultat=base64.b64encode(packed.getvalue()).decode()))


async def company(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Tell what the register of companies would say of a structure known here."""
    known = chorus_pro.parties.of_siret(wire.text_of(body, "siretStructure"))
    if known is None:
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    reply = wire.said(wire.FOUND, siret=known.siret, siren=known.siret[:9], raisonSociale=known.name, estActif=True)
    return Done(reply=reply)


async def commitments(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Tell whether a commitment is known: here, when an invoice named it before or it begins like the simulator's."""
    wire.text_of(body, "structureReceptriceEngagementJuridique")
    number = wire.optional_text_of(body, "numeroEngagementJuridique") or ""
    named = {invoice.facts.commitment_number for invoice in chorus_pro.invoices.values()}
    rows = _of("numeroEngagementJuridique", number) if number.startswith("EJ-") or number in named else []
    return Done(reply=wire.said(wire.FOUND, listeEngagementJuridique=rows), summary={"found": len(rows)})


def _public(chorus_pro: ChorusPro) -> list[Structure]:
    return [known for known in chorus_pro.parties.all() if known.is_public]
