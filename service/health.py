"""Answers whether the worker is alive and ready, and what it has counted, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from service.observability.metrics import CONTENT_TYPE

Check = Callable[[], Awaitable[bool]]

BEAT = 1.0
"""Seconds between two beats of the event loop."""
LATEST_BEAT = 10.0
"""Seconds without a beat after which the loop counts as stuck; the longest honest work on it is far shorter."""
CHECK_TIMEOUT = 2.0
"""Seconds one check may take; probes usually give up after a few."""


class HealthServer:
    """`/healthz`, `/readyz` and `/metrics`; listens from entering the context until leaving it.

    `checks` are the conditions of readiness by name. One that fails, raises or takes too long makes the worker unready.
    """

    def __init__(self, *, host: str, port: int, checks: Mapping[str, Check], metrics: Callable[[], bytes]) -> None:
        self._address = (host, port)
        self._checks = checks
        self._metrics = metrics
        self._last_beat = 0.0
        self._beating: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None
        self.port = port

    async def __aenter__(self) -> Self:
        """Listen; raises OSError when the address is taken."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._scrape)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        self._last_beat = asyncio.get_running_loop().time()
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, *self._address).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self._beating = asyncio.create_task(self._beat(), name="heartbeat")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait((self._beating,))
        if self._runner is not None:
            await self._runner.cleanup()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._last_beat = loop.time()
            await asyncio.sleep(BEAT)

    async def _healthz(self, _request: web.Request) -> web.Response:
        silence = asyncio.get_running_loop().time() - self._last_beat
        alive = silence < LATEST_BEAT
        return web.json_response(
            {"alive": alive, "event_loop_lag_s": round(max(0.0, silence - BEAT), 3)}, status=200 if alive else 503
        )

    async def _readyz(self, _request: web.Request) -> web.Response:
        answers = await asyncio.gather(*(_passes(check) for check in self._checks.values()), return_exceptions=True)
        checks = {name: answer is True for name, answer in zip(self._checks, answers, strict=True)}
        ready = all(checks.values())
        return web.json_response({"ready": ready, "checks": checks}, status=200 if ready else 503)

    async def _scrape(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), headers={"Content-Type": CONTENT_TYPE})


async def _passes(check: Check) -> bool:
    async with asyncio.timeout(CHECK_TIMEOUT):
        return await check()
