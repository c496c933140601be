"""What a supplier does about an invoice later: completerFacture, recyclerFacture, traiterFacturesRejetees."""

from __future__ import annotations

import dataclasses
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.invoices import Action, Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.submissions import UNKNOWN_RECIPIENT, attachments_of, check_routing
from service.sandbox.simulator.wire import Body

NO_SUCH_INVOICE: Final = "GDP_MSG_11.008"
NOT_ENTITLED: Final = "GDP_MSG_11.005"
NOT_SUSPENDED: Final = "GDP_MSG_11.033"
STATUS_UNSUITABLE: Final = "GDP_MSG_11.001"


async def complete(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Add attachments or a comment to a suspended invoice."""
    now = chorus_pro.advance()
    invoice = _look_up(chorus_pro, caller, body, "identifiantFactureCPP")
    if invoice.status(now).code != "SUSPENDUE":
        raise wire.Refused(20002, NOT_SUSPENDED)
    files = attachments_of(chorus_pro, caller, body)
    comment = wire.optional_text_of(body, "commentaire")
    invoice.attachments.extend(file.id for file in files)
    invoice.move_status(chorus_pro.settings.supplement_status, now, comment)
    reply = wire.said(
        wire.DONE,
        identifiantFactureCPP=invoice.id,
        numeroFacture=invoice.facts.number,
        dateTraitement=wire.to_the_minute(now),
    )
    return Done(reply=reply, effect="changed", summary=_summary(invoice))


async def recycle(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Send an invoice that is to be recycled to another place, its number kept."""
    now = chorus_pro.advance()
    invoice = _look_up(chorus_pro, caller, body, "identifiantFactureCPP")
    if invoice.status(now).code != "A_RECYCLER":
        raise wire.Refused(20004, STATUS_UNSUITABLE)
    place, references = wire.object_of(body, "destinataire"), wire.object_of(body, "reference")
    recipient = chorus_pro.parties.recipient(
        wire.optional_text_of(place, "codeDestinataire") or invoice.recipient.siret
    )
    if recipient is None:
        raise wire.Refused(20081, f"{UNKNOWN_RECIPIENT} Destinataire inconnu")
    facts = dataclasses.replace(
        invoice.facts,
        recipient_siret=recipient.siret,
        service_code=wire.optional_text_of(place, "codeServiceExecutant") or invoice.facts.service_code,
        commitment_number=wire.optional_text_of(references, "numeroBonCommande") or invoice.facts.commitment_number,
    )
    check_routing(chorus_pro, facts, recipient)
    invoice.send_on(facts, recipient, now, wire.optional_text_of(body, "commentaire"))
    reply = wire.said(
        wire.DONE,
        identifiantFactureCPP=invoice.id,
        numeroFacture=facts.number,
        statutFacture=invoice.status(now).code,
        dateDepot=wire.day(invoice.deposited_at),
    )
    return Done(reply=reply, effect="changed", summary=_summary(invoice))


async def treat_rejections(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Mark rejected invoices as dealt with, all or none; one that bears the mark keeps it."""
    now = chorus_pro.advance()
    rows = [row for row in wire.list_of(body, "listeDemandePaiement") if isinstance(row, dict)]
    if not rows:
        raise wire.FieldMissing("listeDemandePaiement")
    invoices = [_look_up(chorus_pro, caller, row, "idDemandePaiement") for row in rows]
    if any(invoice.status(now).code != "REJETEE" for invoice in invoices):
        raise wire.Refused(20003, STATUS_UNSUITABLE)
    for invoice in invoices:
        if not invoice.is_rejection_treated:
            invoice.is_rejection_treated = True
            invoice.actions.append(Action(code="TRAITEMENT_REJET", at=now))
    return Done(
        reply=wire.said(wire.DONE), effect="changed", summary={"invoices": [invoice.id for invoice in invoices]}
    )


def _look_up(chorus_pro: ChorusPro, caller: Caller, body: Body, name: str) -> Invoice:
    wanted = wire.number_of(body, name)
    if wanted is None:
        raise wire.FieldMissing(name)
    if wanted not in chorus_pro.invoices:
        raise wire.Refused(20000, NO_SUCH_INVOICE)
    invoice = chorus_pro.invoice_of(caller.login, wanted)
    if invoice is None:
        raise wire.Refused(20001, NOT_ENTITLED)
    return invoice


def _summary(invoice: Invoice) -> dict[str, object]:
    return {"invoice": invoice.id, "number": invoice.facts.number}
