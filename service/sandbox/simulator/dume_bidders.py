"""What each operation on a bidder's DUME does. To add one: a function, and its line in OPERATIONS."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from service.sandbox.simulator import dume_response as documents
from service.sandbox.simulator.dume_bids import Bid, KeptBid
from service.sandbox.simulator.dume_call import Call, Done, Effect, Operation
from service.sandbox.simulator.dume_companies import Told, told
from service.sandbox.simulator.dume_register import State
from service.sandbox.simulator.dume_request import Code, Fields, Refused

_BUYER: Final = ("idDumeA", "idDumeAcheteur", "idDume")
_BIDDER: Final = ("idDumeOE", "idDumeOperateur")
_OBJECTS: Final = {"dumea": "buyer", "dumeacheteur": "buyer", "dumeoe": "bidder", "dumeoperateur": "bidder"}
"""Objects in which a client may put the identifier or the document of one of two DUMEs, since both have one name."""


def model(_call: Call) -> Done:
    """The blank document."""
    return Done(fields={"dumeOE": _encoded(documents.blank())})


def merge_with_company(call: Call) -> Done:
    """A buyer's DUME to be answered, filled with what is known of the company."""
    bidder = call.fields.required("siretOE")
    asked = _asked(call, call.fields.text(*_BUYER), call.fields.document("dumeA", "dume"))
    said = told(call, bidder)
    return Done(fields={"dumeOE": _encoded(documents.merged(asked, bidder, said.name))}, notices=said.notices)


def merge(call: Call) -> Done:
    """A buyer's DUME to be answered, filled with another DUME of the bidder."""
    buyer, bidder = _sides(call.fields)
    asked = _asked(call, buyer[0], buyer[1])
    return Done(fields={"dumeOE": _encoded(documents.merged_with(asked, _given(call, *bidder)))})


def save(call: Call) -> Done:
    """Keep a document: a new DUME without idDume, else over the one of that identifier."""
    document = call.fields.document("dume", "dumeOE")
    if document is None:
        raise Refused(Code.MISSING, "dume : champ obligatoire")
    documents.check(document)
    dume_id = call.fields.text("idDume")
    known = call.books.bids.get(dume_id, call.platform) if dume_id is not None else None
    bid = _bid(call.fields, document, known.bid if known else None)
    if known is None:
        return _saved(call.books.bids.add(call.platform, bid, call.now), "created")
    call.books.bids.change(known, bid)
    return _saved(known, "changed")


def search(call: Call) -> Done:
    """The platform's DUMEs for a consultation, of a bidder, or both: one row per lot."""
    consultation_id, bidder = call.fields.text("idConsultation"), call.fields.text("siretOE")
    if consultation_id is None and bidder is None:
        raise Refused(Code.MISSING, "idConsultation ou siretOE : un critere est obligatoire")
    found = call.books.bids.find(call.platform, call.now, consultation_id=consultation_id, bidder=bidder)
    return Done(fields={"dumes": [row for kept in found for row in _rows(kept)]})


def create(call: Call) -> Done:
    """A new DUME of a company, for no consultation yet, filled with what is known of the company."""
    bidder = call.fields.required("siretOE")
    said: Told = told(call, bidder)
    bid = Bid(document=documents.of_company(bidder, said.name), bidder=bidder)
    kept = call.books.bids.add(call.platform, bid, call.now)
    fields = {"idDume": kept.dume_id, "dumeOE": _encoded(bid.document)}
    return Done(fields=fields, effect="created", about=kept.about, notices=said.notices)


OPERATIONS: Final = (
    Operation(name="recupererModelDume", work=model, requester=False),
    Operation(
        name="FusionnerDumeAvecDonneesEntreprise",
        work=merge_with_company,
        aliases=("FusionnerDumeAvecDonnesEntreprise",),
        asks_company=True,
    ),
    Operation(name="FusionnerDumes", work=merge),
    Operation(name="enregistrerDume", work=save),
    Operation(name="rechercherDumes", work=search),
    Operation(
        name="recupererDumeOEAvecDonnesEntreprise",
        work=create,
        aliases=("recupererDumeOEAvecDonneesEntreprise", "CreerdumeOEavecSiretOE"),
        asks_company=True,
    ),
)


def _asked(call: Call, dume_id: str | None, document: bytes | None) -> bytes:
    """The document of a buyer's DUME that bidders may merge from."""
    if (dume_id is None) == (document is None):
        raise Refused(Code.NOT_ONE_OF, "idDume ou dumeA : l'un des deux, et un seul, est attendu")
    if document is not None:
        return document
    dume = call.books.buyers.get(dume_id or "", call.platform)
    if dume.state not in {State.PUBLISHED, State.REPLACED}:
        raise Refused(Code.NOT_PUBLISHED, f"Le DUME acheteur {dume.dume_id} n'est ni publie ni remplace")
    return dume.document


def _given(call: Call, dume_id: str | None, document: bytes | None) -> bytes:
    if (dume_id is None) == (document is None):
        raise Refused(Code.NOT_ONE_OF, "idDumeOE ou dumeOE : l'un des deux, et un seul, est attendu")
    return document if document is not None else call.books.bids.get(dume_id or "", call.platform).bid.document


def _sides(fields: Fields) -> tuple[tuple[str | None, bytes | None], tuple[str | None, bytes | None]]:
    """Identifier and document of the buyer's DUME and of the bidder's, at the top or each in an object of its own."""
    objects = {name: value for name, value in fields.body.items() if isinstance(value, Mapping)}
    inside = {_OBJECTS[name.lower()]: Fields(value) for name, value in objects.items() if name.lower() in _OBJECTS}
    flat = Fields({name: value for name, value in fields.body.items() if name not in objects})
    buyer, bidder = inside.get("buyer"), inside.get("bidder")
    return (
        _side(buyer, "dumeA") if buyer else (flat.text(*_BUYER), flat.document("dumeA")),
        _side(bidder, "dumeOE") if bidder else (flat.text(*_BIDDER), flat.document("dumeOE")),
    )


def _side(inside: Fields, name: str) -> tuple[str | None, bytes | None]:
    return inside.text("idDume"), inside.document("dume", name)


def _bid(fields: Fields, document: bytes, known: Bid | None) -> Bid:
    """What the request says; what it leaves out stays as it is known."""
    return Bid(
        document=document,
        bidder=fields.text("siretOE") or (known.bidder if known else fields.required("idDemandeur")),
        consultation_id=fields.text("idConsultation") or (known.consultation_id if known else None),
        lots=fields.lots() or (known.lots if known else {}),
    )


def _rows(kept: KeptBid) -> list[dict[str, object]]:
    row: dict[str, object] = {"idDume": kept.dume_id, "idConsultation": kept.bid.consultation_id}
    return [{**row, "numeroLot": number} for number in kept.bid.lots] or [row]


def _saved(kept: KeptBid, effect: Effect) -> Done:
    return Done(fields={"idDume": kept.dume_id}, effect=effect, about=kept.about)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
