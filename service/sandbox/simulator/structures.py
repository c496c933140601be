"""Tells what the technical account may issue for, the bank accounts of a company, rates of VAT, and that it is up."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.directory import UNKNOWN_STRUCTURE
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body, Page, Reply

_RATES: Final = (("TVA1", "20"), ("TVA2", "10"), ("TVA3", "5.5"), ("TVA4", "2.1"), ("TVA5", "0"))


async def active_structures(chorus_pro: ChorusPro, caller: Caller, _: Body) -> Done:
    """List the companies that the technical account may issue for."""
    rows = [
        {"idStructureCPP": known.id, "identifiant": known.siret, "designationStructure": known.name}
        for known in chorus_pro.parties.suppliers_of(caller.login)
    ]
    return Done(reply=wire.said(wire.FOUND, listeStructures=rows), summary={"found": len(rows)})


async def attachments(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the structures that the technical account is attached to."""
    rows: list[Reply] = [
        {
            "idStructure": known.id,
            "identifiantStructure": known.siret,
            "typeIdentifiantStructure": "SIRET",
            "designationStructure": known.name,
            "statutRattachementStructure": "VALIDEE",
        }
        for known in chorus_pro.parties.suppliers_of(caller.login)
    ]
    page = Page.of(wire.object_of(body, "parametresRecherche"))
    reply = wire.said(wire.FOUND, listeStructureRattachement=page.cut(rows), parametresRetour=page.numbers(rows))
    return Done(reply=reply, summary={"found": len(rows)})


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


async def vat_rates(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """List the rates of VAT, a cheap call that clients test their access with."""
    rows = [
        {"codeTauxTva": code, "libelleTauxTva": f"Taux {rate} %", "valeurTauxTva": Decimal(rate)}
        for code, rate in _RATES
    ]
    return Done(reply=wire.said(wire.FOUND, listeTauxTva=rows))


async def health(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """Say that Chorus Pro is up; the one answer without a return code."""
    return Done(
        reply={
            "body": "L'API CPRO est actuellement disponible et fonctionnel.",
            "statusCodeValue": 200,
            "statusCode": "OK",
        }
    )
