"""Says at the end, in plain lines, how every request ended and whether anything was doubled or lost."""

from __future__ import annotations

from collections.abc import Iterator

from service.sandbox.demo.story import FOUND, Row
from service.sandbox.demo.verdict import Evidence, Verdict


def to_lines(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    """The summary, from every request down to the last word."""
    yield "Every request and its last result"
    yield from (f"  {row.request.title:<37}{_ending(row)}" for row in evidence.story.rows.values())
    yield ""
    yield from _maintenance(evidence, verdict)
    yield from _counted("Not as expected", verdict.unexpected)
    yield from _counted("Doubled", verdict.doubled)
    yield from _counted("Lost", verdict.lost)
    yield "Everything went as it must." if verdict.is_good else "Something is WRONG, see above."


def _ending(row: Row) -> str:
    if row.ending is None or row.ended_at is None:
        return "NONE"
    facts = [said] if row.is_in_parts and (said := row.invoices()) else []
    facts.append(f"{row.ended_at - row.asked_at:.1f} s")
    if row.parked_for is not None:
        facts.append(f"parked {row.parked_for:.1f} s")
    if FOUND in row.steps:
        facts.append(FOUND)
    if row.asked > 1:
        facts.append(f"asked {row.asked} times")
    return f"{row.ending:<26}{', '.join(facts)}"


def _maintenance(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    parked = sum(row.was_parked for row in evidence.story.rows.values())
    yield (
        f"Calls during the maintenance of Chorus Pro ({evidence.pause:.1f} s): {verdict.other_calls} that noticed it, "
        f"{verdict.probes} health checks"
    )
    yield f"Parked meanwhile: {parked} requests"
    if verdict.too_many_calls:
        yield "  TOO MANY calls: whoever waits must not call"
    if verdict.carried_out:
        yield f"  {verdict.carried_out} of them had an effect, which the State in maintenance must not allow"


def _counted(what: str, sentences: tuple[str, ...]) -> Iterator[str]:
    yield f"{what}: {len(sentences)}"
    yield from (f"  {sentence}" for sentence in sentences)
