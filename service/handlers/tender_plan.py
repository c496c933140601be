"""What is to be done in DUME because of one fact, as it is noted in the ledger before it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.events import Buyer, Consultation
from contracts.events.tender_facts import TenderCancelled, TenderFact
from service.core.tender import Action, Brought, Fact, Wish
from service.handlers.dume_place import Place

MAKING = frozenset({Action.CREATED, Action.REPLACED})
"""What makes a new DUME each time it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The one thing to do. `before` are the DUMEs that were there, `dume_id` the one it is done to.

    `replaces` is the one whose place is taken; `deletes` are all that are deleted, by an earlier send too.
    """

    action: Action
    wants_validated: bool
    revision: int
    is_published: bool
    is_cancelled: bool
    described: str
    superseded_by: int | None = None
    dume_id: str | None = None
    state: str = "unknown"
    state_code: str | None = None
    before: tuple[str, ...] = ()
    replaces: str | None = None
    deletes: tuple[str, ...] = ()
    is_done: bool = False

    def to_notes(self) -> dict[str, object]:
        """The plan as the ledger keeps it."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "is_done"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """A fact to be carried out: ready once it has a plan, and the document that the plan sends.

    `place` is the consultation and buyer with all lots, so that it is alone with whatever makes a DUME for one of them.
    """

    fact: Fact
    asked: TenderFact | TenderCancelled = field(repr=False)
    place: Place
    plan: Plan | None = None
    document: bytes = field(default=b"", repr=False)

    @property
    def consultation_id(self) -> str:
        """The consultation it is about."""
        return self.asked.consultation.id

    @property
    def consultation(self) -> Consultation | None:
        """The consultation as it stands; None once it is cancelled."""
        return None if isinstance(self.asked, TenderCancelled) else self.asked.consultation

    @property
    def revision_key(self) -> str:
        """The natural key under which the ledger remembers how far the facts about a consultation have come."""
        return f"facts about consultation {self.consultation_id}, buyer {self.place.buyer_id}"

    @property
    def buyer(self) -> Buyer | None:
        """Whose consultation it is; None means the configured requester."""
        return self.asked.buyer

    @property
    def revision(self) -> int:
        """That of the fact."""
        return self.asked.consultation.revision

    @property
    def simplified(self) -> bool:
        """Whether a simplified DUME is to be made where there is none."""
        return isinstance(self.asked, TenderFact) and self.asked.simplified


def plan_from(kept: Mapping[str, object]) -> Plan | None:
    """The plan of an earlier send, from the notes of the ledger; None when there is none to read."""
    if "action" not in kept:
        return None
    known: dict[str, Any] = {name: kept[name] for name in Plan.__slots__ if name in kept}  # Any: JSON of our own
    known["action"] = Action(str(known["action"]))
    plan = Plan(**known)
    return replace(plan, before=tuple(plan.before), deletes=tuple(plan.deletes))


def as_brought(wished: Wish, brought: Brought | None, described: str) -> Brought:
    """How far DUME will be once what is wished is done: a fact that comes late takes nothing back."""
    if wished.is_superseded and brought is not None:
        return replace(brought, is_published=True)
    return Brought(
        revision=wished.revision,
        is_published=wished.wants_validated,
        is_cancelled=wished.wants_none,
        described="" if wished.wants_none else described,
    )


def described(consultation: Consultation | None) -> str:
    """A digest of what DUME is told of a consultation beside the document, to see whether it changed."""
    if consultation is None:
        return ""
    told = consultation.model_dump(mode="json", exclude={"revision"})
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
