"""The network between one worker and its peers, or between all workers and theirs, with a fault for every day."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Literal, Self

from tests.support.proxy import FaultProxy

Peer = Literal["broker", "ledger", "upstream"]
Trouble = Literal["cut", "slow", "frozen", "deaf", "mute", "refused"]
SLOWNESS = 0.15  # seconds every piece of at most 64 KB is held, in each direction


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the peers are: the broker (one node or several), the State, and the ledger unless it is a file."""

    broker: str
    upstream: str
    ledger: str | None


class Network:
    """One worker's ways to its peers, a proxy each; the ledger in a file has none."""

    def __init__(self, addresses: Addresses) -> None:
        self.broker = FaultProxy(addresses.broker)
        self.upstream = FaultProxy(addresses.upstream)
        self.ledger = FaultProxy(addresses.ledger) if addresses.ledger else None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for proxy in self.all():
            await self._open.enter_async_context(proxy)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def all(self) -> list[FaultProxy]:
        """Every way there is."""
        return [proxy for proxy in (self.broker, self.upstream, self.ledger) if proxy is not None]

    def to(self, *peers: Peer) -> list[FaultProxy]:
        """The ways to these peers, as far as there are any."""
        found = {"broker": self.broker, "upstream": self.upstream, "ledger": self.ledger}
        return [proxy for peer in peers if (proxy := found[peer]) is not None]

    async def heal(self) -> None:
        """Be a good network in every direction."""
        for proxy in self.all():
            await proxy.heal()


def bring(trouble: Trouble, proxy: FaultProxy) -> None:
    """Let a trouble begin; all but the cut last until the network is healed.

    `deaf`: the peer hears nothing. `mute`: it hears, and its answers do not come back.
    """
    match trouble:
        case "cut":
            proxy.cut()
        case "slow":
            proxy.slow(SLOWNESS)
        case "frozen":
            proxy.freeze()
        case "deaf":
            proxy.freeze(down=False)
        case "mute":
            proxy.freeze(up=False)
        case "refused":
            proxy.refuse()
