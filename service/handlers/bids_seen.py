"""Tells the DUME that a request made from all others of the same bidder, or says that a person has to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.events import Bidder
from service.core.entry import Entry
from service.handlers.base import Absent, Calls, Found, Looked, Unseen
from service.handlers.dume_known import MAY_BE_OUR_OWN, was_repeated
from service.upstream import Refusal
from service.upstream.dume import FoundDume
from service.upstream.dume.bidder_operations import CREATE_BID, SAVE_BID

BEFORE = "before"
MOST_BEFORE = 1_000
"""Identifiers that are noted before the first send; a bidder with more is for a person."""

MADE_WITH = (SAVE_BID.title, CREATE_BID.title)
"""What the ledger calls the operations that make one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What a request is to make: for which consultation and lots, none for one of the company alone.

    `before` are the identifiers that were there before it was first sent, None when nobody knows them.
    """

    bidder: Bidder
    consultation_id: str | None = None
    lots: frozenset[str] = frozenset()
    before: frozenset[str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One DUME as searches show it."""

    dume_id: str
    consultation_id: str | None
    lots: frozenset[str]

    def may_be(self, mine: Mine) -> bool:
        """Whether nothing speaks against it: it is for no other consultation, and for no other lots."""
        if self.consultation_id is not None and self.consultation_id != mine.consultation_id:
            return False
        return not self.lots or bool(self.lots & mine.lots) or (not mine.lots and mine.consultation_id is not None)


def key_of(dume_id: str) -> str:
    """What the ledger keeps of a DUME that was made or saved over."""
    return f"dume {dume_id}"


async def ids_now(mine: Mine, calls: Calls) -> frozenset[str] | None:
    """The identifiers that searches show now; None when the State does not tell, or there are too many to note."""
    found = await _seen(mine, calls)
    if isinstance(found, Refusal) or len(found) > MOST_BEFORE:
        return None
    return frozenset(one.dume_id for one in found)


def to_notes(before: frozenset[str] | None) -> dict[str, object]:
    """What was there before, for the ledger."""
    return {} if before is None else {BEFORE: sorted(before)}


def from_notes(kept: Mapping[str, object]) -> frozenset[str] | None:
    """The same out of the ledger."""
    before = kept.get(BEFORE)
    return frozenset(str(one) for one in before) if isinstance(before, list) else None


async def look(mine: Mine, calls: Calls) -> Looked:
    """Search for the one that was made since the first send; adopted only when it can be no other's."""
    found = await _seen(mine, calls)
    if isinstance(found, Refusal):
        return Unseen(detail=f"The search for the DUME was refused: {found.text}")
    possible = [one for one in found if one.may_be(mine)]
    if mine.before is None:
        return Unseen(detail=_not_ours_for_sure(possible)) if possible else Absent()
    new = await _not_of_others([one for one in possible if one.dume_id not in mine.before], calls)
    if not new:
        return Absent()
    if len(new) > 1 or new[0].lots != mine.lots:
        return Unseen(detail=_not_ours_for_sure(new))
    return Found(answer={"dume_id": new[0].dume_id, "adopted": True})


async def after_refusal(mine: Mine, refusal: Refusal, entry: Entry, calls: Calls) -> Found | Unseen | None:
    """What a refusal to make one may be about after a send that may have worked; None when it is what it says."""
    if not was_repeated(entry):
        return None
    looked = await look(mine, calls)
    if isinstance(looked, Found | Unseen):
        return looked
    if refusal.reason not in MAY_BE_OUR_OWN:
        return None
    return Unseen(detail=f"It was refused when it was sent again, and none is shown: {refusal.text}")


async def there_already(mine: Mine, calls: Calls) -> tuple[str, ...] | Unseen:
    """The identifiers of DUMEs that may be what is asked for, asked before anything was sent."""
    found = await _seen(mine, calls)
    if isinstance(found, Refusal):
        return Unseen(detail=f"The search for the DUME was refused: {found.text}")
    return tuple(one.dume_id for one in found if one.may_be(mine))


async def confirmed(mine: Mine, dume_id: str, calls: Calls, *, is_new: bool) -> Found | Unseen:
    """What a person named must be shown; what the request itself made can be none that was there before."""
    found = await _seen(mine, calls)
    if isinstance(found, Refusal):
        return Unseen(detail=f"The search for the DUME was refused: {found.text}")
    shown = [one for one in found if one.dume_id == dume_id]
    if not shown:
        return Unseen(detail=f"DUME {dume_id} is not among those that the State shows of bidder {mine.bidder.id}.")
    if is_new and dume_id in (mine.before or ()):
        return Unseen(detail=f"DUME {dume_id} was there before this request was first sent.")
    if is_new and not await _not_of_others(shown, calls):
        return Unseen(detail=f"DUME {dume_id} is that of another request.")
    return Found(answer={"dume_id": dume_id, "adopted": True})


async def _seen(mine: Mine, calls: Calls) -> list[Seen] | Refusal:
    found = await calls.dume.bidders.search(consultation_id=mine.consultation_id, bidder=mine.bidder)
    return found if isinstance(found, Refusal) else _by_identifier(found)


def _by_identifier(rows: Iterable[FoundDume]) -> list[Seen]:
    """One for all rows of a DUME, which has one for each lot."""
    seen: dict[str, Seen] = {}
    for row in rows:
        lots = seen[row.dume_id].lots if row.dume_id in seen else frozenset[str]()
        lots |= {row.lot_number} if row.lot_number else frozenset()
        seen[row.dume_id] = Seen(dume_id=row.dume_id, consultation_id=row.consultation_id, lots=lots)
    return list(seen.values())


async def _not_of_others(found: list[Seen], calls: Calls) -> list[Seen]:
    """Those that no other request is known to have made or to save over: one platform serves all accounts."""
    keys, known = [key_of(one.dume_id) for one in found], set[str]()
    for account in calls.accounts.names if keys else ():
        known |= await calls.ledger.feeds.sent(account, MADE_WITH, keys)
    return [one for one in found if key_of(one.dume_id) not in known]


def _not_ours_for_sure(found: list[Seen]) -> str:
    shown = ", ".join(one.dume_id for one in found[:5])
    return f"The State shows DUMEs of this bidder that may be another's or from before: {shown}."
