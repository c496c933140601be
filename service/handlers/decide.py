"""Decides about an invoice that is at Chorus Pro: what recipient, validator and supplier have in common here."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from contracts.base import Outgoing
from contracts.events import NamedInvoice
from contracts.reasons import Reason
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.errors import UpstreamFailure
from service.core.invoices import FoundInvoice
from service.core.question import READY
from service.core.standing_before import BEFORE, Before, Since, without_earlier
from service.handlers import decision_results as results
from service.handlers.base import Absent, Calls, Declined, Event, Finished, Found, Looked, Unseen, UsedByOther, Write
from service.handlers.decision_results import Located, NotReady, Seen, Stands
from service.handlers.own_invoices import check_named, sees
from service.upstream import Refusal
from service.upstream.chorus_pro import InvoiceHistory
from service.upstream.chorus_pro.decisions import Decided, Decisions

AskedT = TypeVar("AskedT", bound=NamedInvoice)

Explained = Mapping[str, object]
"""Fields of a refusal beside those that all have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[AskedT]):
    """A decision; `before` is where its invoice stands once that was read, `validator_id` who decides."""

    asked: AskedT
    before: Before | None = None
    validator_id: int | None = None


class Decide(Write[AskedT, Wanted[AskedT]]):
    """A decision leaves one line in the history of its invoice, which is how a look finds it.

    The history is read before the first send and kept in the ledger. Whatever has been added since tells what became of
    a lost answer: what was asked for (adopt it), nothing (send it again), or something else. Then the invoice is no
    longer the one that was decided about, and sending again could put a rejection on top of a payment: that ends as
    `refused`, reason `status_changed`, which is certain, since a history loses no line. A history that cannot be read,
    or is no continuation of the earlier one, is for a person; it keeps nobody from deciding.
    """

    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    reads_first: ClassVar[bool] = True
    family: ClassVar[str]
    role: ClassVar[str]
    may_lose_sight: ClassVar[bool] = False
    """Whether an invoice may be hidden from who decides, by its new status."""
    needs_before: ClassVar[bool] = False
    """Whether an invoice that is as wanted is a question, unless it is known not to have been so before."""

    @abstractmethod
    async def find(self, number: str, supplier_siret: str, calls: Calls) -> tuple[FoundInvoice, ...]:
        """The invoices with this number and supplier that the account sees in its role."""

    @abstractmethod
    def wanted_codes(self, asked: AskedT, calls: Calls) -> frozenset[str]:
        """The statuses of which one is in the history once it was carried out."""

    @abstractmethod
    async def decide(self, wanted: Wanted[AskedT], before: Before, calls: Calls) -> Decided | Refusal:
        """The call that counts."""

    @abstractmethod
    def done(self, asked: AskedT, fields: dict[str, object]) -> Outgoing:
        """The result of its type, from what all of them say."""

    @abstractmethod
    def not_done(self, asked: AskedT, fields: dict[str, object]) -> Outgoing:
        """The refusal of its type, from what all of them say and what `explain` added."""

    async def explain(self, asked: AskedT, stands: Stands, calls: Calls) -> tuple[Reason, Explained]:
        """What else helps to understand a refusal, and perhaps a better reason; a failure on the way leaves it out."""
        return stands.reason, {}

    async def shows(self, asked: AskedT, invoice_id: int, calls: Calls) -> bool | None:
        """Whether what the statuses leave open is as asked for at the State; None when that is not shown."""
        return True

    def check(self, prepared: Wanted[AskedT], calls: Calls) -> None:
        """As everywhere, and a supplier acts on its own invoices alone."""
        super().check(prepared, calls)
        check_named(self.role, prepared.asked.supplier_siret, calls)

    def prepare(self, request: AskedT, event: Event) -> Wanted[AskedT]:
        """What is wanted."""
        return Wanted(asked=request)

    def keys(self, prepared: Wanted[AskedT]) -> tuple[str, ...]:
        """The invoice, under each of its names that is given."""
        asked = prepared.asked
        by_id = (_by_id(asked.chorus_pro_id),) if asked.chorus_pro_id else ()
        return (*by_id, f"{asked.supplier_siret} {asked.invoice_number}") if asked.invoice_number else by_id

    async def make_ready(self, prepared: Wanted[AskedT], calls: Calls) -> Wanted[AskedT] | Refusal:
        """Find the invoice by its number, and read where it stands; once it was sent, where it stood then counts."""
        located = await self._locate(prepared.asked, calls)
        if isinstance(located, NotReady):
            return located
        earlier = None if calls.is_first else prepared.before
        return replace(prepared, before=earlier or results.before_of(located, prepared.asked))

    async def _locate(self, asked: AskedT, calls: Calls) -> Located | NotReady:
        invoice_id, found = asked.chorus_pro_id, None
        if invoice_id is None:
            shown = await self.find(asked.invoice_number or "", asked.supplier_siret or "", calls)
            fitting = [one for one in shown if asked.recipient_siret in {None, one.recipient_siret}]
            if len(fitting) != 1:
                return self.not_ready(Reason.INVOICE_AMBIGUOUS if fitting else Reason.INVOICE_NOT_FOUND)
            found = fitting[0]
            invoice_id = found.chorus_pro_id
            calls = await calls.claimed(_by_id(invoice_id))
        elif not await sees(self.role, invoice_id, calls):
            return self.not_ready(Reason.INVOICE_NOT_FOUND)
        history = await calls.chorus_pro.history(invoice_id)
        if isinstance(history, Refusal):
            if history.reason is Reason.INVOICE_NOT_FOUND:
                return self.not_ready(history.reason, history)
            history = InvoiceHistory(chorus_pro_id=invoice_id, number=None, status_code=None, statuses=())
        return Located(history=history, found=found)

    def not_ready(self, reason: Reason, refusal: Refusal | None = None) -> NotReady:
        """Why it cannot be asked for, in the State's words when it said so."""
        code, text = (refusal.code, refusal.text) if refusal else (None, "")
        return NotReady(operation=self.operation, code=code, text=text, reason=reason)

    def kept_ready(self, ready: Wanted[AskedT]) -> Mapping[str, object]:
        """Where the invoice stood."""
        return {BEFORE: ready.before.to_json()} if ready.before else {}

    def recalled(self, prepared: Wanted[AskedT], kept: Mapping[str, object]) -> Wanted[AskedT]:
        """The same with where the invoice stood before an earlier send."""
        return replace(prepared, before=Before.of(kept))

    async def send(self, prepared: Wanted[AskedT], calls: Calls) -> Mapping[str, object] | Refusal:
        """Decide."""
        before = prepared.before
        if before is None:
            raise TypeError("nothing is sent that was not made ready")
        decided = await self.decide(prepared, before, calls)
        if isinstance(decided, Refusal):
            return decided
        return results.answer(before, decided.status_code, decided.decided_on)

    async def look(self, prepared: Wanted[AskedT], entry: Entry, calls: Calls) -> Looked:
        """Compare the history with what it was before the first send."""
        seen = await self._seen(prepared, entry, calls)
        if isinstance(seen, NotReady):
            if self.may_lose_sight:
                return Unseen(detail="Chorus Pro does not show this invoice, perhaps because it was decided about.")
            # Nobody sees it by this name, so nobody can have decided about it.
            return self._other(prepared, results.stands(seen.reason, None, prepared.asked, None))
        match seen.since:
            case Since.OURS:
                return Found(answer=results.adopted(seen, self.wanted_codes(prepared.asked, calls)))
            case Since.NOTHING:
                return Absent()
            case Since.OTHER:
                stands = results.stands(Reason.STATUS_CHANGED, seen.before, prepared.asked, seen.status_code)
                return self._other(prepared, stands)
            case Since.UNCLEAR:
                return Unseen(detail=f"The invoice is {seen.status_code}; its history does not tell by whom.")

    def _other(self, prepared: Wanted[AskedT], stands: Stands) -> UsedByOther:
        data = self.not_done(prepared.asked, stands.fields())
        return UsedByOther(refusal=self._draft("refused", data), reason=stands.reason)

    async def confirm(
        self, prepared: Wanted[AskedT], answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """What was asked for must be in its history."""
        seen = await self._seen(prepared, entry, calls)
        codes = self.wanted_codes(prepared.asked, calls)
        if isinstance(seen, NotReady):
            return Unseen(detail="Chorus Pro does not show this invoice to the account.")
        # Without an earlier history to compare with, the person's word counts for what is there at all.
        lines = seen.history.statuses if seen.history else ()
        is_there = seen.since is Since.UNCLEAR and bool(codes & {passed.code for passed in lines})
        if is_there and await self.shows(prepared.asked, seen.before.chorus_pro_id, calls) is False:
            return Unseen(detail=f"The invoice is {seen.status_code}, and shows something else than was asked for.")
        if seen.since is Since.OURS or is_there:
            return Found(answer=results.adopted(seen, codes))
        return Unseen(detail=f"The invoice is {seen.status_code}, and its history shows no such decision.")

    async def _seen(self, prepared: Wanted[AskedT], entry: Entry, calls: Calls) -> Seen | NotReady:
        before, codes = _noted(entry), self.wanted_codes(prepared.asked, calls)
        if before is None:
            located = await self._locate(prepared.asked, calls)
            if isinstance(located, NotReady):
                return located
            unknown = replace(results.before_of(located, prepared.asked), status_code="")
            since = without_earlier(located.passed, located.status_code, codes)
            if since is Since.OURS and self.needs_before:
                since = Since.UNCLEAR
            return Seen(since=since, before=unknown, history=located.history)
        history = await calls.chorus_pro.history(before.chorus_pro_id)
        if isinstance(history, Refusal):
            return Seen(since=Since.UNCLEAR, before=before, history=None)
        since = before.since([passed.code for passed in history.statuses], codes)
        if since is Since.OURS and not await self.shows(prepared.asked, before.chorus_pro_id, calls):
            since = Since.UNCLEAR
        return Seen(since=since, before=before, history=history)

    def conclude(self, prepared: Wanted[AskedT], answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it."""
        data = self.done(prepared.asked, results.done_fields(answer))
        return Finished(results=(self._draft("done", data),), reason="done")

    async def refused(
        self, prepared: Wanted[AskedT], refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """After a send that may have worked, a refusal may be about our own decision: look before believing it."""
        asked = prepared.asked
        if isinstance(refusal, NotReady):
            return self._refused(asked, results.stands(refusal.reason, None, asked, None), refusal, {})
        before = _noted(entry)
        status_code = (before.status_code if before else None) or None
        if entry.sends > 1:
            seen = await self._seen(prepared, entry, calls)
            if isinstance(seen, Seen) and seen.since is Since.OURS:
                return Found(answer=results.adopted(seen, self.wanted_codes(asked, calls)))
            if self._is_untold(seen):
                return Unseen(detail=f"It was refused when it was sent again, and may be done: {refusal.text}")
            status_code = seen.status_code if isinstance(seen, Seen) else None
        explained: Explained = {}
        reason = refusal.reason
        stands = results.stands(reason, before, asked, status_code)
        try:
            reason, explained = await self.explain(asked, stands, calls)
        except UpstreamFailure:
            reason = stands.reason  # the refusal stands without its explanation
        return self._refused(asked, replace(stands, reason=reason), refusal, explained)

    def _is_untold(self, seen: Seen | NotReady) -> bool:
        """Whether what is shown leaves open what became of it."""
        return self.may_lose_sight if isinstance(seen, NotReady) else seen.since is Since.UNCLEAR

    def _refused(self, asked: AskedT, stands: Stands, refusal: Refusal, explained: Explained) -> Finished:
        stands = replace(stands, code=refusal.code, text=refusal.text or None)
        data = self.not_done(asked, {**stands.fields(), **explained})
        return Finished(results=(self._draft("refused", data),), reason=stands.reason)

    def _draft(self, ending: str, data: Outgoing) -> Draft:
        return Draft(type=f"{self.family}.{ending}.v1", data=data)


def _by_id(invoice_id: int) -> str:
    """The name that every other name of an invoice leads to."""
    return f"Chorus Pro id {invoice_id}"


def _noted(entry: Entry) -> Before | None:
    """Where the invoice stood before the first send, as the ledger has it."""
    kept = entry.notes.get(READY)
    return Before.of(kept) if isinstance(kept, dict) else None


__all__ = ["Decide", "Decisions", "Wanted"]
