"""Decides about what is held for a person, by what the State's own pages show: the ledger is asked, no worker."""

from __future__ import annotations

from service.cli.deciding import Verdict, Wanted, decided
from service.core.entry import Entry, State
from service.ledger import open_ledger
from service.messaging.browse import Browser
from service.messaging.topology import DEAD_LETTER, Topology
from service.sandbox.simulator.world import World
from service.settings import Settings

PUBLICATION = "tender.essential_data.publication.requested.v1"
KINDS = {"MP": "contract", "CC": "concession"}


class Person:
    """Somebody who may look at the essential data of the State, which no search shows until they are published.

    Nothing else in a scenario may need a person: whatever else is held stays so, and is complained of.
    """

    def __init__(self, settings: Settings, topology: Topology, world: World) -> None:
        self._settings = settings
        self._topology = topology
        self._world = world
        self.decided: set[str] = set()
        """The requests that were decided about."""

    async def decide(self) -> None:
        """Decide about everything that is held and can be seen, and let it go on from the dead letters."""
        async with open_ledger(
            self._settings.ledger.url.get_secret_value(), lease=self._settings.ledger.lease
        ) as ledger:
            held = [entry for entry in await ledger.in_state(State.HELD) if entry.type == PUBLICATION]
            for entry in held:
                await decided(ledger, self._wanted(entry))
                self.decided.add(entry.id)
        if self.decided:
            await self._let_go()

    def _wanted(self, entry: Entry) -> Wanted:
        verdict = Verdict.SENT if entry.keys[0] in self._shown() else Verdict.NOT_SENT
        return Wanted(
            event_id=entry.id, source=entry.source, verdict=verdict, numbers={}, profile=self._settings.profile
        )

    def _shown(self) -> set[str]:
        """What is there, as the relay names it."""
        kept = (one.versions[0].facts for one in self._world.dume.essential_data.all())
        return {f"{KINDS[facts.kind]} {facts.buyer_id} {facts.values.get('id')}" for facts in kept}

    async def _let_go(self) -> None:
        """Each event that was decided about; one that is not among the dead letters yet is let go the next time."""
        async with Browser(self._settings.amqp.url.get_secret_value(), self._topology) as browser:
            for kept in await browser.look(DEAD_LETTER):
                if kept.id in self.decided:
                    await browser.replay(DEAD_LETTER, id=kept.id, source=kept.source)
