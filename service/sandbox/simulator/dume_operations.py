"""What each operation on a buyer's DUME does. To add one: a function, and its line in OPERATIONS."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final

from service.sandbox.simulator import dume_document as documents
from service.sandbox.simulator.dume_call import Call, Done, Effect, Operation
from service.sandbox.simulator.dume_register import KeptDume, State, Tender, to_state
from service.sandbox.simulator.dume_request import Code, Fields, Refused, check_identifier


def model(_call: Call) -> Done:
    """The blank document."""
    return Done(fields={"dumeA": _encoded(documents.blank())})


def create_simple(call: Call) -> Done:
    """A DUME of turnover and headcount only, made by the service."""
    tender = _tender(call.fields, None)
    document = documents.simplified(
        reference=tender.reference or tender.consultation_id,
        buyer_id=tender.buyer_id,
        buyer_name=tender.buyer_name,
        title=tender.title,
        contract_type=tender.contract_type,
        procedure=tender.procedure,
        lots=tender.lots,
    )
    dume = call.books.buyers.add(call.platform, tender, document, call.simplified_state, call.now)
    return _saved(dume, "created")


def save(call: Call) -> Done:
    """Keep a document: a new DUME without idDume, else the draft of that identifier changed or validated."""
    document, state = _document_to_save(call.fields), _wanted_state(call.fields)
    dume_id, replaced_id = call.fields.text("idDume"), call.fields.text("idDumeRemplace")
    if dume_id is None:
        return _save_new(call, document, state, replaced_id)
    dume = call.books.buyers.get(dume_id, call.platform)
    if dume.state is not State.DRAFT:
        raise Refused(Code.FINAL, f"Le DUME {dume_id} est a l'etat {dume.state} : il ne peut plus etre modifie")
    replaced = _replaceable(call, replaced_id or dume.replaces)
    tender = _tender(call.fields, dume.tender)
    call.books.buyers.change(dume, tender, document, replaced.dume_id if replaced else None)
    return _settle(call, dume, state, "changed")


def search(call: Call) -> Done:
    """The platform's DUMEs of a consultation, of a buyer, or both: one row per lot."""
    consultation_id, buyer_id = call.fields.text("idConsultation"), call.fields.text("siretAcheteur", "idAcheteur")
    if consultation_id is None and buyer_id is None:
        raise Refused(Code.MISSING, "idConsultation ou siretAcheteur : un critere est obligatoire")
    found = call.books.buyers.find(call.platform, call.now, consultation_id=consultation_id, buyer_id=buyer_id)
    lot, wanted = call.fields.text("numeroLot"), call.fields.text("statut")
    state = _state(wanted) if wanted is not None else None
    rows = [row for dume, seen in found if state in {None, seen} for row in _rows(dume, seen)]
    return Done(fields={"dumes": [row for row in rows if lot in {None, row.get("numeroLot", lot)}]})


def delete(call: Call) -> Done:
    """Free the consultation for another DUME; a DUME deleted already stays so."""
    dume = call.books.buyers.get(call.fields.required("idDume"), call.platform)
    if dume.state is State.REPLACED:
        raise Refused(Code.NOT_DELETABLE, f"Le DUME {dume.dume_id} est remplace : il ne peut pas etre supprime")
    effect: Effect = "none" if dume.state is State.DELETED else "changed"
    dume.enter(State.DELETED, call.now)
    return _saved(dume, effect)


OPERATIONS: Final = (
    Operation(name="recupererModelDume", work=model, requester=False),
    Operation(name="creerDumeSimple", work=create_simple),
    Operation(name="enregistrerDume", work=save),
    Operation(name="rechercherDumes", work=search),
    Operation(name="supprimerDume", work=delete),
)


def _save_new(call: Call, document: bytes, state: State, replaced_id: str | None) -> Done:
    replaced = _replaceable(call, replaced_id)
    tender = _tender(call.fields, replaced.tender if replaced else None)
    dume = call.books.buyers.add(call.platform, tender, document, State.DRAFT, call.now, replaced_id)
    return _settle(call, dume, state, "created")


def _settle(call: Call, dume: KeptDume, state: State, effect: Effect) -> Done:
    """Enter the state asked for; a validated DUME takes the place of the one it replaces, a draft not yet."""
    if state is State.DRAFT:
        return _saved(dume, effect)
    dume.enter(State.VALIDATED, call.now)
    if dume.replaces is None:
        return _saved(dume, effect)
    call.books.buyers.get(dume.replaces, call.platform).enter(State.REPLACED, call.now)
    done = _saved(dume, effect)
    return replace(done, fields={**done.fields, "idDumeRemplace": dume.replaces})


def _replaceable(call: Call, dume_id: str | None) -> KeptDume | None:
    if dume_id is None:
        return None
    dume = call.books.buyers.get(dume_id, call.platform)
    if dume.state not in {State.VALIDATED, State.PUBLISHED}:
        raise Refused(Code.NOT_REPLACEABLE, f"Le DUME {dume_id} est a l'etat {dume.state} : il ne se remplace pas")
    return dume


def _document_to_save(fields: Fields) -> bytes:
    given = fields.document("dume", "dumeA", "dumeOE")
    if given is None:
        raise Refused(Code.MISSING, "dume : champ obligatoire")
    documents.check(given)
    return given


def _wanted_state(fields: Fields) -> State:
    state = _state(fields.text("statut") or State.DRAFT)
    if state not in {State.DRAFT, State.VALIDATED}:
        raise Refused(Code.VALUE, "statut : brouillon ou validé attendu")
    return state


def _state(word: str) -> State:
    try:
        return to_state(word)
    except ValueError:
        raise Refused(Code.VALUE, "statut : valeur inconnue") from None


def _tender(fields: Fields, known: Tender | None) -> Tender:
    """What the request says of its consultation; what it leaves out stays as it is known."""
    buyer_id = fields.text("idAcheteur") or (known.buyer_id if known else fields.required("idDemandeur"))
    consultation_id = known.consultation_id if known else None
    tender = Tender(
        consultation_id=fields.text("idConsultation") or consultation_id or fields.required("idConsultation"),
        buyer_id=buyer_id,
        buyer_name=fields.required("rsDemandeur"),
        reference=fields.text("refFonctionnelleConsultation") or (known.reference if known else None),
        title=fields.text("libelleConsultation") or (known.title if known else None),
        contract_type=fields.text("typeMarche") or (known.contract_type if known else None),
        procedure=fields.text("procedure") or (known.procedure if known else None),
        lots=fields.lots() or (known.lots if known else {}),
    )
    check_identifier("idAcheteur", buyer_id, fields.text("typeIdAcheteur") or "1")
    return tender


def _rows(dume: KeptDume, state: State) -> list[dict[str, object]]:
    row: dict[str, object] = {
        "idDume": dume.dume_id,
        "statut": state.value,
        "idConsultation": dume.tender.consultation_id,
    }
    return [{**row, "numeroLot": number} for number in dume.tender.lots] or [row]


def _saved(dume: KeptDume, effect: Effect) -> Done:
    return Done(fields={"idDume": dume.dume_id, "statut": dume.state.value}, effect=effect, dume=dume)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
