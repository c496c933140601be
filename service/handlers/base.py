"""The two shapes a handler can have: a read, which is one call away, and a write, which has a life in the ledger."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from contracts.base import Incoming
from contracts.results import ResultEvent
from service.core.doubt import Doubt
from service.core.draft import TERMINAL, Draft
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.question import Number, Screen
from service.handlers.calls import Calls, Event
from service.handlers.looked import (
    Absent,
    Declined,
    Finished,
    Followed,
    Found,
    Incident,
    Looked,
    Pending,
    Unexplained,
    Unseen,
    UsedByOther,
)
from service.upstream import Operation, Refusal

WARNINGS = "warnings"
"""Part of the answer of a deposit: what preflight found and let pass."""

DOCUMENT, NOTICES = "document", "notices"
"""Parts of the answer of a creation: what was made, and what the State said beside it."""

LOTS = "lots"
"""Part of the answer of a new DUME: the lots it serves, where its request does not name them."""

TOO_LONG = frozenset({WARNINGS, DOCUMENT, NOTICES, LOTS})
"""Parts of an answer that do not travel in the headers of a message."""

RequestT = TypeVar("RequestT", bound=Incoming)
PreparedT = TypeVar("PreparedT")


class Read(ABC, Generic[RequestT]):
    """A request that changes nothing: running it twice is harmless, so it has no entry in the ledger."""

    model: ClassVar[type[Incoming]]
    upstream: ClassVar[str | None]

    @abstractmethod
    async def handle(self, request: RequestT, event: Event, calls: Calls) -> tuple[Draft | ResultEvent, ...]:
        """The results, the terminal one last; raises UpstreamFailure, EventInvalid, SubjectBusy."""


class Write(ABC, Generic[RequestT, PreparedT]):
    """A request that changes something upstream. Its life is in `service/write_in_hand.py`; this is what differs.

    `call` is the operation that changes something, `screen` where a person sees that it did, `reads_first` whether
    `make_ready` makes calls for any request, `reads_back` whether `follow` is tried at once instead of after the first
    tracking step, `opens_files` whether `prepare` opens a file, which may take seconds however small the event is,
    `uploads` the operations of `make_ready` that leave something upstream, each harmless to repeat,
    `builds_on_earlier` whether it goes on from what an earlier request made, instead of asking whether it is there.
    """

    model: ClassVar[type[Incoming]]
    upstream: ClassVar[str]
    call: ClassVar[Operation[Any, Any]]
    screen: ClassVar[Screen]
    reads_first: ClassVar[bool] = False
    reads_back: ClassVar[bool] = False
    opens_files: ClassVar[bool] = False
    uploads: ClassVar[tuple[Operation[Any, Any], ...]] = ()
    builds_on_earlier: ClassVar[bool] = False

    @property
    def operation(self) -> str:
        """What the ledger calls the change: natural keys are unique within it."""
        return self.call.title

    def call_for(self, prepared: PreparedT) -> Operation[Any, Any]:
        """The operation that this very request makes."""
        return self.call

    def doubt_about(self, prepared: PreparedT) -> Doubt:
        """How an ambiguous failure of this very request is resolved, as its operation declares."""
        return self.call_for(prepared).doubt

    @abstractmethod
    def prepare(self, request: RequestT, event: Event) -> PreparedT:
        """Everything that can be known without a call; raises EventInvalid. Large events and files get a thread."""

    @abstractmethod
    def keys(self, prepared: PreparedT) -> tuple[str, ...]:
        """The natural keys of what would be created or changed."""

    def check(self, prepared: PreparedT, calls: Calls) -> None:
        """Raise EventInvalid when it may not be sent as things are configured; asked before the first send only."""
        calls.require(self.upstream)

    def objected(self, prepared: PreparedT, event: Event, calls: Calls) -> EventInvalid | Finished | None:
        """Why a request that is valid in itself must not be sent now."""
        if event.objection is not None:
            return event.objection
        try:
            self.check(prepared, calls)
        except EventInvalid as objection:
            return objection
        return self.objection(prepared)

    def objection(self, prepared: PreparedT) -> Finished | None:
        """Why it is refused as it is, without a call; counts before the first send only."""
        return None

    def must_read(self, prepared: PreparedT) -> bool:
        """Whether `make_ready` makes calls for this very request."""
        return self.reads_first

    async def make_ready(self, prepared: PreparedT, calls: Calls) -> PreparedT | Refusal | Finished:
        """Reads that must come before the call that counts; Finished when they refuse it, which only the first may."""
        return prepared

    def kept_ready(self, ready: PreparedT) -> Mapping[str, object]:
        """What `make_ready` learnt or uploaded that is worth a note in the ledger (JSON), should it be sent again."""
        return {}

    def recalled(self, prepared: PreparedT, kept: Mapping[str, object]) -> PreparedT:
        """The request with what an earlier `make_ready` of it left in the ledger."""
        return prepared

    @abstractmethod
    async def send(self, prepared: PreparedT, calls: Calls) -> Mapping[str, object] | Refusal:
        """The call that changes something; the answer is what the ledger keeps (JSON)."""

    async def look(self, prepared: PreparedT, entry: Entry, calls: Calls) -> Looked:
        """Look upstream by natural key. Only asked of writes whose doubt is `look_up`."""
        raise NotImplementedError

    def number(self, prepared: PreparedT) -> Number | None:
        """What a person who saw it at the State has to name; None when this very request names it."""
        return self.screen.number

    async def confirm(
        self, prepared: PreparedT, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """What a person saw at the State, as the State shows it now; Unseen when it shows something else."""
        raise NotImplementedError

    def conclude(self, prepared: PreparedT, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The end, when the answer itself is the end; None when it must be followed."""
        return None

    async def follow(
        self, prepared: PreparedT, answer: Mapping[str, object], entry: Entry, polls: int, event: Event, calls: Calls
    ) -> Followed:
        """Ask what became of it; `polls` counts how often that was asked before."""
        raise NotImplementedError

    def progress(self, prepared: PreparedT, answer: Mapping[str, object], event: Event) -> tuple[Draft, ...]:
        """What to publish as soon as the upstream has taken it."""
        return ()

    async def refused(
        self, prepared: PreparedT, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """The result of a refusal; or, when it is about what this very request did before, the adopted answer."""
        raise NotImplementedError


__all__ = [
    "DOCUMENT",
    "LOTS",
    "NOTICES",
    "TERMINAL",
    "TOO_LONG",
    "WARNINGS",
    "Absent",
    "Calls",
    "Declined",
    "Draft",
    "Event",
    "Finished",
    "Followed",
    "Found",
    "Incident",
    "Looked",
    "Pending",
    "Read",
    "Unexplained",
    "Unseen",
    "UsedByOther",
    "Write",
]
