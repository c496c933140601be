"""What buyers and bidders ask of DUME: lives of DUMEs, consultations told in disorder, bids, contracts, questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.builders import BUYER
from tests.chaos.asked import DONE, READ, Asked, Drawn
from tests.support import bids, essential_data
from tests.support.bus import Json, request
from tests.support.tender_facts import fact

LIVES = (
    ("validation", "document", "replacement", "merge"),
    ("draft", "validation", "metadata"),
    ("metadata", "deletion", "anew"),
    ("validation", "deletion", "anew", "validation"),
)
"""What becomes of a draft, each once what came before is answered; `anew`: another draft in its place."""

PROCEDURES = ("Procédure adaptée", "Appel d'offres restreint", "Dialogue compétitif")
AT_ONCE = 3
"""Consultations that are being told of at the same time."""
FEWEST, MOST = 4, 6
"""Facts about a consultation."""
TWICE = 0.2
"""The share of facts that are told twice."""
DISORDER = (1.5, 6.0)
"""By how many places facts about one consultation come too early or too late: neighbours change places, or all do."""
CRITERION = "005eb9ed-1347-4ca3-bb29-9bc0db64e1ab"


class Dumes:
    """DUMEs of buyers, each with a life: a step is asked for when the one before it is answered."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn

    def next(self) -> Asked:
        """A new draft."""
        lots = [{"number": str(number)} for number in range(1, self._drawn.chance.randint(0, 2) + 1)]
        about = {"id": self._drawn.number("D"), "title": "Travaux imaginaires", "lots": lots}
        steps = ("anew", *self._drawn.chance.choice(LIVES))
        return self._step(about, steps, [self._drawn.id() for _ in steps], None)

    def _step(self, about: Json, steps: Sequence[str], ids: Sequence[str], dume_id: str | None) -> Asked:
        step, rest = steps[0], steps[1:]

        def then(result: Json) -> Asked | None:
            known = result["data"].get("dume_id") or dume_id
            return self._step(about, rest, ids[1:], known) if rest else None

        event = _about_a_dume(step, about, ids[0], dume_id)
        return Asked.of(about["id"], event, READ if step in {"document", "merge"} else DONE, then)


def _about_a_dume(step: str, about: Json, id: str, dume_id: str | None) -> Json:
    if step == "document":
        return request("tender.dume.document.requested.v1", {"dume_id": dume_id, "format": "xml"}, id=id)
    if step == "merge":
        return request(bids.MERGE, {"buyer_dume_id": dume_id, "bidder": bids.BIDDER}, id=id)
    data: Json = {"consultation": about, "buyer": BUYER}
    if step != "anew":
        data["dume_id"] = dume_id
    return request(f"tender.dume.{'draft' if step == 'anew' else step}.requested.v1", data, id=id)


class Facts:
    """Consultations, each with a life of some facts, which are told in any order and some of them twice.

    Whatever the order, one end is called for: a consultation that is cancelled stays so, or is published anew as its
    last fact. Where it was published before and is not published again, the end depends on what was told first.
    """

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self._untold: list[list[Asked]] = []

    def next(self) -> Asked:
        """The next fact about any of the consultations."""
        if len(self._untold) < AT_ONCE:
            self._untold.append(self._story())
        place = self._drawn.chance.randrange(len(self._untold))
        told = self._untold[place].pop()
        if not self._untold[place]:
            del self._untold[place]
        return told

    def _story(self) -> list[Asked]:
        """What is to be told of one, the first at the end."""
        chance, consultation = self._drawn.chance, self._drawn.number("K")
        is_simplified, count = chance.random() < 0.3, chance.randint(FEWEST, MOST)
        kinds = ["created", *(chance.choice(("updated", "published")) for _ in range(count - 1))]
        end = chance.choice(("lives", "lives", "cancelled", "reborn"))
        if end == "cancelled":
            kinds[-1] = "cancelled"
        elif end == "reborn":
            kinds[-3:] = ["cancelled", "created", "published"]
        facts = [self._fact(kind, consultation, number, is_simplified) for number, kind in enumerate(kinds, 1)]
        story = [*enumerate(facts), *((place, one) for place, one in enumerate(facts) if chance.random() < TWICE)]
        disorder = chance.choice(DISORDER)
        drawn = [(place + chance.uniform(0, disorder), number) for number, (place, _) in enumerate(story)]
        return [story[number][1] for _, number in sorted(drawn, reverse=True)]

    def _fact(self, kind: str, consultation: str, revision: int, is_simplified: bool) -> Asked:  # noqa: FBT001 - of its own
        changes: Json = {}
        if kind != "cancelled":
            procedure = self._drawn.chance.choice(PROCEDURES)
            changes = {"simplified": is_simplified, "title": f"Travaux, état {revision}", "procedure": procedure}
        return Asked.of(consultation, fact(kind, consultation, revision, id=self._drawn.id(), **changes), DONE)


class Bids:
    """DUMEs of bidders: of a company for a consultation, saved over at times, or of a company alone."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn

    def save(self) -> Asked:
        """A new one; every other is saved over once it is there."""
        about = {"id": self._drawn.number("B")}
        over = self._drawn.id() if self._drawn.chance.random() < 0.5 else None

        def then(result: Json) -> Asked | None:
            dume_id = result["data"].get("dume_id")
            if over is None or dume_id is None:
                return None
            return Asked.of(about["id"], {**bids.saving(about, dume_id=dume_id), "id": over}, DONE)

        return Asked.of(about["id"], {**bids.saving(about), "id": self._drawn.id()}, DONE, then)

    def creation(self) -> Asked:
        """One of a company that has no other, so that nobody need be asked which of two was made."""
        bidder = {"id": self._drawn.siret(), "name": "Atelier Exemple SARL"}
        return Asked.of(bidder["id"], {**bids.creation(bidder=bidder), "id": self._drawn.id()}, DONE)


class Publications:
    """Essential data of contracts and concessions, each under an id of its own."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn

    def next(self) -> Asked:
        """One of a contract or of a concession."""
        if self._drawn.chance.random() < 0.5:
            kind, subject = "contract", essential_data.contract(id=self._drawn.number("M"))
        else:
            kind, subject = "concession", essential_data.concession(id=self._drawn.number("C"))
        event = essential_data.publication(subject, kind=kind)
        return Asked.of(str(subject["id"]), {**event, "id": self._drawn.id()}, DONE)


class Reads:
    """Questions that are about nothing in particular."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn

    def next(self) -> Asked:
        """Any of them."""
        today = datetime.now(UTC).date().isoformat()
        days = {"kind": "contract", "published_from": today, "published_until": today}
        questions: tuple[tuple[str, Json], ...] = (
            ("tender.company.lookup", {"siret": bids.BIDDER["id"]}),
            ("tender.codelist.lookup", {"code_list": "STATUT_DUME"}),
            ("tender.evidence.lookup", {"criterion": CRITERION, "language": "fr", "nation": "be"}),
            ("tender.essential_data.search", {"buyer_id": BUYER["id"], **days}),
            ("tender.dume.search", {"of": "bidder", "bidder": self._company()}),
            ("tender.bid.merge", {"buyer_document": bids.text(bids.ASKED), "bidder": bids.BIDDER}),
        )
        name, data = self._drawn.chance.choice(questions)
        return Asked.of(name, request(f"{name}.requested.v1", data, id=self._drawn.id()), READ)

    def _company(self) -> Json:
        return {"id": self._drawn.siret(), "name": "Atelier Exemple SARL"}
