"""Hands in the essential data of a contract or concession, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderEssentialDataPublicationRequested
from contracts.reasons import Reason
from contracts.results import EssentialDataListed
from contracts.words import Upstream
from service.core.entry import Entry, State
from service.core.errors import UpstreamFailure
from service.core.essential_data import agree
from service.core.question import Screen
from service.handlers import essential_data_results as results
from service.handlers.base import Absent, Calls, Declined, Event, Finished, Found, Looked, Unseen, UsedByOther, Write
from service.upstream import Operation, Refusal
from service.upstream.dume.essential_data_operations import PUBLISH

SCREEN = Screen(
    deed="publish essential data",
    place=(
        "your buyer profile, or Service DUME (dume.chorus-pro.gouv.fr): the essential data of this buyer under the id"
        " of the contract"
    ),
    number=None,
)
HIDDEN = "No search shows essential data that are not published yet, so nobody knows whether these arrived."
OTHER = "Other essential data are shown under this buyer and id, and nobody knows whether these arrived as well."

MAY_BE_OUR_OWN = frozenset({Reason.UPSTREAM_REFUSED, Reason.ESSENTIAL_DATA_EXISTS})
"""Reasons of refusals that may be about what was sent before."""

Rows = tuple[EssentialDataListed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Essential data to hand in."""

    asked: TenderEssentialDataPublicationRequested = field(repr=False)


class PublishEssentialData(Write[TenderEssentialDataPublicationRequested, Publication]):
    """`tender.essential_data.publication.requested.v1`. A buyer's id of a contract is its natural key."""

    model: ClassVar[type[TenderEssentialDataPublicationRequested]] = TenderEssentialDataPublicationRequested
    upstream: ClassVar[str] = Upstream.DUME
    call: ClassVar[Operation[Any, Any]] = PUBLISH
    screen: ClassVar[Screen] = SCREEN
    # Only `make_ready` is given the lists of the mapping, and may refuse what is in none of them.
    reads_first: ClassVar[bool] = True

    def prepare(self, request: TenderEssentialDataPublicationRequested, event: Event) -> Publication:
        """What is wanted."""
        return Publication(asked=request)

    def keys(self, prepared: Publication) -> tuple[str, ...]:
        """Kind, buyer and id."""
        asked = prepared.asked
        return (f"{asked.kind} {asked.buyer.id} {asked.subject.id}",)

    def check(self, prepared: Publication, calls: Calls) -> None:
        """Raise EventInvalid when it cannot be put into the words of DUME."""
        calls.upstreams.dume(account=calls.account, event=calls.event).essential_data.wire.publication(prepared.asked)

    async def make_ready(self, prepared: Publication, calls: Calls) -> Publication | Finished:
        """Spell the labels as the national schema does; one that it does not know is refused before the first send."""
        asked, unlisted = calls.dume.essential_data.spelled(prepared.asked)
        if unlisted and calls.is_first:
            refused = results.not_published(prepared.asked, Reason.RULES_NOT_MET, unlisted=unlisted)
            return Finished(results=(refused,), reason=Reason.RULES_NOT_MET)
        return replace(prepared, asked=asked)

    async def send(self, prepared: Publication, calls: Calls) -> Mapping[str, object] | Refusal:
        """Hand them in."""
        published = await calls.dume.essential_data.publish(prepared.asked)
        if isinstance(published, Refusal):
            return published
        return {"reference": published.reference, "adopted": False, "notices": list(published.notices)}

    async def look(self, prepared: Publication, entry: Entry, calls: Calls) -> Looked:
        """Search by kind, buyer and id: they are ours when everything agrees with what was sent."""
        shown = await _shown(prepared, calls)
        if isinstance(shown, Refusal):
            return Unseen(detail=f"The search for the essential data was refused: {shown.text}")
        ours = _ours(prepared, shown)
        if ours is not None:
            return Found(answer=_adopted(ours))
        # Nothing says that a buyer's id is taken once only: beside other data, ours may be there unpublished.
        is_unsent = entry.state is State.CLAIMED and entry.sends == 0
        is_proof = is_unsent or calls.dume.essential_data.mapping.shows_unpublished
        if shown and is_proof:
            refusal = results.not_published(prepared.asked, Reason.ESSENTIAL_DATA_EXISTS, found=shown[0])
            return UsedByOther(refusal=refusal, reason=Reason.ESSENTIAL_DATA_EXISTS)
        if calls.dume.essential_data.mapping.shows_unpublished:
            return Absent()
        return Unseen(detail=OTHER if shown else HIDDEN, may_show=True)

    async def confirm(
        self, prepared: Publication, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """What is shown must be what was sent; a person is believed about what no search shows yet."""
        shown = await _shown(prepared, calls)
        if isinstance(shown, Refusal):
            return Unseen(detail=f"The search for the essential data was refused: {shown.text}")
        ours = _ours(prepared, shown)
        if ours is not None:
            return Found(answer=_adopted(ours))
        if calls.dume.essential_data.mapping.shows_unpublished:
            return Unseen(detail=f"DUME shows {'other' if shown else 'no'} essential data of this buyer under this id.")
        return Found(answer={"reference": None, "adopted": True, "notices": []})

    def conclude(self, prepared: Publication, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it, once it is the State's own."""
        return results.published(prepared.asked, answer, self.keys(prepared))

    async def refused(
        self, prepared: Publication, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """A refusal may be about what is there under this id, ours among it, even where no search shows that yet."""
        try:
            shown = await _shown(prepared, calls)
        except UpstreamFailure:
            if entry.sends > 1:
                raise
            shown = ()  # a first refusal stands without its explanation
        rows = () if isinstance(shown, Refusal) else shown
        ours = _ours(prepared, rows)
        if ours is not None and entry.sends > 1:
            return Found(answer=_adopted(ours))
        is_hidden = isinstance(shown, Refusal) or not calls.dume.essential_data.mapping.shows_unpublished
        if entry.sends > 1 and is_hidden and refusal.reason in MAY_BE_OUR_OWN:
            return Unseen(detail=f"{OTHER if rows else HIDDEN} Sent again, they were refused: {refusal.text}")
        reason = Reason.ESSENTIAL_DATA_EXISTS if rows else refusal.reason
        found = ours or (rows[0] if rows else None)
        return Finished(results=(results.not_published(prepared.asked, reason, refusal, found=found),), reason=reason)


async def _shown(prepared: Publication, calls: Calls) -> Rows | Refusal:
    asked = prepared.asked
    return await calls.dume.essential_data.named(kind=asked.kind, buyer=asked.buyer, id=asked.subject.id)


def _ours(prepared: Publication, shown: Rows) -> EssentialDataListed | None:
    return next((row for row in shown if agree(prepared.asked.subject, row)), None)


def _adopted(row: EssentialDataListed) -> dict[str, object]:
    return {"reference": row.reference, "adopted": True, "notices": []}
