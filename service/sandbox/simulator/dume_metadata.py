"""Takes what is told about a DUME beside its document: reference, title, lots regrouped; the last one counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_register import State
from service.sandbox.simulator.dume_request import Code, Refused


def update(call: Call) -> Done:
    """Other metadata for a DUME in any state but deleted; its document stays as it is."""
    dume = call.books.buyers.get(call.fields.required("idDume"), call.platform)
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


OPERATIONS: Final = (Operation(name="mettreAJourDume", work=update),)
