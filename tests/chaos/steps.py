"""The small steps that scenarios are made of: a kill, a freeze, a network that breaks, a State that fails, time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from service.sandbox.simulator import Fault
from tests.chaos.network import Peer, Trouble, bring
from tests.chaos.scene import Chaos, Step


def wait(seconds: float) -> Step:
    """Let the stream go on for so long."""

    async def step(chaos: Chaos) -> None:
        del chaos
        await asyncio.sleep(seconds)

    return step


def repeat(times: int, *steps: Step) -> Step:
    """The steps in their order, so many times."""

    async def step(chaos: Chaos) -> None:
        for _ in range(times):
            for one in steps:
                await one(chaos)

    return step


def together(*steps: Step) -> Step:
    """The steps at the same time."""

    async def step(chaos: Chaos) -> None:
        async with asyncio.TaskGroup() as group:
            for one in steps:
                group.create_task(_run(one, chaos))

    return step


def kill_one() -> Step:
    """Kill any worker, and start it again."""

    async def step(chaos: Chaos) -> None:
        member = chaos.fleet.any()
        chaos.tell(f"kill -9 of worker {member.number}")
        await chaos.fleet.kill(member)

    return step


def kill_all() -> Step:
    """Kill every worker in one moment, and start them again."""

    async def step(chaos: Chaos) -> None:
        chaos.tell("kill -9 of every worker")
        await chaos.fleet.kill(*chaos.fleet.members)

    return step


def ready() -> Step:
    """Wait until every worker is ready again."""

    async def step(chaos: Chaos) -> None:
        await chaos.fleet.ready()
        chaos.tell("every worker is ready")

    return step


def freeze_one(seconds: float) -> Step:
    """Stop any worker in the middle of whatever it does, and let it go on later as if nothing had been."""

    async def step(chaos: Chaos) -> None:
        member = chaos.fleet.any()
        chaos.tell(f"worker {member.number} is frozen for {seconds:g} s")
        chaos.fleet.freeze(member)
        await asyncio.sleep(seconds)
        chaos.fleet.thaw(member)
        chaos.tell(f"worker {member.number} goes on")

    return step


def break_network(trouble: Trouble, *peers: Peer, seconds: float, one: bool = False) -> Step:
    """Bring a trouble to the ways of every worker (or of any one) to these peers, and heal them afterwards."""

    async def step(chaos: Chaos) -> None:
        members = [chaos.fleet.any()] if one else chaos.fleet.members
        who = f"worker {members[0].number}" if one else "every worker"
        chaos.tell(f"the network of {who} to {', '.join(peers)} is {trouble} for {seconds:g} s")
        for member in members:
            for proxy in member.network.to(*peers):
                bring(trouble, proxy)
        await asyncio.sleep(seconds)
        for member in members:
            for proxy in member.network.to(*peers):
                await proxy.heal()
        chaos.tell(f"the network of {who} to {', '.join(peers)} is healed")

    return step


def fail(*faults: Fault, seconds: float) -> Step:
    """Let these things go wrong at the State for so long."""

    async def step(chaos: Chaos) -> None:
        kinds = [f"{fault.kind}{'' if fault.rate is None else f' {fault.rate:.0%}'}" for fault in faults]
        chaos.tell(f"the State fails for {seconds:g} s: {', '.join(kinds)}")
        added = [chaos.simulator.faults.add(fault, chaos.simulator.world.clock()) for fault in faults]
        await asyncio.sleep(seconds)
        for fault in added:
            chaos.simulator.faults.remove(fault.id)
        chaos.tell("the State is well again")

    return step


def revoke_tokens() -> Step:
    """Take back every token the State ever gave."""

    async def step(chaos: Chaos) -> None:
        count = chaos.simulator.world.gateway.revoke()
        chaos.tell(f"{count} tokens revoked")

    return step


def jump(seconds: float, *, one: bool = True) -> Step:
    """Let the wall clock of any worker (or of every one) jump."""

    async def step(chaos: Chaos) -> None:
        for member in [chaos.fleet.any()] if one else chaos.fleet.members:
            assert member.clock is not None, "the scene was not made with own clocks"
            member.clock.move(seconds)
            chaos.tell(f"the clock of worker {member.number} jumps by {seconds:+g} s")

    return step


def publish_again(count: int) -> Step:
    """Publish any of the requests of the stream once more, answered or not."""

    async def step(chaos: Chaos) -> None:
        known = chaos.stream.asked
        chosen = [chaos.chance.choice(known) for _ in range(count if known else 0)]
        chaos.tell(f"{len(chosen)} requests are published again")
        await asyncio.gather(*(chaos.stream.again(asked) for asked in chosen))

    return step


def copy_moves(count: int) -> Step:
    """Publish copies of events that are on their way through the relay's own queues, as a doubtful publish does."""

    async def step(chaos: Chaos) -> None:
        made = await chaos.copies.take(chaos.own_queues(), count)
        chaos.tell(f"{made} events are doubled in the relay's own queues")

    return step


def publish_old_copies() -> Step:
    """Publish every copy ever taken once more, however far its event has come since."""

    async def step(chaos: Chaos) -> None:
        chaos.tell(f"{await chaos.copies.publish_all()} old copies come back")

    return step


def each(steps: Iterable[Step], *, pause: float) -> Step:
    """The steps in their order with a pause behind each."""
    return repeat(1, *(one for step in steps for one in (step, wait(pause))))


def faults(rate: float, *kinds: str, **params: Any) -> tuple[Fault, ...]:
    """Faults of these kinds that share the rate; those of an HTTP status are named by its number."""
    # Each is drawn after those before it were spared, so a later one needs a larger share of what is left.
    share, made = rate / len(kinds), list[Fault]()
    for number, kind in enumerate(kinds):
        odds = share / (1 - number * share)
        named: dict[str, Any] = (
            {"kind": "status", "params": {"status": int(kind), "body": "html"}} if kind.isdigit() else {"kind": kind}
        )
        made.append(Fault.model_validate({**params, **named, "rate": odds}))
    return tuple(made)


async def _run(step: Step, chaos: Chaos) -> None:
    await step(chaos)
