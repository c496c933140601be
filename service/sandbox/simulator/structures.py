"""Tells about companies, public bodies and the technical account, and whether Chorus Pro is up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.wire import Body, Page

UNKNOWN_STRUCTURE: Final = "SIM_MSG_20.001"


async def active_structures(chorus_pro: ChorusPro, caller: Caller, _: Body) -> Done:
    """List the companies that the technical account may issue for."""
    rows = [
        {"idStructureCPP": known.id, "identifiant": known.siret, "designationStructure": known.name}
        for known in chorus_pro.parties.suppliers_of(caller.login)
    ]
    return Done(reply=wire.said(wire.FOUND, listeStructures=rows), summary={"found": len(rows)})


async def search_structures(chorus_pro: ChorusPro, _: Caller, body: Body) -> Done:
    """Find structures by SIRET, by a part of their name, private or public."""
    wanted = wire.object_of(body, "structure")
    siret = wire.optional_text_of(wanted, "identifiantStructure")
    kind = wire.optional_text_of(wanted, "typeStructure")
    name = str(wanted.get("raisonSocialeStructure") or wanted.get("libelleStructure") or "").casefold()
    page = Page.of(wire.object_of(body, "parametres"))
    rows: list[wire.Reply] = [
        {
            "idStructureCPP": known.id,
            "typeIdentifiantStructure": "SIRET",
            "identifiantStructure": known.siret,
            "designationStructure": known.name,
            "statut": "ACTIVE",
        }
        for known in chorus_pro.parties.all()
        if siret in {None, known.siret} and name in known.name.casefold() and kind in {None, _kind(known)}
    ]
    if not rows:
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    reply = wire.said(wire.FOUND, listeStructures=page.cut(rows), parametresRetour=page.numbers(rows))
    return Done(reply=reply, summary={"found": len(rows)})


async def structure(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Show a structure and what it asks for; for one's own, also when the technical password runs out."""
    wanted = wire.number_of(body, "idStructureCPP")
    if wanted is None:
        raise wire.FieldMissing("idStructureCPP")
    known = chorus_pro.parties.of_id(wanted)
    if known is None:
        raise wire.Refused(20001, f"{UNKNOWN_STRUCTURE} Structure inconnue")
    about: dict[str, object] = {
        "idStructureCPP": known.id,
        "typeIdentifiantStructure": "SIRET",
        "identifiantStructure": known.siret,
        "raisonSocialeStructure": known.name,
        "structurePriveePublique": _kind(known),
    }
    if chorus_pro.parties.is_supplier(caller.login, known.siret):
        about["dateExpirationMotPasseCompteTech"] = _password_end(chorus_pro, caller)
    asks = dict.fromkeys(
        (
            "codeServiceDoitEtreRenseigne",
            "numeroEJDoitEtreRenseigne",
            "gestionNumeroEJOuCodeService",
            "estMoaUniquement",
            "recevoirDonneesViaEDI",
            "statutMiseEnPaiementNestPasRemonte",
        ),
        False,
    )
    reply = wire.said(wire.FOUND, informationGenerales=about, adressePostaleDuSiege={"pays": "France"}, parametres=asks)
    return Done(reply=reply, summary={"structure": known.id})


async def health(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """Say that Chorus Pro is up; the one answer without a return code."""
    return Done(
        reply={
            "body": "L'API CPRO est actuellement disponible et fonctionnel.",
            "statusCodeValue": 200,
            "statusCode": "OK",
        }
    )


def _kind(known: Structure) -> str:
    return "PUBLIQUE" if known.is_public else "PRIVEE"


def _password_end(chorus_pro: ChorusPro, caller: Caller) -> str:
    days = next(
        account.password_expires_in for account in chorus_pro.settings.accounts if account.login == caller.login
    )
    return wire.rounded(chorus_pro.clock() + timedelta(days=days))
