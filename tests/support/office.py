"""An office that takes files, and loses answers when told to; and a write that deposits there."""

# ruff: noqa: ARG002  # the signatures are those of every write

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar

from contracts.events import InvoiceDepositRequested
from contracts.reasons import Reason
from contracts.results import InvoiceDepositDone, InvoiceDepositReceived, InvoiceDepositRefused
from service.core.doubt import Doubt
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.errors import AnswerLost, CallFacts, EventInvalid, Unreachable
from service.core.question import Screen
from service.handlers.base import (
    Absent,
    Calls,
    Event,
    Finished,
    Followed,
    Found,
    Incident,
    Looked,
    Pending,
    Unseen,
    UsedByOther,
    Write,
)
from service.steady import NEVER
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.operations import DEPOSIT_FLOW

FACTS = CallFacts(upstream="chorus-pro", operation="deposerFluxFacture")


class Killed(BaseException):
    """The worker is gone: nothing after this is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file as the office has it."""

    number: str
    content: str
    flow: str


@dataclass(slots=True)
class Office:
    """Does what it says, except when told otherwise: `next_answers` are used up first, one by each deposit.

    `answers`; `refuses`; `loses` (the work is done, the answer lost); `drops` (the answer is lost, and nothing was
    done); `unreachable` (nothing was sent); `kills` (the worker dies after the work is done); `kills early` (before);
    `invalid` (the request turns out not to be possible). `objects` is what preflight does, `objects_when_ready` once it
    has looked something up.
    """

    next_answers: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    flow: str = "pending"
    is_blind: bool = False
    refuses_to_prepare: bool = False
    objects: bool = False
    objects_when_ready: bool = False

    @property
    def deposits(self) -> int:
        """How often a deposit was tried."""
        return self.calls.count("deposit")

    def deposit(self, number: str, content: str) -> str | Refusal:
        """The flow number, or no."""
        how = self.next_answers.pop(0) if self.next_answers else "answers"
        self.calls.append("deposit")
        if how in {"answers", "loses", "kills"}:
            self.kept.append(Kept(number=number, content=content, flow=f"CPP{len(self.kept) + 1}"))
        match how:
            case "refuses":
                return Refusal(operation="deposerFluxFacture", code="GDP_MSG_11.001", text="Le fichier est refusé.")
            case "loses" | "drops":
                raise AnswerLost(FACTS, "the connection was reset")
            case "unreachable":
                raise Unreachable(FACTS, "connection refused")
            case "invalid":
                raise EventInvalid(Reason.ACCOUNT_UNKNOWN, "The account is gone.")
            case "kills" | "kills early":
                raise Killed
            case _:
                return self.kept[-1].flow

    def find(self, number: str) -> Kept | None:
        """The file with this number."""
        self.calls.append("look")
        return next((one for one in self.kept if one.number == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request asks for."""

    number: str
    content: str


@dataclass(slots=True)
class Deposit(Write[InvoiceDepositRequested, Wanted]):
    """Deposits at the office."""

    office: Office
    how_doubt_ends: Doubt = Doubt.LOOK_UP
    ends_at_once: bool = False
    send_until: float = NEVER

    model: ClassVar[type[InvoiceDepositRequested]] = InvoiceDepositRequested
    upstream: ClassVar[str] = "chorus-pro"
    call: ClassVar[Operation[Any, Any]] = DEPOSIT_FLOW
    screen: ClassVar[Screen] = Screen(deed="deposit a file", place="at the office", number="flow_number")

    def call_for(self, prepared: Wanted) -> Operation[Any, Any]:
        return replace(self.call, doubt=self.how_doubt_ends)

    def prepare(self, request: InvoiceDepositRequested, event: Event) -> Wanted:
        return Wanted(number="F-1", content="one")

    def objection(self, prepared: Wanted) -> Finished | None:
        return _preflight() if self.office.objects else None

    def keys(self, prepared: Wanted) -> tuple[str, ...]:
        return (prepared.number,)

    async def make_ready(self, prepared: Wanted, calls: Calls) -> Wanted | Refusal | Finished:
        if self.office.objects_when_ready and calls.is_first:
            return _preflight()
        if self.office.refuses_to_prepare:
            return Refusal(operation="deposerFluxFacture", code=None, text="Pas maintenant.")
        return prepared

    async def send(self, prepared: Wanted, calls: Calls) -> Mapping[str, object] | Refusal:
        self.send_until = calls.until
        answer = self.office.deposit(prepared.number, prepared.content)
        return answer if isinstance(answer, Refusal) else {"flow_number": answer, "adopted": False}

    async def look(self, prepared: Wanted, entry: Entry, calls: Calls) -> Looked:
        found = self.office.find(prepared.number)
        if found is None:
            return Unseen(detail="This account sees nothing.") if self.office.is_blind else Absent()
        if found.content != prepared.content:
            return UsedByOther(refusal=_refused(Reason.NUMBER_ALREADY_USED, None))
        return Found(answer={"flow_number": found.flow, "adopted": True})

    async def confirm(
        self, prepared: Wanted, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        found = self.office.find(prepared.number)
        if found is None or found.flow != answer["flow_number"]:
            return Unseen(detail="The office has no such file.")
        return Found(answer={"flow_number": found.flow, "adopted": True})

    def conclude(self, prepared: Wanted, answer: Mapping[str, object], event: Event) -> Finished | None:
        return _done(prepared, answer) if self.ends_at_once else None

    async def follow(
        self, prepared: Wanted, answer: Mapping[str, object], entry: Entry, polls: int, event: Event, calls: Calls
    ) -> Followed:
        self.office.calls.append("follow")
        match self.office.flow:
            case "integrated":
                return _done(prepared, answer)
            case "incident":
                return Incident()
            case "stuck":
                return Pending(reason="stuck", is_slow=True)
            case _:
                return Pending(reason="tracking")

    def progress(self, prepared: Wanted, answer: Mapping[str, object], event: Event) -> tuple[Draft, ...]:
        flow = str(answer["flow_number"])
        data = InvoiceDepositReceived(flow_number=flow, deposited_on=date(2026, 11, 2), adopted=bool(answer["adopted"]))
        return (Draft(type="invoice.deposit.received.v1", data=data, kind="received", discriminator=flow),)

    async def refused(
        self, prepared: Wanted, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        if entry.sends > 1 and (found := self.office.find(prepared.number)) is not None:
            return Found(answer={"flow_number": found.flow, "adopted": True})
        return Finished(results=(_refused(Reason.UPSTREAM_REFUSED, refusal),), reason=Reason.UPSTREAM_REFUSED)


def _done(prepared: Wanted, answer: Mapping[str, object]) -> Finished:
    data = InvoiceDepositDone(outcome="all", flow_number=str(answer["flow_number"]), invoices=())
    return Finished(results=(Draft(type="invoice.deposit.done.v1", data=data),), reason="done", kept=(prepared.number,))


def _preflight() -> Finished:
    return Finished(results=(_refused(Reason.RULES_NOT_MET, None),), reason=Reason.RULES_NOT_MET)


def _refused(reason: Reason, refusal: Refusal | None) -> Draft:
    code, text = (refusal.code, refusal.text) if refusal else (None, None)
    data = InvoiceDepositRefused(stage="deposit", reason=reason, code=code, upstream_text=text)
    return Draft(type="invoice.deposit.refused.v1", data=data)
