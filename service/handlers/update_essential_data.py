"""Corrects essential data that are not published yet, or adds what happened since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderEssentialDataUpdateRequested
from contracts.reasons import Reason
from contracts.words import Upstream
from service.core.entry import Entry
from service.core.essential_data import shows_all, shows_each
from service.core.question import Screen
from service.handlers import essential_data_results as results
from service.handlers.base import Calls, Declined, Event, Finished, Found, Unexplained, Unseen, Write
from service.upstream import Operation, Refusal
from service.upstream.dume.essential_data_operations import UPDATE

SCREEN = Screen(
    deed="update essential data",
    place="your buyer profile, or Service DUME (dume.chorus-pro.gouv.fr): the essential data under this reference",
    number=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update to send."""

    asked: TenderEssentialDataUpdateRequested = field(repr=False)


class UpdateEssentialData(Write[TenderEssentialDataUpdateRequested, Update]):
    """`tender.essential_data.update.requested.v1`. Repeating it is harmless: the last one counts."""

    model: ClassVar[type[TenderEssentialDataUpdateRequested]] = TenderEssentialDataUpdateRequested
    upstream: ClassVar[str] = Upstream.DUME
    call: ClassVar[Operation[Any, Any]] = UPDATE
    screen: ClassVar[Screen] = SCREEN
    # Only `make_ready` is given the lists of the mapping, and may refuse what is in none of them.
    reads_first: ClassVar[bool] = True

    def prepare(self, request: TenderEssentialDataUpdateRequested, event: Event) -> Update:
        """What is wanted."""
        return Update(asked=request)

    def keys(self, prepared: Update) -> tuple[str, ...]:
        """The reference: an update whose answer was lost must not come after a later one."""
        return (prepared.asked.reference,)

    def check(self, prepared: Update, calls: Calls) -> None:
        """Raise EventInvalid when it cannot be put into the words of DUME."""
        calls.upstreams.dume(account=calls.account, event=calls.event).essential_data.wire.update(prepared.asked)

    async def make_ready(self, prepared: Update, calls: Calls) -> Update | Finished:
        """Spell the labels as the national schema does; one that it does not know is refused before the first send."""
        asked, unlisted = calls.dume.essential_data.spelled(prepared.asked)
        if unlisted and calls.is_first:
            return results.not_updated(prepared.asked, Reason.RULES_NOT_MET, unlisted=unlisted)
        return replace(prepared, asked=asked)

    async def send(self, prepared: Update, calls: Calls) -> Mapping[str, object] | Refusal:
        """Send it."""
        updated = await calls.dume.essential_data.update(prepared.asked)
        if isinstance(updated, Refusal):
            return updated
        return {"changed": updated.changed, "adopted": False, "notices": list(updated.notices)}

    async def confirm(
        self, prepared: Update, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """A person is believed: what was updated may not be shown yet."""
        return Found(answer={"changed": None, "adopted": True, "notices": []})

    def conclude(self, prepared: Update, answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it."""
        return results.updated(prepared.asked, answer)

    async def refused(self, prepared: Update, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """A repetition may be refused because the first was carried out: what it says is then shown in the end."""
        if entry.sends > 1 and await _is_shown(prepared, calls):
            return Found(answer={"changed": None, "adopted": True, "notices": []})
        end = results.not_updated(prepared.asked, refusal.reason, refusal)
        if entry.sends == 1:
            return end
        return Unexplained(end=end, detail=f"It was refused when it was sent again: {refusal.text}")


async def _is_shown(prepared: Update, calls: Calls) -> bool:
    """Whether a version is shown that says all of this update; what searches do not show is not proven by any."""
    asked = prepared.asked
    subject = asked.contract or asked.concession
    if asked.subcontracts or asked.subcontract_changes or asked.execution or asked.further:
        return False
    shown = await calls.dume.essential_data.referenced(asked.reference, asked.buyer)
    if isinstance(shown, Refusal):
        return False
    return any((subject is None or shows_all(subject, row)) and shows_each(asked.modifications, row) for row in shown)
