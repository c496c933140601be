"""Decides what brings DUME to the state that a fact about a consultation calls for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from contracts.words import DumeState

Fact = Literal["created", "updated", "published", "cancelled"]
SETTLED = frozenset({DumeState.VALIDATED, DumeState.PUBLISHED})


class Action(StrEnum):
    """What is done in DUME because of a fact; the words are those of the results."""

    CREATED = "created"
    CHANGED = "changed"
    METADATA_UPDATED = "metadata_updated"
    VALIDATED = "validated"
    REPLACED = "replaced"
    DELETED = "deleted"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How far earlier facts about the consultation have brought DUME, as the ledger remembers.

    `described` is a digest of what DUME was told about the consultation beside the document, `worded` of what it was
    told in the document.
    """

    revision: int
    is_published: bool = False
    is_cancelled: bool = False
    described: str = ""
    worded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a fact calls for: a DUME that bidders can use, one that is there, or none."""

    fact: Fact
    revision: int
    simplified: bool = False
    wants_validated: bool = False
    is_superseded: bool = False

    @property
    def wants_none(self) -> bool:
        """Whether no DUME shall serve the consultation."""
        return self.fact == "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """In what the DUME differs from the consultation: in its document, or in what stands beside it."""

    in_content: bool = True
    in_metadata: bool = True


def wish(fact: Fact, revision: int, *, simplified: bool, brought: Brought | None) -> Wish | None:
    """What a fact calls for after those before it; None when a later one was there first and nothing is left to do.

    That a consultation was published stays true whatever was told later: such a fact, come late, still validates the
    DUME, as it stands by then.
    """
    if brought is None or revision >= brought.revision:
        is_reborn = brought is not None and brought.is_cancelled
        was_published = brought is not None and brought.is_published and not is_reborn
        return Wish(
            fact=fact,
            revision=revision,
            simplified=simplified,
            wants_validated=fact == "published" or (was_published and fact != "cancelled"),
        )
    if fact != "published" or brought.is_published or brought.is_cancelled:
        return None
    return Wish(fact=fact, revision=revision, simplified=simplified, wants_validated=True, is_superseded=True)


def action_for(wished: Wish, standing: DumeState | None, difference: Difference) -> Action:
    """The one thing to do about the DUME that serves the consultation, `standing` in this state, None without one."""
    if standing is None:
        # What came late says nothing of the consultation as it is by now, so nothing is made of it.
        return Action.NONE if wished.wants_none or wished.is_superseded else Action.CREATED
    if wished.wants_none:
        return Action.DELETED
    if standing in SETTLED:
        return Action.NONE if wished.is_superseded else _beside(difference)
    if wished.wants_validated:
        return Action.VALIDATED
    return Action.CHANGED if difference.in_content or difference.in_metadata else Action.NONE


def _beside(difference: Difference) -> Action:
    """What changes a DUME that cannot be changed any more: another in its place, or what is said beside it."""
    if difference.in_content:
        return Action.REPLACED
    return Action.METADATA_UPDATED if difference.in_metadata else Action.NONE


def brought_by(answers: Iterable[Mapping[str, object]]) -> Brought | None:
    """What earlier answers about facts say of the consultation; the highest revision counts."""
    found = [answer for answer in answers if isinstance(answer.get("revision"), int)]
    if not found:
        return None
    last = max(found, key=lambda answer: int(str(answer["revision"])))
    return Brought(
        revision=int(str(last["revision"])),
        is_published=bool(last.get("is_published")),
        is_cancelled=bool(last.get("is_cancelled")),
        described=str(last.get("described") or ""),
        worded=str(last.get("worded") or ""),
    )
