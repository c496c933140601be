"""Takes invoices with their data, one at a time: soumettreFacture."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from service.core.documents import InvoiceFacts, Syntax
from service.sandbox.simulator import wire
from service.sandbox.simulator.attachments import Attachment
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.integration import not_routed
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.wire import Body

# No public page lists these codes: their first letters tell that they are the simulator's own.
UNKNOWN_SUPPLIER: Final = "SIM_MSG_13.001"
UNKNOWN_RECIPIENT: Final = "SIM_MSG_13.002"
NUMBER_USED: Final = "SIM_MSG_13.003"
NUMBER_UNSUITABLE: Final = "SIM_MSG_13.004"
UNKNOWN_ATTACHMENT: Final = "SIM_MSG_13.005"
UNKNOWN_BANK_ACCOUNT: Final = "SIM_MSG_13.006"
BY_RULE: Final = "SIM_MSG_13.007"
NOT_ROUTED: Final = "SIM_MSG_13.008"
ENTRY: Final = "SAISIE_API"
_MODES: Final = {ENTRY, "DEPOT_PDF_API", "DEPOT_PDF_SIGNE_API"}
_FRAMEWORKS: Final = {
    "A1_FACTURE_FOURNISSEUR": "A1",
    "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE": "A2",
    "A9_FACTURE_SOUSTRAITANT": "A9",
    "A12_FACTURE_COTRAITANT": "A12",
}
_NUMBER: Final = re.compile(r"[A-Za-z0-9 \-+_/]{1,20}")


async def submit(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Create one invoice in the call; one that is entered gets its number and its date here."""
    now, mode = chorus_pro.advance(), wire.text_of(body, "modeDepot")
    if mode not in _MODES:
        raise wire.FieldMissing("modeDepot")
    supplier = _supplier(chorus_pro, caller, wire.object_of(body, "fournisseur"))
    recipient = chorus_pro.parties.recipient(wire.text_of(wire.object_of(body, "destinataire"), "codeDestinataire"))
    if recipient is None:
        raise wire.Refused(20081, f"{UNKNOWN_RECIPIENT} Destinataire inconnu")
    facts = _facts(body, supplier, *_number_and_date(chorus_pro, body, mode, now))
    check_routing(chorus_pro, facts, recipient)
    files = attachments_of(chorus_pro, caller, body)
    if chorus_pro.is_taken(supplier.siret, facts.number):
        raise wire.Refused(20082, f"{NUMBER_USED} Numero de facture deja utilise pour ce fournisseur.")
    if (ruled := chorus_pro.rules.refusal(facts)) is not None:
        raise wire.Refused(20086, f"{BY_RULE} {ruled}")
    invoice = chorus_pro.take(facts, supplier, recipient, now)
    invoice.made_by, invoice.stated_net = mode, _amount(wire.object_of(body, "montantTotal"), "montantHtTotal")
    invoice.attachments.extend(file.id for file in files)
    reply = wire.said(
        wire.DONE,
        identifiantFactureCPP=invoice.id,
        numeroFacture=facts.number,
        statutFacture=invoice.status(now).code,
        dateDepot=wire.day(now),
        identifiantStructure=supplier.siret,
        empreinteCertificatDepot=base64.b64encode(hashlib.sha256(facts.number.encode()).digest()).decode(),
    )
    return Done(reply=reply, effect="created", summary={"invoice": invoice.id, "numbers": [facts.number]})


def check_routing(chorus_pro: ChorusPro, facts: InvoiceFacts, recipient: Structure) -> None:
    """Raise Refused when an invoice lacks what its recipient demands."""
    texts = tuple(not_routed(facts, recipient)) if chorus_pro.settings.demands_checked else ()
    if texts:
        raise wire.Refused(20087, f"{NOT_ROUTED} {'|'.join(texts)}")


def attachments_of(chorus_pro: ChorusPro, caller: Caller, body: Body) -> list[Attachment]:
    """The files that a request names, called from now on as it calls them; raises Refused for an unknown one."""
    found = []
    for kind in ("Principale", "Complementaire"):
        for row in wire.list_of(body, f"pieceJointe{kind}"):
            named = row if isinstance(row, dict) else {}
            known = chorus_pro.attachments.of(caller.login, wire.number_of(named, f"pieceJointe{kind}Id"))
            if known is None:
                raise wire.Refused(20084, f"{UNKNOWN_ATTACHMENT} Piece jointe inconnue")
            label = wire.text_of(named, f"pieceJointe{kind}Designation")
            type_ = None if kind == "Principale" else wire.text_of(named, "pieceJointeComplementaireType")
            found.append(dataclasses.replace(known, label=label, type=type_))
    for file in found:
        chorus_pro.attachments.name_in_invoice(file)
    return found


def _supplier(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Structure:
    wanted = wire.number_of(body, "idFournisseur")
    if wanted is None:
        raise wire.FieldMissing("idFournisseur")
    known = chorus_pro.parties.of_id(wanted)
    if known is None or not chorus_pro.parties.is_supplier(caller.login, known.siret):
        raise wire.Refused(20080, f"{UNKNOWN_SUPPLIER} Fournisseur inconnu")
    account = wire.number_of(body, "codeCoordonneesBancairesFournisseur")
    if account is not None and account not in {id for id, _ in known.bank_accounts()}:
        raise wire.Refused(20085, f"{UNKNOWN_BANK_ACCOUNT} Coordonnees bancaires inconnues")
    return known


def _number_and_date(chorus_pro: ChorusPro, body: Body, mode: str, now: datetime) -> tuple[str, datetime]:
    if mode == ENTRY:
        _needed(wire.list_of(body, "lignePoste"), "lignePoste")
        if body.get("dateFacture") is not None:
            raise wire.FieldMissing("dateFacture")
        return f"{now:%Y}{len(chorus_pro.invoices) + 1:016d}", now
    number, issued = wire.text_of(body, "numeroFactureSaisi"), wire.moment_of(body, "dateFacture")
    if issued is None:
        raise wire.FieldMissing("dateFacture")
    _needed(wire.list_of(body, "pieceJointePrincipale"), "pieceJointePrincipale")
    if not _NUMBER.fullmatch(number):
        raise wire.Refused(20083, f"{NUMBER_UNSUITABLE} Numero de facture non conforme")
    return number, issued


def _needed(rows: Sequence[object], name: str) -> None:
    if not rows:
        raise wire.FieldMissing(name)


def _facts(body: Body, supplier: Structure, number: str, issued: datetime) -> InvoiceFacts:
    recipient, references = wire.object_of(body, "destinataire"), wire.object_of(body, "references")
    totals, framework = wire.object_of(body, "montantTotal"), wire.object_of(body, "cadreDeFacturation")
    code = _FRAMEWORKS.get(wire.text_of(framework, "codeCadreFacturation"))
    if code is None:
        raise wire.FieldMissing("codeCadreFacturation")
    wire.text_of(references, "typeTva")
    return InvoiceFacts(
        number=number,
        kind="credit_note" if wire.text_of(references, "typeFacture") == "AVOIR" else "invoice",
        supplier_siret=supplier.siret,
        supplier_id=supplier.siret,
        recipient_siret=wire.text_of(recipient, "codeDestinataire"),
        issued_on=wire.day(issued),
        currency=wire.text_of(references, "deviseFacture"),
        total_including_tax=_amount(totals, "montantTtcTotal"),
        amount_due=_amount(totals, "montantAPayer"),
        service_code=wire.optional_text_of(recipient, "codeServiceExecutant"),
        commitment_number=wire.optional_text_of(references, "numeroBonCommande"),
        framework=code,
        payment_means=None,
        syntax=Syntax.FACTURX,
    )


def _amount(body: Body, name: str) -> Decimal:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wire.FieldMissing(name)
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise wire.FieldMissing(name) from error
