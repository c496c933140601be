"""`piste-relay doubt`: writes nobody knows the fate of, and a person's decision about those that are held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from contracts.envelope import Identity
from contracts.reasons import Reason
from service.cli.configured import FAILED, read_settings, refuse
from service.cli.ledger import say, with_ledger
from service.core.entry import Entry, State
from service.core.replies import Replies, store
from service.ledger import Ledger
from service.write_in_hand import ANSWERED_AT

doubt = typer.Typer(help="Writes whose answer was lost.", no_args_is_help=True)


class Verdict(StrEnum):
    """What a person found out."""

    SENT = "sent"
    """The State has it: follow it, under the number it was given."""
    NOT_SENT = "not-sent"
    """The State does not have it: send it."""
    GIVE_UP = "give-up"
    """Answer `failed`, saying that the State may have it."""


@doubt.command("list")
def show() -> None:
    """Print every write in doubt, and every one held for a person."""

    async def find(ledger: Ledger) -> Sequence[Entry]:
        return await ledger.in_state(State.HELD, State.IN_DOUBT)

    entries = with_ledger(read_settings(), find)
    for entry in entries:
        say(entry)
    held = sum(entry.state is State.HELD for entry in entries)
    typer.echo(f"{held} held for a person, {len(entries) - held} being looked for.")


@doubt.command("decide")
def decide(
    event_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the held request.")],
    verdict: Annotated[Verdict, typer.Argument(help="What the portal of the State shows.")],
    flow_number: Annotated[str | None, typer.Option(help="With `sent`: the flow number of a deposit.")] = None,
    dume_id: Annotated[str | None, typer.Option(help="With `sent`: the number of the DUME.")] = None,
    source: Annotated[str | None, typer.Option(help="Its source, when several requesters use the same id.")] = None,
) -> None:
    """Decide about one held write; its event then goes on from the dead-letter queue."""
    settings = read_settings()
    answer = _answer(verdict, flow_number, dume_id)

    async def settle(ledger: Ledger) -> Entry:
        entry = _only(await ledger.find(event_id, source), event_id)
        to, outcome = State.ANSWERED, None
        if verdict is Verdict.NOT_SENT:
            to = State.CLAIMED
        if verdict is Verdict.GIVE_UP:
            to, outcome = State.CLOSED, _given_up(entry, settings.profile)
        return await ledger.decide(
            entry.source, entry.id, to=to, answer=answer, reason=_reason(verdict), outcome=outcome
        )

    say(with_ledger(settings, settle))
    typer.echo(f"Decided. Now let its event go on: piste-relay deadletters replay {event_id}")


def _answer(verdict: Verdict, flow_number: str | None, dume_id: str | None) -> dict[str, object] | None:
    """What the upstream is taken to have answered."""
    if verdict is not Verdict.SENT:
        if flow_number or dume_id:
            raise refuse("--flow-number and --dume-id go with the verdict `sent` only.")
        return None
    if (flow_number is None) == (dume_id is None):
        raise refuse("With the verdict `sent`, give --flow-number for a deposit or --dume-id for a tender.")
    now = datetime.now(UTC)
    if flow_number:
        found: dict[str, object] = {"flow_number": flow_number, "deposited_on": now.date().isoformat()}
    else:
        found = {"dume_id": dume_id, "state_code": None}
    return {**found, "adopted": True, ANSWERED_AT: now.isoformat()}


def _reason(verdict: Verdict) -> str:
    return Reason.GIVEN_UP.value if verdict is Verdict.GIVE_UP else f"decided_{verdict.value.replace('-', '_')}"


def _only(entries: Sequence[Entry], event_id: str) -> Entry:
    held = [entry for entry in entries if entry.state is State.HELD]
    if not held:
        raise refuse(f"No write with the id {event_id} is held for a decision.", code=FAILED)
    if len(held) > 1:
        sources = ", ".join(entry.source for entry in held)
        raise refuse(f"Several requesters use the id {event_id}; add --source, one of: {sources}.")
    return held[0]


def _given_up(entry: Entry, profile: str) -> bytes:
    request = Identity(entry.source, entry.id, entry.type, **entry.echo)
    detail = "A person closed it while it was not known whether the State has the document."
    return store([Replies(profile).failure(request, Reason.GIVEN_UP, detail, datetime.now(UTC))])
