"""Tries the ledger, and says what of it puts writes at risk."""

from __future__ import annotations

import asyncio

from service.cli.diagnosis import Line, fail, ok, warning
from service.core.errors import LedgerUnavailable
from service.ledger import Totals, open_ledger
from service.ledger.advice import advice
from service.ledger.examine import Examined, examine
from service.settings import Settings


async def ledger(settings: Settings) -> list[Line]:
    """Whether it can be written now, whether commits last, and what waits in it."""
    url = settings.ledger.url.get_secret_value()
    try:
        async with open_ledger(url, lease=settings.ledger.lease) as opened:
            await opened.ping()
            totals = await opened.totals()
        seen = await asyncio.to_thread(examine, url)
    except ValueError as error:
        return [fail("ledger", str(error))]
    except LedgerUnavailable as error:
        what_to_do = await asyncio.to_thread(advice, url, error)
        return [fail("ledger", "; ".join(filter(None, (str(error), what_to_do))))]
    return [_judged(seen, totals), *(warning("ledger", risk) for risk in seen.risks)]


def _judged(seen: Examined, totals: Totals) -> Line:
    if seen.damage:
        return fail("ledger", f"{seen.place} {seen.damage}")
    if totals.held:
        return warning("ledger", f"{totals.held} writes wait for a decision; see piste-relay doubt list")
    return ok("ledger", f"{seen.place}, {seen.what}, {totals.in_doubt} writes in doubt")
