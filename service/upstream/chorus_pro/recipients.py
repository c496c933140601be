"""Remembers what the directory told about recipients, so that many invoices to one body ask once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from service.core.recipient import Recipient
from service.upstream.chorus_pro.directory import Directory
from service.upstream.operation import Refusal

MOST = 10_000
"""Recipients remembered; beyond that the oldest are forgotten."""

REST = 60.0
"""Seconds without questions after a failure: an API that is down must not slow every deposit."""


@dataclass(slots=True)
class _Known:
    at: float
    recipient: Recipient | None


@dataclass(slots=True, kw_only=True)
class Recipients:
    """Recipients by SIRET for `keep` seconds; one that the directory would not show is remembered too, as None.

    Each account has its own: the directory shows to one what it hides from another.
    """

    keep: float
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Known] = field(default_factory=dict)
    _asked: dict[str, asyncio.Lock] = field(default_factory=dict)
    _rests_until: float = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether the directory failed a moment ago, so that asking would only cost time."""
        return self.clock() < self._rests_until

    def rest(self) -> None:
        """Leave the directory alone for a while."""
        self._rests_until = self.clock() + REST

    async def find(
        self, siret: str, service_code: str | None, directory: Directory, *, at_most: float | None = None
    ) -> Recipient | None:
        """The recipient with its services, the one named in detail; None when the directory would not show it.

        Knowledge older than `at_most` seconds is asked anew. Raises an UpstreamFailure.
        """
        key = _key(siret, directory)
        lock = self._asked.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                known = self._recent(key, self.keep if at_most is None else min(at_most, self.keep))
                if known is None and self.is_resting:
                    return None
                if known is None:
                    known = _Known(at=self.clock(), recipient=await read_recipient(siret, directory))
                    self._put(key, known)
                known.recipient = await _with_service(known.recipient, service_code, directory)
                return known.recipient
        finally:
            if not lock.locked():
                self._asked.pop(key, None)

    def age(self, siret: str, directory: Directory) -> float:
        """Seconds since the directory was asked about a recipient."""
        known = self._known.get(_key(siret, directory))
        return self.clock() - known.at if known else 0.0

    def _recent(self, key: str, keep: float) -> _Known | None:
        known = self._known.get(key)
        return known if known is not None and self.clock() - known.at < keep else None

    def _put(self, key: str, known: _Known) -> None:
        self._known.pop(key, None)
        self._known[key] = known
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]


def _key(siret: str, directory: Directory) -> str:
    return f"{directory.account.login} {siret}"


async def read_recipient(siret: str, directory: Directory) -> Recipient | None:
    """What the directory says of a SIRET now, services included; None when it would not say."""
    found = await directory.find(siret=siret)
    if not found:
        return Recipient(siret=siret, exists=False)
    # Several may have one SIRET after a merger: the active one counts.
    best = next((one for one in found if one.is_active), found[0])
    detailed = await directory.detailed(best)
    return None if isinstance(detailed, Refusal) else detailed


async def _with_service(recipient: Recipient | None, code: str | None, directory: Directory) -> Recipient | None:
    """The same, knowing whether the service of this code demands a commitment number."""
    if recipient is None or recipient.id is None or recipient.services is None or not code:
        return recipient
    service = recipient.services.get(code)
    if service is None or service.demands_commitment is not None:
        return recipient
    detailed = await directory.service(recipient.id, service)
    if isinstance(detailed, Refusal) or detailed.demands_commitment is None:
        detailed = replace(service if isinstance(detailed, Refusal) else detailed, demands_commitment=False)
    return replace(recipient, services={**recipient.services, code: detailed})
