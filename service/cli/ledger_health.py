"""Tries the ledger, and says what of it puts writes at risk."""

from __future__ import annotations

import asyncio

from service.cli.diagnosis import Line, fail, ok, warning
from service.core.errors import LedgerUnavailable
from service.ledger import Totals, open_ledger
from service.ledger.examine import Examined, examine
from service.settings import Settings

ADVICE = {
    "sqlite": "RELAY_LEDGER__URL must name a file that can be written, on a local disk",
    "postgresql": "check RELAY_LEDGER__URL, and that the server can be reached from here and lets this role write",
}


async def ledger(settings: Settings) -> list[Line]:
    """Whether it can be written now, whether commits last, and what waits in it."""
    url = settings.ledger.url.get_secret_value()
    try:
        async with open_ledger(url, lease=settings.ledger.lease) as opened:
            await opened.ping()
            totals = await opened.totals()
        seen = await asyncio.to_thread(examine, url)
    except (LedgerUnavailable, ValueError) as error:
        return [fail("ledger", f"{error}; {ADVICE[url.partition(':')[0]]}")]
    return [_judged(seen, totals), *(warning("ledger", risk) for risk in seen.risks)]


def _judged(seen: Examined, totals: Totals) -> Line:
    if seen.damage:
        return fail("ledger", f"{seen.place} {seen.damage}")
    if totals.held:
        return warning("ledger", f"{totals.held} writes wait for a decision; see piste-relay doubt list")
    return ok("ledger", f"{seen.place}, {seen.what}, {totals.in_doubt} writes in doubt")
