"""The real worker as a process of its own: started, asked, stopped or killed as an operator would."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from service.sandbox.broker.guard import Guard
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD
from tests.support.evidence import EVIDENCE
from tests.support.until import until

READY_LIMIT = 40.0  # seconds: a loaded machine starts Python slowly
STOP_LIMIT = 40.0  # seconds: longer than the grace period of any test
SECRETS = {
    "RELAY_PISTE__CLIENT_ID": "sim-client",
    "RELAY_PISTE__CLIENT_SECRET": CLIENT_SECRET,
    "RELAY_PISTE__ORGANISATION": "dume",
    "RELAY_CHORUS_PRO__LOGIN": LOGIN,
    "RELAY_CHORUS_PRO__PASSWORD": PASSWORD,
    "RELAY_DUME__PLATFORM_ID": "99900001100018",
    "RELAY_DUME__TECHNICAL_PLATFORM_ID": "TND001",
    "RELAY_DUME__REQUESTER_ID": "99900012800010",
    "RELAY_DUME__REQUESTER_NAME": "Ville de Sample",
}
QUICK = {
    "RELAY_TRACKING__STEPS": "1s,2s",
    "RELAY_DELAY__STEPS": "1s,2s,5s",
    "RELAY_DOUBT__WAIT": "2",
    "RELAY_MAINTENANCE__PROBE_INTERVAL": "1",
    "RELAY_SHUTDOWN_GRACE": "10",
    "RELAY_LEDGER__LEASE": "20",
    "RELAY_CHORUS_PRO__PASSWORD_CHECK": "0",
    "RELAY_LOG__FORMAT": "json",
    "RELAY_LOG__LEVEL": "info",
}


def worker_environment(*, amqp_url: str, prefix: str, api_url: str, folder: Path) -> dict[str, str]:
    """The variables of a worker that talks to local peers and waits seconds where production waits minutes."""
    return {
        "RELAY_PROFILE": "local",
        "RELAY_AMQP__URL": amqp_url,
        "RELAY_AMQP__PREFIX": prefix,
        "RELAY_PISTE__OAUTH_URL": api_url,
        "RELAY_PISTE__API_URL": api_url,
        "RELAY_LEDGER__URL": f"sqlite:///{folder / 'ledger.db'}",
        **SECRETS,
        **QUICK,
    }


class WorkerProcess:
    """One `piste-relay worker`; its log is kept in a file, and looked through for secrets like its pages."""

    def __init__(self, variables: Mapping[str, str], *, log: Path, program: str = "service") -> None:
        self._log = log
        self._program = program
        self._port = _free_port()
        self._variables = {"RELAY_HTTP__PORT": str(self._port), **variables}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def url(self) -> str:
        """Where its probes and metrics are."""
        return f"http://127.0.0.1:{self._variables['RELAY_HTTP__PORT']}"

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it without waiting; it may be started again after it ended."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
        EVIDENCE.follow(self._log, f"the log {self._log.name}")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._program, "worker"],
                env=inherited | self._variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        if self._guard is not None:
            self._guard.dismiss()  # of the one before, which ended by itself
        self._guard = Guard(group=self._process.pid)

    async def ready(self, *, limit: float = READY_LIMIT) -> None:
        """Return when /readyz is green; raises with the end of the log when the worker ended instead."""

        async def is_green() -> bool:
            if not self.is_running:
                raise RuntimeError(f"the worker ended while starting:\n{self.text()[-3000:]}")
            return await self.status("/readyz") == 200

        await until(is_green, "a green /readyz", limit=limit)

    async def status(self, path: str) -> int | None:
        """The HTTP status of a path; None while nothing listens."""
        try:
            return (await self._ask("GET", path))[0]
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def metrics(self) -> str:
        """The text of /metrics."""
        return (await self._ask("GET", "/metrics"))[1]

    async def look_at_pages(self) -> None:
        """Have every page looked through, those of errors too; nothing happens when it does not answer."""
        asked = (("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/none"), ("POST", "/metrics"))
        if self.is_running:
            await asyncio.gather(*(self._ask(method, path) for method, path in asked), return_exceptions=True)

    def terminate(self) -> int:
        """Stop it as Kubernetes does; gives its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """Kill it as the kernel does when memory is short; harmless when it ended already."""
        return self._end(signal.SIGKILL)

    def send(self, what: signal.Signals) -> None:
        """Send it a signal and do not wait."""
        if self._process is not None:
            self._process.send_signal(what)

    def peak_memory(self) -> int:
        """The most it has held so far, in bytes; nothing when it does not run."""
        if self._process is None or not self.is_running:
            return 0
        said = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii", errors="replace")
        return next((int(line.split()[1]) * 1024 for line in said.splitlines() if line.startswith("VmHWM:")), 0)

    def text(self) -> str:
        """Everything it wrote."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def lines(self, event: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        """Its JSON log lines, all or those of one event whose fields have these values."""
        wanted = fields if event is None else {"event": event, **fields}
        found = (json.loads(line) for line in self.text().splitlines() if line.startswith("{") and line.endswith("}"))
        return [line for line in found if all(line.get(name) == value for name, value in wanted.items())]

    async def line(self, event: str, *, limit: float = 30.0, **fields: Any) -> dict[str, Any]:
        """The first log line of an event with these fields, waited for."""

        async def find() -> dict[str, Any] | None:
            return next(iter(self.lines(event, **fields)), None)

        return await until(find, f"the log line {event} {fields}", limit=limit)

    async def _ask(self, method: str, path: str) -> tuple[int, str]:
        url = self.url + path
        async with aiohttp.ClientSession() as session, session.request(method, url, timeout=_SHORT) as answer:
            page = await answer.text()
            EVIDENCE.text(f"the page {method} {path}", f"{answer.reason}\n{dict(answer.headers)}\n{page}")
            return answer.status, page

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self.is_running:
            self._process.send_signal(how)
        try:
            code = self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None
        EVIDENCE.close(self._log)
        return code


_SHORT = aiohttp.ClientTimeout(total=3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
