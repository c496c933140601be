"""Serves the simulated State on one port, inside a program or as one of its own."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from service.sandbox.simulator.admin import PREFIX, Admin
from service.sandbox.simulator.authority import Authority
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.front import TOKEN_PATH, Front
from service.sandbox.simulator.settings import SimulatorSettings
from service.sandbox.simulator.world import World

LARGEST_REQUEST: Final = 64 * 2**20
_STOP_WITHIN: Final = 1.0


class Simulator:
    """PISTE, Chorus Pro and DUME while inside `async with`. Port 0 takes any free one; `url` says which.

    With an `authority`, the old addresses as well, over TLS with client certificates; `certificate_url` says where.
    """

    def __init__(
        self,
        settings: SimulatorSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        authority: Authority | None = None,
        certificate_port: int = 0,
    ) -> None:
        self.world = World(settings or SimulatorSettings(), clock or Clock())
        self.faults = self.world.faults
        self.journal = self.world.journal
        self.url = ""
        self.certificate_url = ""
        self._authority = authority
        self._certificate_port = certificate_port
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
            await self._listen(self._runner)
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def _listen(self, runner: web.AppRunner) -> None:
        await web.TCPSite(runner, self._host, self._port).start()
        self.url = _url("http", runner)
        if self._authority is not None:
            tls = self._authority.server_context()
            await web.TCPSite(runner, self._host, self._certificate_port, ssl_context=tls).start()
            self.certificate_url = _url("https", runner) + "/service"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._front.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()


def _url(scheme: str, runner: web.AppRunner) -> str:
    """Where the last port is that was opened."""
    host, port = runner.addresses[-1][:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


async def serve(
    settings: SimulatorSettings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8089,
    stop: asyncio.Event | None = None,
    authority: Authority | None = None,
    certificate_port: int = 5443,
) -> None:
    """Serve until `stop` is set, or SIGTERM or SIGINT comes; prints addresses and credentials at the start."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with Simulator(
            settings, host=host, port=port, authority=authority, certificate_port=certificate_port
        ) as simulator:
            lines = introduction(simulator.url, simulator.world.settings)
            if authority is not None:
                lines[4:4] = [f"  certificate    {simulator.certificate_url}/…, files in {authority.folder}"]
            print("\n".join(lines), flush=True)
            await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def run(
    host: str = "127.0.0.1",
    port: int = 8089,
    settings: SimulatorSettings | None = None,
    *,
    authority: Authority | None = None,
    certificate_port: int = 5443,
) -> None:
    """Serve as a program of its own until SIGTERM or SIGINT; raises OSError when a port is taken."""
    asyncio.run(serve(settings, host=host, port=port, authority=authority, certificate_port=certificate_port))


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
