"""Takes what is told about a DUME beside its document: reference, title, lots regrouped; the last one counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_register import State
from service.sandbox.simulator.dume_request import Code, Refused


def update(call: Call) -> Done:
    """Other metadata for a DUME of a buyer or a bidder, in any state but deleted; its document stays as it is."""
    dume_id = call.fields.required("idDume")
    if any(kept.dume_id == dume_id for kept in call.books.bids.all()):
        return _update_bid(call, dume_id)
    dume = call.books.buyers.get(dume_id, call.platform)
    if dume.state is State.DELETED:
        raise Refused(Code.FINAL, f"Le DUME {dume.dume_id} est supprime : ses metadonnees ne changent plus")
    fields, known = call.fields, dume.tender
    tender = replace(
        known,
        consultation_id=fields.text("idConsultation") or known.consultation_id,
        reference=fields.text("refFonctionnelleConsultation") or known.reference,
        title=fields.text("libelleConsultation") or known.title,
        contract_type=fields.text("typeMarche") or known.contract_type,
        procedure=fields.text("procedure") or known.procedure,
        lots=fields.lots() or known.lots,
    )
    call.books.buyers.describe(dume, tender)
    return Done(fields={"idDume": dume.dume_id}, effect="changed", dume=dume)


def _update_bid(call: Call, dume_id: str) -> Done:
    kept, fields = call.books.bids.get(dume_id, call.platform), call.fields
    bid = replace(
        kept.bid,
        consultation_id=fields.text("idConsultation") or kept.bid.consultation_id,
        lots=fields.lots() or kept.bid.lots,
    )
    call.books.bids.change(kept, bid)
    return Done(fields={"idDume": dume_id}, effect="changed", about=kept.about)


OPERATIONS: Final = (Operation(name="mettreAJourDume", work=update),)
