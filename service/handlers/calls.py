"""What a handler works with: the request as an event, and the calls it may make while it works on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.envelope import Envelope
from contracts.events import Buyer
from contracts.reasons import Reason
from service.accounts import AccountBook
from service.core.errors import EventInvalid
from service.core.identifiers import Doubtful, refusal
from service.core.preflight import NO_INSPECTION, Inspection
from service.core.replies import Replies
from service.ledger import Ledger
from service.steady import NEVER
from service.upstream import CHORUS_PRO, Upstreams
from service.upstream.chorus_pro import ChorusPro
from service.upstream.chorus_pro.directory import Directory
from service.upstream.dume import Dume
from service.upstream.dume.wire import NO_BUYER


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A request as handlers see it: its attributes, its raw data, its account, and when it is worked on.

    `inspection` is how its files are checked; nothing is while it is followed, since it was sent then. `requester` is
    the buyer of a DUME whose request names none. `doubtful` are its identifiers that cannot be right, for which it may
    be refused.
    """

    envelope: Envelope
    data: object = field(repr=False)
    digest: str
    account: str
    now: datetime
    key: str
    inspection: Inspection = NO_INSPECTION
    requester: str | None = None
    doubtful: tuple[Doubtful, ...] = ()
    refuses_doubtful: bool = False

    def buyer_id(self, given: str | None) -> str:
        """Whose DUME it is: the buyer given, else the configured requester; raises EventInvalid without either."""
        if given is None and self.requester is None:
            raise EventInvalid(Reason.NOT_CONFIGURED, NO_BUYER)
        return given or self.requester or ""

    @property
    def objection(self) -> EventInvalid | None:
        """Why nothing is to be sent for it, whatever it asks; counts before the first send only."""
        if self.envelope.expirytime is not None and self.envelope.expirytime <= self.now:
            return EventInvalid(Reason.EXPIRED, "The expirytime had passed before anything was sent.")
        return refusal(self.doubtful) if self.doubtful and self.refuses_doubtful else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a handler may use while it works on one event; no call is under way after `until`, by the steady clock.

    `is_first`: nothing was ever sent for this write, so that it may still be refused. `lag`: seconds after which a
    search is sure to show what was made. `keep` writes down what `make_ready` has done so far and claims natural keys
    that came to light, and returns the new `until`. In the name of `buyer`, that of the request, DUME is asked where no
    requester is configured.
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
    lag: float = 0.0
    buyer: Buyer | None = None
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
        return self.upstreams.dume(account=self.account, event=self.event, until=self.until, asker=self.buyer)
