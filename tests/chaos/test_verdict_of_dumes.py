"""The audit of chaos sees what is wrong with DUMEs: not there, not told, there twice, not as it was called for."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from service.sandbox.simulator import Simulator
from service.sandbox.simulator.dume_essential_register import Facts as Data
from tests.builders import BUYER
from tests.chaos.asked import DONE, Asked, Drawn
from tests.chaos.tenders import AT_ONCE, FEWEST, MOST, Bids, Dumes, Facts, Publications
from tests.chaos.verdict import Reckoning
from tests.support import bids
from tests.support.audit import Audit
from tests.support.bus import Bus
from tests.support.essential_data import PLATFORM
from tests.support.tender_facts import fact

DRAWN = Drawn(random.Random(1))  # noqa: S311 - made-up values need no cryptography
CONSULTATION = "K-1"
SAME = {"title": "Le dernier", "procedure": "Dialogue compétitif"}


class Told:
    """A State, and what was asked and answered about it; nothing of it has to be true."""

    def __init__(self) -> None:
        self.simulator = Simulator()
        self.asked: list[Asked] = []
        self._bus = Bus("")

    def call(self, domain: str, operation: str, **fields: Any) -> str:  # Any: fields of every kind
        """The identifier of a DUME, by a call that is in the journal."""
        world = self.simulator.world
        call = self.simulator.journal.received(
            at=world.clock(), operation=operation, upstream="dume", method="POST", path="", body=b""
        )
        answer = bids.told(world, domain, operation, **fields)
        known = "idDume" in fields
        call.effect = "changed" if known else "created"
        call.summary = {name: fields.get(name) for name in ("idConsultation", "siretOE")}
        return str(answer["idDume"])

    def draft(self, consultation: str = CONSULTATION, **fields: str) -> str:
        """A draft of a buyer, as the last fact has it unless said otherwise."""
        about = {"idConsultation": consultation, "idAcheteur": BUYER["id"], "libelleConsultation": SAME["title"]}
        return self.call("dumeA", "creerDumeSimple", **{**about, "procedure": SAME["procedure"], **fields})

    def saved(self, **fields: str) -> str:
        """The DUME of a bidder."""
        return self.call("dumeOE", "enregistrerDume", dume=bids.text(bids.XML), **fields)

    def published(self, asked: Asked) -> None:
        """The essential data of a request, published."""
        data = asked.event["data"]
        kind, subject = ("MP", data["contract"]) if "contract" in data else ("CC", data["concession"])
        facts = Data(
            kind=kind, buyer_id=BUYER["id"], values={"id": subject["id"]}, operators=(), consultation={}, followed={}
        )
        world = self.simulator.world
        world.dume.essential_data.add(PLATFORM, facts, world.clock())

    def answered(self, asked: Asked, **data: object) -> None:
        """A request and the answer that it is done."""
        kind = asked.type.replace(".requested.", ".done.")
        kind = kind if "requested" in asked.type else "tender.sync.done.v1"
        self.asked.append(asked)
        self._bus.received.append(
            {"id": f"of {asked.id}", "type": kind, "causationid": asked.id, "final": True, "data": data}
        )

    def facts(self, *kinds: str, dume_id: str | None, action: str = "created") -> None:
        """Facts about the consultation, the first of which made this DUME and the last of which is `SAME`."""
        for revision, kind in enumerate(kinds, 1):
            told = SAME if revision == len(kinds) else {"title": "Un autre", "procedure": "Procédure adaptée"}
            event = fact(kind, CONSULTATION, revision, **({} if kind == "cancelled" else told))
            done = action if revision == 1 else "none"
            self.answered(Asked.of(CONSULTATION, event, DONE), action=done, dume_id=dume_id)

    def complaints(self) -> list[str]:
        """What is complained of."""
        return Reckoning(self.asked, Audit(self._bus, self.simulator, ()), {}, 0).complaints()

    def state(self, dume_id: str, state: str) -> str:
        """The same DUME, in another state."""
        self.simulator.world.dume.set_state(dume_id, state)
        return dume_id


def life(told: Told, *steps: str) -> str:
    """The identifier of a draft that was answered, and of which these steps were answered as well."""
    asked = Dumes(DRAWN).next()
    dume_id = told.draft(asked.key)
    told.answered(asked, dume_id=dume_id)
    for step in steps:
        data = {"consultation": {"id": asked.key}, "dume_id": dume_id}
        event = {**asked.event, "id": DRAWN.id(), "type": f"tender.dume.{step}.requested.v1", "data": data}
        told.answered(Asked.of(asked.key, event, DONE), dume_id=dume_id)
    return dume_id


def as_it_should_be(told: Told) -> None:
    """Everything is as the answers say, and there is nothing to complain of."""
    told.state(life(told, "validation"), "validé")
    told.state(life(told, "deletion"), "04")
    told.facts("created", "published", "updated", dume_id=told.state(told.draft(), "validé"))
    company, save = Bids(DRAWN).creation(), Bids(DRAWN).save()
    told.answered(company, dume_id=told.saved(siretOE=company.key))
    told.answered(save, dume_id=told.saved(siretOE=bids.BIDDER["id"], idConsultation=save.key))


def taken_up_again(told: Told) -> None:
    """A DUME was replaced, the other deleted with its consultation, which was taken up again and not published yet."""
    told.state(told.draft(), "remplacé")
    told.state(told.draft(), "04")
    told.facts("published", "cancelled", "created", dume_id=told.draft())


def not_validated(told: Told) -> str:
    """A validation was answered, and the DUME is a draft."""
    return f"DUME {life(told, 'validation')} is brouillon, and its last answer made it validé"


def not_deleted(told: Told) -> str:
    """A deletion was answered, and the DUME is there."""
    return f"DUME {life(told, 'deletion')} is brouillon, and its last answer made it 04"


def invented(told: Told) -> str:
    """A DUME was answered that nobody made."""
    asked = Dumes(DRAWN).next()
    told.answered(asked, dume_id="k7p2x9qd")
    return f"{asked.key} was never made at the State, and a result says so"


def unnamed(told: Told) -> str:
    """A DUME is there that no answer names."""
    return f"the State holds {told.draft()}, which no result names"


def two_alive(told: Told) -> str:
    """Two serve one consultation, although the State would not take a second."""
    first = told.state(told.draft(), "04")
    second = told.draft()
    told.state(first, "brouillon")
    return f"{first} and {second} both serve consultation {CONSULTATION}"


def made_twice(told: Told) -> str:
    """One fact made a DUME, and the journal has two calls that did."""
    told.state(told.draft(), "04")
    told.facts("created", dume_id=told.draft())
    return f"{CONSULTATION} was made 2 times, by the calls [1, 2]"


def claimed_twice(told: Told) -> str:
    """Two requests say that they made the same."""
    dume_id = told.draft()
    told.facts("created", dume_id=dume_id)
    told.facts("updated", dume_id=dume_id)
    return f"{dume_id} is named by 2 requests"


def not_for_bidders(told: Told) -> str:
    """The consultation was published, and later updated, and its DUME is a draft."""
    told.facts("created", "published", "updated", dume_id=told.draft())
    return f"the DUME of consultation {CONSULTATION} is brouillon, where its facts call for validé"


def for_bidders_too_early(told: Told) -> str:
    """The consultation was never published, and its DUME is validated."""
    told.facts("created", "updated", dume_id=told.state(told.draft(), "validé"))
    return f"the DUME of consultation {CONSULTATION} is validé, where its facts call for brouillon"


def cancelled(told: Told) -> str:
    """The consultation was cancelled, and its DUME lives."""
    told.facts("created", "cancelled", dume_id=told.draft())
    return f"1 DUMEs serve consultation {CONSULTATION}, where its facts call for 0"


def gone(told: Told) -> str:
    """The consultation lives, and its DUME is deleted."""
    told.facts("created", "updated", dume_id=told.state(told.draft(), "04"))
    return f"0 DUMEs serve consultation {CONSULTATION}, where its facts call for 1"


def taken_back(told: Told) -> str:
    """An earlier fact was told to the State after the last one."""
    told.facts("created", "updated", dume_id=told.draft(libelleConsultation="Un autre"))
    return f"the DUME of consultation {CONSULTATION} says 'Un autre', where its last fact says 'Le dernier'"


def old_document(told: Told) -> str:
    """The document is that of an earlier fact."""
    told.facts("created", "updated", dume_id=told.draft(procedure="Procédure adaptée"))
    return f"the document of the DUME of consultation {CONSULTATION} is not that of its last fact: Dialogue compétitif"


def saved_twice(told: Told) -> str:
    """A bidder has two for one consultation."""
    asked = Bids(DRAWN).save()
    told.saved(siretOE=bids.BIDDER["id"], idConsultation=asked.key)
    told.answered(asked, dume_id=told.saved(siretOE=bids.BIDDER["id"], idConsultation=asked.key))
    return f"{asked.key} was made 2 times, by the calls [1, 2]"


def published_twice(told: Told) -> str:
    """The same essential data are there under two references."""
    asked = Publications(DRAWN).next()
    for _ in range(2):
        told.published(asked)
    told.answered(asked)
    return "were taken 2 times"


def published_unasked(told: Told) -> str:
    """Essential data are there that nobody was told of."""
    told.published(Publications(DRAWN).next())
    return "are there, and no result says so"


def not_published(told: Told) -> str:
    """Essential data were answered that are not there."""
    told.answered(Publications(DRAWN).next())
    return "are not there, and a result says so"


WORLDS = (
    *(not_validated, not_deleted, invented, unnamed, two_alive, made_twice, claimed_twice, not_for_bidders),
    *(for_bidders_too_early, cancelled, gone, taken_back, old_document, saved_twice, published_twice),
    *(published_unasked, not_published),
)


@pytest.mark.parametrize("world", WORLDS)
def test_should_complain(world: Callable[[Told], str]) -> None:
    """Each thing that may be wrong has a sentence of its own."""
    told = Told()
    complaint = world(told)

    assert [one for one in told.complaints() if complaint in one] != [], told.complaints()


def test_should_have_nothing_to_say() -> None:
    """Where everything is as the answers say, there is no complaint."""
    told = Told()
    as_it_should_be(told)

    assert told.complaints() == []


def test_should_let_a_consultation_be_taken_up_again() -> None:
    """What left its place counts as no second one; a publication from before the end calls for nothing certain."""
    told = Told()
    taken_up_again(told)

    assert [one for one in told.complaints() if "facts call for" in one or "the DUME of" in one] == []


def test_should_tell_all_of_a_consultation_and_some_of_it_twice() -> None:
    """Each has four to six facts, in no order, and nothing is told of it after all was told."""
    facts, told = Facts(Drawn(random.Random(7))), dict[str, list[int]]()  # noqa: S311 - as above
    for _ in range(400):
        asked = facts.next()
        told.setdefault(asked.key, []).append(asked.event["data"]["consultation"]["revision"])
    whole = list(told.values())[:-AT_ONCE]

    assert {len(set(revisions)) for revisions in whole} == set(range(FEWEST, MOST + 1))
    assert [one for one in whole if set(one) != set(range(1, len(set(one)) + 1))] == []
    assert any(one != sorted(one) for one in whole)
    assert any(len(one) > len(set(one)) for one in whole)
