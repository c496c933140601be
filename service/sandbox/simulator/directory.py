"""Tells about companies and public bodies, what they demand, and their services: the API Structures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.wire import Body, Page, Reply

UNKNOWN_STRUCTURE: Final = "SIM_MSG_20.001"
UNKNOWN_SERVICE: Final = "SIM_MSG_20.002"
_NULL_PAGING_EVERY: Final = 5
_SPACES: Final = ((1, "Factures recues"), (2, "Factures a valider"))


async def search_structures(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Find structures by SIRET, by a part of their name, by postcode and status, private or public."""
    wanted = wire.object_of(body, "structure")
    fits = _filter(wanted)
    rows: list[Reply] = [
        {
            "idStructureCPP": known.id,
            "typeIdentifiantStructure": "SIRET",
            "identifiantStructure": known.siret,
            "designationStructure": known.name,
            "statut": "ACTIVE" if known.told.active else "INACTIVE",
        }
        for known in chorus_pro.parties.all()
        if fits(known)
    ]
    return _listed(chorus_pro, "listeStructures", rows, wire.object_of(body, "parametres"), "DesignationStructure")


async def structure(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Show a structure and what it asks for; for one's own, also when the technical password runs out."""
    known = _known(chorus_pro, body, "idStructureCPP")
    about: dict[str, object] = {
        "idStructureCPP": known.id,
        "typeIdentifiantStructure": "SIRET",
        "identifiantStructure": known.siret,
        "raisonSocialeStructure": known.name,
        "structurePriveePublique": _kind(known),
    }
    if known in chorus_pro.parties.acted_for(caller.login):
        about["dateExpirationMotPasseCompteTech"] = _password_end(chorus_pro, caller)
    demands = known.told.demands
    asks = {
        "codeServiceDoitEtreRenseigne": demands in {"service_code", "both"},
        "numeroEJDoitEtreRenseigne": demands in {"commitment_number", "both"},
        "gestionNumeroEJOuCodeService": demands == "either",
        "estMoaUniquement": False,
        "recevoirDonneesViaEDI": False,
        "statutMiseEnPaiementNestPasRemonte": not known.told.reports_payments,
    }
    place = {"pays": "France", "codePostal": known.told.postcode}
    reply = wire.said(wire.FOUND, informationGenerales=about, adressePostaleDuSiege=place, parametres=asks)
    return Done(reply=reply, summary={"structure": known.id})


async def search_services(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """List the services of a structure, those that are not active any more too."""
    known = _known(chorus_pro, body, "idStructure")
    rows: list[Reply] = [
        {
            "idService": number,
            "codeService": service.code,
            "libelleService": service.name,
            "estActif": service.active,
            "statutService": "ACTIF" if service.active else "INACTIF",
        }
        for number, service in known.services()
    ]
    asked = wire.object_of(body, "parametresRechercherServicesStructure")
    return _listed(chorus_pro, "listeServices", rows, asked, "CodeService")


async def service(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Show a service of a structure: whether it demands a commitment number, and while it is valid."""
    known, wanted = _known(chorus_pro, body, "idStructure"), wire.number_of(body, "idService")
    found = dict(known.services()).get(wanted or 0)
    if found is None:
        raise wire.Refused(20002, f"{UNKNOWN_SERVICE} Service inconnu")
    reply = wire.said(
        wire.FOUND,
        informationsGenerales={"codeService": found.code, "nomService": found.name},
        adressePostale={"pays": "France", "codePostal": known.told.postcode},
        parametres={
            "numeroEngagement": found.commitment,
            "miseEnPaiement": known.told.reports_payments,
            "dateDebutValidite": _midnight(found.valid_from),
            "dateFinValidite": _midnight(found.valid_until),
        },
    )
    return Done(reply=reply, summary={"structure": known.id, "service": found.code})


async def memberships(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the services that a user is attached to: of a company of the account all of them, else none."""
    known = _known(chorus_pro, body, "idStructure")
    own = chorus_pro.parties.is_supplier(caller.login, known.siret)
    rows: list[Reply] = [
        {
            "idRattachement": number,
            "idService": number,
            "codeService": service.code,
            "nomService": service.name,
            "statutRattachement": "VALIDEE",
        }
        for number, service in (known.services() if own else ())
    ]
    asked = wire.object_of(body, "parametresListerRattachementsStructureUtilisateur")
    return _listed(chorus_pro, "listeServices", rows, asked, "CodeService")


async def spaces(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """List the spaces of the portal that a structure has."""
    known = _known(chorus_pro, wire.object_of(body, "structure"), "idStructure")
    rows: list[Reply] = [
        {
            "idEspaceFo": known.id * 10 + code,
            "codeEspace": code,
            "libelleEspace": label,
            "etatCourant": "ACTIVE",
            "typeHabilitation": "MODIFICATION",
        }
        for code, label in (_SPACES if known.is_public else ())
    ]
    return _listed(chorus_pro, "listeEspace", rows, wire.object_of(body, "parametresRechercherEspaces"), "CodeEspace")


def _known(chorus_pro: ChorusPro, body: Body, name: str) -> Structure:
    wanted = wire.number_of(body, name)
    if wanted is None:
        raise wire.FieldMissing(name)
    known = chorus_pro.parties.of_id(wanted)
    if known is None:
        raise wire.Refused(20001, f"{UNKNOWN_STRUCTURE} Structure inconnue")
    return known


def _filter(wanted: Body) -> Callable[[Structure], bool]:
    """What a structure is searched by. A field that is absent lets everything through."""
    fields = ("identifiantStructure", "typeStructure", "statutStructure", "adresseCodePostal")
    siret, kind, status, postcode = (wire.optional_text_of(wanted, field) for field in fields)
    name = str(wanted.get("raisonSocialeStructure") or wanted.get("libelleStructure") or "").casefold()

    def fits(known: Structure) -> bool:
        return (
            siret in {None, known.siret}
            and name in known.name.casefold()
            and kind in {None, _kind(known)}
            and status in {None, "ACTIF" if known.told.active else "INACTIF"}
            and postcode in {None, known.told.postcode}
        )

    return fits


def _listed(chorus_pro: ChorusPro, name: str, rows: Sequence[Reply], asked: Body, column: str) -> Done:
    """One page of a search: sorted, its numbers left out at times, nothing found said in either form."""
    chorus_pro.searches += 1
    if not rows:
        chorus_pro.empty_searches += 1
        form = chorus_pro.settings.empty_search
        if form == "code" or (form == "alternate" and chorus_pro.empty_searches % 2 == 1):
            raise wire.Refused(20000, wire.NOTHING_FOUND)
    key = str(asked.get("triColonne") or column)
    field = next((one for one in rows[0] if one.casefold() == key.casefold()), None) if rows else None
    ordered = sorted(rows, key=lambda row: str(row[field])) if field else list(rows)
    if asked.get("triSens", "Descendant") != "Ascendant":
        ordered.reverse()
    # These searches take no maximum, so that none bounds them.
    page = replace(Page.of(asked), most=len(ordered) or 1)
    numbers = page.numbers(ordered)
    if chorus_pro.settings.quirks and chorus_pro.searches % _NULL_PAGING_EVERY == 0:
        numbers = dict.fromkeys(numbers)
    fields = {name: page.cut(ordered), "parametresRetour": numbers}
    return Done(reply=wire.said(wire.FOUND, **fields), summary={"found": len(rows)})


def _kind(known: Structure) -> str:
    return "PUBLIQUE" if known.is_public else "PRIVEE"


def _midnight(day: date | None) -> str | None:
    return wire.to_the_minute(datetime.combine(day, time(), tzinfo=wire.PARIS)) if day else None


def _password_end(chorus_pro: ChorusPro, caller: Caller) -> str:
    account = next(account for account in chorus_pro.settings.accounts if account.login == caller.login)
    return wire.rounded(chorus_pro.passwords.end(account))
