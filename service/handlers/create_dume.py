"""Creates a DUME: what the simplified one and the draft have in common, each with its own call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from contracts.base import Incoming
from contracts.events import Buyer, Consultation
from contracts.reasons import Reason
from contracts.words import Upstream
from service.core.doubt import Doubt
from service.core.entry import Entry
from service.handlers import dume_results as results
from service.handlers.base import Absent, Calls, Event, Finished, Found, Looked, Unseen, Write
from service.upstream import Refusal

AskedT = TypeVar("AskedT", bound=Incoming)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[AskedT]):
    """A DUME to make, or the draft `known` to change.

    `document` is the XML to save, if any; `buyer` None means the configured requester.
    """

    asked: AskedT
    consultation: Consultation
    buyer: Buyer | None
    document: bytes = field(default=b"", repr=False)
    known: str | None = None

    @property
    def buyer_id(self) -> str | None:
        """Whose DUME it is, when the request says so."""
        return self.buyer.id if self.buyer else None


class CreateDume(Write[AskedT, Wanted[AskedT]]):
    """One live DUME per consultation and buyer: that is its natural key, and how a look finds it."""

    upstream: ClassVar[str] = Upstream.DUME
    family: ClassVar[results.Family]

    @abstractmethod
    def prepare(self, request: AskedT, event: Event) -> Wanted[AskedT]:
        """What is wanted."""

    def keys(self, prepared: Wanted[AskedT]) -> tuple[str, ...]:
        """Consultation and buyer."""
        return (f"{prepared.consultation.id} {prepared.buyer_id or 'requester'}",)

    async def look(self, prepared: Wanted[AskedT], entry: Entry, calls: Calls) -> Looked:
        """Search by consultation and buyer for one that is neither replaced nor deleted."""
        found = await calls.dume.search(consultation_id=prepared.consultation.id, buyer_id=prepared.buyer_id)
        if isinstance(found, Refusal):
            return Unseen(detail=f"The search for the DUME was refused: {found.text}")
        dume = results.live(found, calls.dume)
        if dume is None:
            return Absent()
        return Found(answer=results.answer(dume.dume_id, dume.state_code, calls.dume, adopted=True))

    async def confirm(
        self, prepared: Wanted[AskedT], answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """The DUME must be shown for this consultation and buyer."""
        consultation_id, dume_id = prepared.consultation.id, prepared.known or answer["dume_id"]
        found = await calls.dume.search(consultation_id=consultation_id, buyer_id=prepared.buyer_id)
        if isinstance(found, Refusal):
            return Unseen(detail=f"The search for the DUME was refused: {found.text}")
        for dume in found:
            if dume.dume_id == dume_id:
                return Found(answer=results.answer(dume.dume_id, dume.state_code, calls.dume, adopted=True))
        return Unseen(detail=f"DUME {dume_id} is not among those of consultation {consultation_id}.")

    def conclude(self, prepared: Wanted[AskedT], answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it."""
        kept = () if self.doubt_about(prepared) is Doubt.REPEAT else self.keys(prepared)
        return results.done(self.family, answer, prepared.consultation.id, kept=kept)

    async def refused(
        self, prepared: Wanted[AskedT], refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """After a send that may have worked, a refusal may be about our own DUME: look before believing it."""
        looked = await self.look(prepared, entry, calls)
        if isinstance(looked, Found):
            if entry.sends > 1:
                return looked
            dume_id = str(looked.answer["dume_id"])
            return results.refused(
                self.family, refusal, prepared.consultation.id, dume_id=dume_id, reason=Reason.DUME_EXISTS
            )
        return results.refused(self.family, refusal, prepared.consultation.id, reason=Reason.UPSTREAM_REFUSED)
