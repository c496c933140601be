"""`piste-relay doubt`: writes nobody knows the fate of, and a person's decision about those that are held."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.configured import FAILED, read_settings, refuse
from service.cli.deciding import Refused, Verdict, Wanted, decided
from service.cli.ledger import say, with_ledger
from service.core.entry import Entry, State
from service.ledger import Ledger
from service.messaging.failures import BrokerTrouble
from service.messaging.topology import DEAD_LETTER

if TYPE_CHECKING:
    from service.settings import Settings

PATIENCE = 15.0
"""Seconds in which the event of a write that was just held comes to the dead letters."""

BETWEEN_LOOKS = 0.5

doubt = typer.Typer(help="Writes whose answer was lost.", no_args_is_help=True)


@doubt.command("list")
def show() -> None:
    """Print every write in doubt, and every one held for a person with what that person is asked."""

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
    dume_id: Annotated[str | None, typer.Option(help="With `sent`: the number of a new DUME.")] = None,
    invoice_number: Annotated[str | None, typer.Option(help="With `sent`: the number of an entered invoice.")] = None,
    source: Annotated[str | None, typer.Option(help="Its source, when several requesters use the same id.")] = None,
    replay: Annotated[bool, typer.Option(help="Let its event go on at once from the dead letters.")] = True,
) -> None:
    """Decide about one held write, and let its event go on. Run again, it finishes what was interrupted."""
    settings = read_settings()
    given = {"flow_number": flow_number, "dume_id": dume_id, "invoice_number": invoice_number}
    numbers = {name: number for name, number in given.items() if number}
    wanted = Wanted(event_id=event_id, source=source, verdict=verdict, numbers=numbers, profile=settings.profile)
    try:
        entry, is_new = with_ledger(settings, lambda ledger: decided(ledger, wanted))
    except Refused as refused:
        raise refuse(str(refused), code=refused.code) from None
    say(entry)
    typer.echo("Decided." if is_new else "This was decided already.")
    if not replay:
        typer.echo(f"Its event goes on with: piste-relay deadletters replay {event_id}")
        return
    _say_whether_it_goes_on(_go_on(settings, entry, is_new=is_new), is_new=is_new)


def _say_whether_it_goes_on(moved: int, *, is_new: bool) -> None:
    if moved:
        typer.echo("Its event goes on.")
    elif is_new:
        raise refuse(
            f"Its event did not come to the dead letters within {PATIENCE:.0f} seconds. Run this again once it is"
            " there; if it was dropped, have the requester publish it again.",
            code=FAILED,
        )
    else:
        typer.echo("Its event is not among the dead letters: it has gone on, unless it was dropped.")


def _go_on(settings: Settings, entry: Entry, *, is_new: bool) -> int:
    """How many copies of the event left the dead letters; after a new decision it may still be on its way there."""
    from service.cli.topology import configured_topology
    from service.messaging.browse import Browser

    async def replay() -> int:
        give_up = asyncio.get_running_loop().time() + (PATIENCE if is_new else 0.0)
        async with Browser(settings.amqp.url.get_secret_value(), configured_topology(settings)) as browser:
            while not (moved := await browser.replay(DEAD_LETTER, id=entry.id, source=entry.source)):
                if asyncio.get_running_loop().time() > give_up:
                    return 0
                await asyncio.sleep(BETWEEN_LOOKS)
            return len(moved)

    try:
        return asyncio.run(replay())
    except BrokerTrouble as error:
        raise refuse(f"Decided, but the event could not go on: {error}. Run this again.", code=FAILED) from None
