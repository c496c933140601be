"""Serves the simulated State on one port, inside a program or as one of its own."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from service.sandbox.simulator.admin import PREFIX, Admin
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.front import TOKEN_PATH, Front
from service.sandbox.simulator.settings import SimulatorSettings
from service.sandbox.simulator.world import World

LARGEST_REQUEST: Final = 64 * 2**20
_STOP_WITHIN: Final = 1.0


class Simulator:
    """PISTE, Chorus Pro and DUME while inside `async with`. Port 0 takes any free one; `url` says which."""

    def __init__(
        self,
        settings: SimulatorSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.world = World(settings or SimulatorSettings(), clock or Clock())
        self.faults = self.world.faults
        self.journal = self.world.journal
        self.url = ""
        self._host = host
        self._port = port
        self._front = Front(self.world)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.add_routes(Admin(self.world).routes())
        application.router.add_route("*", "/{path:.*}", self._front.handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_STOP_WITHIN)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._front.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()


async def serve(
    settings: SimulatorSettings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8089,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until `stop` is set, or SIGTERM or SIGINT comes; prints addresses and credentials at the start."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with Simulator(settings, host=host, port=port) as simulator:
            print("\n".join(introduction(simulator.url, simulator.world.settings)), flush=True)
            await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def run(host: str = "127.0.0.1", port: int = 8089, settings: SimulatorSettings | None = None) -> None:
    """Serve as a program of its own until SIGTERM or SIGINT; raises OSError when the port is taken."""
    asyncio.run(serve(settings, host=host, port=port))


def introduction(url: str, settings: SimulatorSettings) -> list[str]:
    """The lines printed at the start: where everything is and what to call it with."""
    lines = [
        f"Simulator of PISTE, Chorus Pro and DUME on {url}",
        f"  token          POST {url}{TOKEN_PATH}",
        f"  Chorus Pro     {url}/cpro/…",
        f"  DUME           {url}/dume/…",
        f"  admin          {url}{PREFIX}/health, /journal, /state, /faults, /rules, /settings, /reset",
    ]
    for application in settings.applications:
        said = f"{application.client_id} / {application.client_secret} (organisation {application.organisation})"
        lines.append(f"  application    {said}")
    lines += [f"  account        {account.login} / {account.password}" for account in settings.accounts]
    lines += [f"  platform       {one.platform_id} / {one.technical_platform_id}" for one in settings.platforms]
    lines.append(f"  a flow is integrated {settings.integrated_after:g} s after its deposit")
    return lines
