"""Tells which recipients report payments, where the directory may be asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from service.core.errors import UpstreamFailure
from service.core.feed import Feed
from service.steady import steady
from service.upstream import Upstreams

PATIENCE = 10.0
"""Seconds for the recipients of one portion: what is not known by then is told without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """`looks_up` says of an account whether the directory may be asked on its behalf."""

    upstreams: Upstreams
    looks_up: Callable[[str], bool]

    async def reported(self, feed: Feed, sirets: Collection[str | None], event: str) -> Mapping[str, bool]:
        """Whether those recipients report payments, of whom that is known; a directory that fails is left alone."""
        recipients = self.upstreams.recipients
        if not self.looks_up(feed.account) or recipients.is_resting:
            return {}
        directory = self.upstreams.directory(account=feed.account, event=event, until=steady() + PATIENCE)
        known: dict[str, bool] = {}
        try:
            for siret in sorted({siret for siret in sirets if siret}):
                recipient = await recipients.find(siret, None, directory)
                if recipient is not None and recipient.reports_payments is not None:
                    known[siret] = recipient.reports_payments
        except UpstreamFailure:
            # A word about payments is no reason to hold back a change of status.
            recipients.rest()
        return known
