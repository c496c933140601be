"""Tells what the technical account may issue for, the bank accounts of a company, and whether Chorus Pro is up."""

from __future__ import annotations

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.directory import UNKNOWN_STRUCTURE
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body


async def active_structures(chorus_pro: ChorusPro, caller: Caller, _: Body) -> Done:
    """List the companies that the technical account may issue for."""
    rows = [
        {"idStructureCPP": known.id, "identifiant": known.siret, "designationStructure": known.name}
        for known in chorus_pro.parties.suppliers_of(caller.login)
    ]
    return Done(reply=wire.said(wire.FOUND, listeStructures=rows), summary={"found": len(rows)})


async def bank_accounts(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the bank accounts of a company by their labels."""
    wanted = wire.number_of(body, "idStructure")
    if wanted is None:
        raise wire.FieldMissing("idStructure")
    known = chorus_pro.parties.of_id(wanted)
    if known is None or not chorus_pro.parties.is_supplier(caller.login, known.siret):
        raise wire.Refused(20001, f"{UNKNOWN_STRUCTURE} Structure inconnue")
    rows = [{"idCoordonneeBancaire": id, "nomCoordonneeBancaire": label} for id, label in known.bank_accounts()]
    return Done(reply=wire.said(wire.FOUND, listeCoordonneeBancaire=rows), summary={"found": len(rows)})


async def health(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """Say that Chorus Pro is up; the one answer without a return code."""
    return Done(
        reply={
            "body": "L'API CPRO est actuellement disponible et fonctionnel.",
            "statusCodeValue": 200,
            "statusCode": "OK",
        }
    )
