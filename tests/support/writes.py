"""One request of every kind that changes something at the State, and what must come of it however it was disturbed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from service.sandbox.samples import make_archive, make_ubl
from service.sandbox.simulator import Fault
from service.sandbox.simulator.world import World
from tests.builders import BUYER, deposit, deposit_of, new_number, simplified
from tests.support import bids, essential_data, supplier, tender_facts
from tests.support.bus import Json, request
from tests.support.worker import SECRETS

DEPOSIT, SIMPLE, SAVE = "deposerFluxFacture", "creerDumeSimple", "enregistrerDume"
DELETE, TELL = "supprimerDume", "mettreAJourDume"
ON_THE_WIRE = (
    *(b"/deposer/flux", b"/soumettre", b"/completer", b"/recycler", b"/traiterRejet"),
    *(SIMPLE.encode(), SAVE.encode(), DELETE.encode(), TELL.encode(), bids.CREATING.encode()),
    essential_data.PUBLISH.encode(),
)
"""By which a call that changes something is known among all others."""

LONG_AGO = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, the call it leads to, and what is in that call and in no other."""

    kind: str
    event: Json
    operation: str
    mark: str
    is_repeatable: bool = False

    @property
    def id(self) -> str:
        """The id of the request."""
        return str(self.event["id"])

    @property
    def done(self) -> str:
        """The type of its result when all is well."""
        if ".requested." not in self.event["type"]:
            return "tender.sync.done.v1"
        return str(self.event["type"]).replace(".requested.", ".done.")

    @property
    def is_followed(self) -> bool:
        """Whether its end comes later than the answer of the call."""
        return self.operation == DEPOSIT or self.kind == "validation"

    def fault(self, kind: str, **fields: Any) -> Fault:
        """A fault that meets the next call of this request, and no other."""
        fault = {"operation": self.operation, "kind": kind, "count": 1, "contains": self.mark, **fields}
        return Fault.model_validate(fault)


def every_write(world: World) -> list[Asked]:
    """A request of every kind; the drafts and the invoices that some of them are about are at the State already."""
    tenders = [_simplified(), _draft(), _change(world), _validation(world)]
    tenders += [_replacement(world), _deletion(world), _metadata(world), *_facts(world)]
    return [_invoice(), _archive(), *tenders, _submission(), *_about_invoices(world), *_bids(world)]


def publication() -> Asked:
    """Essential data to publish: no search shows them before they are, so only what arrived needs no person."""
    contract = essential_data.contract()
    event = essential_data.publication(contract)
    return Asked(kind="publication", event=event, operation=essential_data.PUBLISH, mark=str(contract["id"]))


def _invoice() -> Asked:
    number = new_number()
    return Asked(kind="invoice", event=deposit(number), operation=DEPOSIT, mark=f"{number}.xml")


def _archive() -> Asked:
    numbers, name = [new_number() for _ in range(3)], f"{new_number('lot')}.tar.gz"
    content = make_archive([(f"{number}.xml", make_ubl(number)) for number in numbers])
    return Asked(kind="archive", event=deposit_of(name, content), operation=DEPOSIT, mark=name)


def _submission() -> Asked:
    number = new_number()
    return Asked(kind="submission", event=supplier.submission(number), operation=supplier.SUBMIT, mark=number)


def _about_invoices(world: World) -> list[Asked]:
    """What a supplier does about invoices that are at the State already; the call names each by its identifier."""
    rows = (
        ("supplement", supplier.supplement, supplier.COMPLETE, "SUSPENDUE"),
        ("recycling", supplier.recycling, supplier.RECYCLE, "A_RECYCLER"),
        ("acknowledgement", supplier.acknowledgement, supplier.TREAT, "REJETEE"),
    )
    asked = []
    for kind, event_of, operation, status in rows:
        number = new_number()
        mark = str(supplier.placed(world, number, status).id)
        is_repeatable = operation == supplier.TREAT
        asked.append(
            Asked(kind=kind, event=event_of(number), operation=operation, mark=mark, is_repeatable=is_repeatable)
        )
    return asked


def _simplified() -> Asked:
    consultation = new_number()
    return Asked(kind="simplified", event=simplified(consultation), operation=SIMPLE, mark=consultation)


def _draft() -> Asked:
    consultation = _consultation()
    event = request("tender.dume.draft.requested.v1", {"consultation": consultation, "buyer": BUYER})
    return Asked(kind="draft", event=event, operation=SAVE, mark=consultation["id"])


def _change(world: World) -> Asked:
    consultation = _consultation()
    dume_id = _drafted(world, consultation)
    event = request("tender.dume.draft.requested.v1", _about(consultation, dume_id))
    return Asked(kind="change", event=event, operation=SAVE, mark=dume_id, is_repeatable=True)


def _validation(world: World) -> Asked:
    consultation = _consultation()
    dume_id = _drafted(world, consultation)
    event = request("tender.dume.validation.requested.v1", _about(consultation, dume_id))
    return Asked(kind="validation", event=event, operation=SAVE, mark=dume_id, is_repeatable=True)


def _bids(world: World) -> list[Asked]:
    """What a bidder asks for: a new DUME, one that is there changed, and one of the company alone."""
    new, old = bids.consultation(lots=[{"number": "1"}]), bids.consultation()
    known = bids.elsewhere(world, old["id"], at=datetime.now(UTC) - LONG_AGO)
    company = {"id": f"999{secrets.randbelow(10**11):011}", "name": "Atelier Exemple SARL"}
    return [
        Asked(kind="bid", event=bids.saving(new), operation=SAVE, mark=new["id"]),
        Asked(kind="bid over", event=bids.saving(old, dume_id=known), operation=SAVE, mark=known, is_repeatable=True),
        Asked(kind="creation", event=bids.creation(bidder=company), operation=bids.CREATING, mark=company["id"]),
    ]


def _facts(world: World) -> list[Asked]:
    """What is told of consultations: one without a DUME, one with a draft, one with a validated one, and one less."""
    new, draft, validated, less = (_consultation() for _ in range(4))
    drafted, replaced, deleted = (_drafted(world, one) for one in (draft, validated, less))
    world.dume.set_state(replaced, "validé")
    return [
        _fact("created", new, SAVE, new["id"]),
        _fact("published", draft, SAVE, drafted, is_repeatable=True),
        _fact("updated", validated, SAVE, validated["id"], procedure="Dialogue compétitif"),
        _fact("cancelled", less, DELETE, deleted, is_repeatable=True),
    ]


def _fact(kind: str, about: Json, operation: str, mark: str, *, is_repeatable: bool = False, **changes: str) -> Asked:
    event = tender_facts.fact(kind, about["id"], 1, **changes)
    return Asked(kind=f"fact {kind}", event=event, operation=operation, mark=mark, is_repeatable=is_repeatable)


def _replacement(world: World) -> Asked:
    consultation = _consultation()
    dume_id = _drafted(world, consultation)
    world.dume.set_state(dume_id, "validé")
    event = request("tender.dume.replacement.requested.v1", _about(consultation, dume_id))
    return Asked(kind="replacement", event=event, operation=SAVE, mark=consultation["id"])


def _deletion(world: World) -> Asked:
    consultation = _consultation()
    dume_id = _drafted(world, consultation)
    event = request("tender.dume.deletion.requested.v1", _about(consultation, dume_id))
    return Asked(kind="deletion", event=event, operation=DELETE, mark=dume_id, is_repeatable=True)


def _metadata(world: World) -> Asked:
    consultation = _consultation()
    dume_id = _drafted(world, consultation)
    event = request("tender.dume.metadata.requested.v1", _about(consultation, dume_id))
    return Asked(kind="metadata", event=event, operation=TELL, mark=dume_id, is_repeatable=True)


def _about(consultation: Json, dume_id: str) -> Json:
    return {"consultation": consultation, "buyer": BUYER, "dume_id": dume_id}


def _consultation() -> Json:
    return {"id": new_number("C"), "title": "Travaux imaginaires", "procedure": "Procédure adaptée"}


def _drafted(world: World, consultation: Json) -> str:
    """The identifier of a draft that was at the State long before the test."""
    blank = _dume(world, "recupererModelDume")
    made = _dume(world, SAVE, dume=blank["dumeA"], statut="brouillon", idConsultation=consultation["id"])
    return str(made["idDume"])


def _dume(world: World, operation: str, **fields: str) -> Json:
    """What DUME answers a buyer's product of the relay's own platform."""
    platform = {
        "typeIdPlateforme": "1",
        "idPlateforme": SECRETS["RELAY_DUME__PLATFORM_ID"],
        "idTechniquePlateforme": SECRETS["RELAY_DUME__TECHNICAL_PLATFORM_ID"],
    }
    asking = {"rsDemandeur": BUYER["name"], "idDemandeur": BUYER["id"], "idAcheteur": BUYER["id"]}
    body = {"operation": operation, "plateforme": platform, **asking, **fields}
    answer = world.dume.answer("dumeA", body, datetime.now(UTC) - LONG_AGO)
    response: Json = dict(answer.json["response"])  # type: ignore[call-overload]  # JSON of our own
    if response["messageList"]:
        raise AssertionError(response["messageList"])
    return response
