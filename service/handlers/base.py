"""The two shapes a handler can have: a read, which is one call away, and a write, which has a life in the ledger."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from contracts.base import Incoming
from contracts.envelope import Envelope
from contracts.reasons import Reason
from contracts.results import ResultEvent
from service.accounts import AccountBook
from service.core.doubt import Doubt
from service.core.draft import TERMINAL, Draft
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.preflight import NO_INSPECTION, Inspection
from service.core.question import Number, Screen
from service.core.replies import Replies
from service.handlers.looked import (
    Absent,
    Finished,
    Followed,
    Found,
    Incident,
    Looked,
    Pending,
    Unseen,
    UsedByOther,
)
from service.ledger import Ledger
from service.steady import NEVER
from service.upstream import CHORUS_PRO, Operation, Refusal, Upstreams
from service.upstream.chorus_pro import ChorusPro
from service.upstream.chorus_pro.directory import Directory
from service.upstream.dume import Dume

WARNINGS = "warnings"
"""Part of the answer of a deposit: what preflight found and let pass."""

RequestT = TypeVar("RequestT", bound=Incoming)
PreparedT = TypeVar("PreparedT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A request as handlers see it: its attributes, its raw data, its account, and when it is worked on.

    `inspection` is how its files are checked; nothing is while it is followed, since it was sent then.
    """

    envelope: Envelope
    data: object = field(repr=False)
    digest: str
    account: str
    now: datetime
    key: str
    inspection: Inspection = NO_INSPECTION

    @property
    def has_expired(self) -> bool:
        """Whether the requester no longer wants it; only asked before the first send."""
        return self.envelope.expirytime is not None and self.envelope.expirytime <= self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a handler may use while it works on one event; no call is under way after `until`, by the steady clock.

    `is_first`: nothing was ever sent for this write, so that it may still be refused. `keep` writes down what
    `make_ready` has done so far and claims natural keys that came to light, and returns the new `until`.
    """

    upstreams: Upstreams
    ledger: Ledger
    replies: Replies
    accounts: AccountBook
    account: str
    event: str
    now: datetime
    until: float = NEVER
    is_first: bool = False
    keep: Callable[[Mapping[str, object] | None, tuple[str, ...]], Awaitable[float]] | None = None

    async def noted(self, kept: Mapping[str, object]) -> Calls:
        """The same with more time, once it is in the ledger what is kept of a `make_ready` that has not ended."""
        return self if self.keep is None else replace(self, until=await self.keep(kept, ()))

    async def claimed(self, *keys: str) -> Calls:
        """The same once these natural keys are this write's too; raises KeyBusy while another unfinished one has one.

        What is read afterwards may be compared with later: nobody else who asks here changes it meanwhile. Two requests
        that wait for each other would wait for ever, so every name of a thing leads to one that all of them claim last.
        """
        return self if self.keep is None else replace(self, until=await self.keep(None, keys))

    @property
    def chorus_pro(self) -> ChorusPro:
        """Chorus Pro, in the name of the event's technical account; raises AccountRejected while that one rests."""
        self.accounts.check_rested(self.account, self.now)
        return self.upstreams.chorus_pro(account=self.account, event=self.event, until=self.until)

    def directory(self, until: float = NEVER) -> Directory:
        """Chorus Pro's directory of structures, in the same name; raises AccountRejected like `chorus_pro`."""
        self.accounts.check_rested(self.account, self.now)
        return self.upstreams.directory(account=self.account, event=self.event, until=min(until, self.until))

    def check_supplier(self, siret: str | None) -> None:
        """Raise EventInvalid when the account may neither send for this supplier nor ask about its invoices."""
        if not self.accounts.get(self.account).serves(siret):
            detail = f"Supplier {siret} is not one of account {self.account}."
            raise EventInvalid(Reason.SUPPLIER_NOT_IN_ACCOUNT, detail)

    def may_tell_of(self, supplier: str | None) -> bool:
        """Whether invoices of this supplier are the account's to see, whatever its login may see."""
        return self.accounts.get(self.account).serves(supplier)

    def require(self, upstream: str) -> None:
        """Raise EventInvalid unless this account is configured for the upstream."""
        if upstream == CHORUS_PRO:
            self.upstreams.chorus_pro(account=self.account, event=self.event)
        else:
            self.upstreams.dume(account=self.account, event=self.event)

    @property
    def dume(self) -> Dume:
        """The DUME Service, in the name of the event's platform; where it wants an account, raises AccountRejected."""
        if self.upstreams.signs_dume:
            self.accounts.check_rested(self.account, self.now)
        return self.upstreams.dume(account=self.account, event=self.event, until=self.until)


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
    `uploads` the operations of `make_ready` that leave something upstream, each harmless to repeat.
    """

    model: ClassVar[type[Incoming]]
    upstream: ClassVar[str]
    call: ClassVar[Operation[Any, Any]]
    screen: ClassVar[Screen]
    reads_first: ClassVar[bool] = False
    reads_back: ClassVar[bool] = False
    opens_files: ClassVar[bool] = False
    uploads: ClassVar[tuple[Operation[Any, Any], ...]] = ()

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
    ) -> Finished | Found:
        """The result of a refusal; or, when it is about what this very request did before, the adopted answer."""
        raise NotImplementedError


__all__ = [
    "TERMINAL",
    "WARNINGS",
    "Absent",
    "Calls",
    "Draft",
    "Event",
    "Finished",
    "Followed",
    "Found",
    "Incident",
    "Looked",
    "Pending",
    "Read",
    "Unseen",
    "UsedByOther",
    "Write",
]
