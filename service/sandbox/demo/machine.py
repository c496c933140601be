"""Runs what the demonstration needs, each as a program of its own: a broker, the simulator, a worker."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from service import wiring
from service.messaging.topology import Topology
from service.sandbox.broker import choose_broker
from service.sandbox.broker.guard import Guard
from service.sandbox.demo.queues import remove_all
from service.sandbox.simulator.settings import SimulatorSettings
from service.settings import load_settings

START_LIMIT: Final = 60.0
"""Seconds for a program to be ready; two or three are usual."""
STOP_LIMIT: Final = 15.0
_EVERY: Final = 0.05
_TAIL: Final = 300
_URL: Final = re.compile(r"http://[^\s]+")


class StartFailed(Exception):
    """A program of the demonstration did not start; the text says why."""


class Program:
    """One command of piste-relay as a program of its own, stopped at the end of the block whatever happens."""

    def __init__(self, *words: str, log: Path, variables: Mapping[str, str]) -> None:
        self._words = words
        self.log = log
        self._variables = variables
        self._running: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    def __enter__(self) -> Self:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
        with self.log.open("wb") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "service", *self._words],
                env=inherited | dict(self._variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # a Ctrl-C in the terminal is for the demonstration, which then stops the others
            )
        self._guard = Guard(group=self._running.pid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        if self._guard is not None:
            self._guard.dismiss()

    def text(self) -> str:
        """Everything it wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, is_ready: Callable[[], bool]) -> None:
        """Return when it is ready; raises StartFailed with its last words when it ended, or took too long."""
        give_up = time.monotonic() + START_LIMIT
        while not is_ready():
            if self._running is None or self._running.poll() is not None:
                said = last_words(self.text())
                raise StartFailed(f"{self._words[0]} ended while starting: {said} (all of it is in {self.log})")
            if time.monotonic() > give_up:
                raise StartFailed(f"{self._words[0]} was not ready within {START_LIMIT:.0f} s, see {self.log}")
            time.sleep(_EVERY)


class Machine:
    """Everything on this machine, started by `start` and gone at the end of the block; logs stay when asked to."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="piste-relay-demo-"))
        self.keep_logs = False
        self.amqp_url = self.api_url = ""
        self.variables: dict[str, str] = {}
        self.is_given = False
        self._opened = ExitStack()

    @property
    def worker_url(self) -> str:
        """Where the worker's probes and metrics are."""
        return f"http://127.0.0.1:{self.variables['RELAY_HTTP__PORT']}"

    @property
    def topology(self) -> Topology:
        """The queues the worker declares."""
        settings = load_settings(self.variables)
        return Topology(settings.amqp.prefix, wiring.waits(wiring.policies(settings)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()
        self.keep_logs = self.keep_logs or kind is StartFailed
        if not self.keep_logs:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, say: Callable[[str], None]) -> None:
        """Return when everything is ready; raises StartFailed or BrokerUnavailable. After StartFailed the logs stay."""
        simulator = self._opened.enter_context(
            Program("simulator", "--port", "0", log=self.folder / "simulator.log", variables={})
        )
        broker = choose_broker()
        self.is_given = not broker.is_controlled
        say("using the RabbitMQ that is named in the environment" if self.is_given else "starting a RabbitMQ")
        self.amqp_url = self._opened.enter_context(broker).url
        simulator.wait_for(lambda: _URL.search(simulator.text()) is not None)
        self.api_url = _URL.findall(simulator.text())[0]
        say("starting the worker")
        self.variables = self._variables()
        if self.is_given:
            self._opened.callback(remove_all, self.amqp_url, self.topology)
        worker = Program("worker", log=self.folder / "worker.log", variables=self.variables)
        self._opened.enter_context(worker)
        worker.wait_for(lambda: _is_green(f"{self.worker_url}/readyz"))

    def _variables(self) -> dict[str, str]:
        """A worker that waits seconds where production waits minutes."""
        told = SimulatorSettings()
        application, account, platform = told.applications[0], told.accounts[0], told.platforms[0]
        return {
            "RELAY_PROFILE": "local",
            "RELAY_AMQP__URL": self.amqp_url,
            "RELAY_AMQP__PREFIX": f"demo-{secrets.token_hex(3)}" if self.is_given else "relay",
            "RELAY_LEDGER__URL": f"sqlite:///{self.folder / 'ledger.db'}",
            "RELAY_HTTP__HOST": "127.0.0.1",
            "RELAY_HTTP__PORT": str(_free_port()),
            "RELAY_PISTE__OAUTH_URL": self.api_url,
            "RELAY_PISTE__API_URL": self.api_url,
            "RELAY_PISTE__CLIENT_ID": application.client_id,
            "RELAY_PISTE__CLIENT_SECRET": application.client_secret,
            "RELAY_PISTE__ORGANISATION": application.organisation,
            "RELAY_CHORUS_PRO__LOGIN": account.login,
            "RELAY_CHORUS_PRO__PASSWORD": account.password,
            "RELAY_DUME__PLATFORM_ID": platform.platform_id,
            "RELAY_DUME__TECHNICAL_PLATFORM_ID": platform.technical_platform_id,
            "RELAY_DUME__REQUESTER_ID": "99900012800010",
            "RELAY_DUME__REQUESTER_NAME": "Ville imaginaire de Valclair",
            "RELAY_TRACKING__STEPS": "1s,2s",
            "RELAY_DELAY__STEPS": "1s,2s,5s",
            "RELAY_DOUBT__WAIT": "2",
            "RELAY_MAINTENANCE__PROBE_INTERVAL": "1",
            "RELAY_SHUTDOWN_GRACE": "5",
            "RELAY_CHORUS_PRO__PASSWORD_CHECK": "0",  # what the State is asked is counted
        }


def last_words(log: str) -> str:
    """What a program said last: the error of its last log line, or the end of whatever it printed."""
    line = (log.strip().splitlines() or ["it said nothing"])[-1]
    try:
        told = json.loads(line)
    except ValueError:
        return line[-_TAIL:]
    said = told.get("detail") or told.get("exception") if isinstance(told, dict) else None
    errors = [part for part in str(said or line).splitlines() if "Error" in part]
    return (errors[-1] if errors else str(said or line)).strip(" |+-")[-_TAIL:]


def _is_green(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own worker on this machine
            return bool(answer.status == 200)  # noqa: PLR2004 - green
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
