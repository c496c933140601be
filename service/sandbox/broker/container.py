"""A RabbitMQ in a container, for machines that have a Docker engine and no RabbitMQ of their own."""

import os
import shutil
import subprocess
import time

from service.sandbox.broker import control
from service.sandbox.broker.base import Broker, BrokerUnavailable
from service.sandbox.broker.control import ControlFailed
from service.sandbox.broker.guard import Guard

IMAGE = "rabbitmq:4"
PULL_LIMIT = 300.0  # seconds: the image is about 100 MB
BOOT_LIMIT = 120.0  # seconds
ANSWER_LIMIT = 60.0  # seconds


def find_engine() -> str | None:
    """The docker (or podman) command whose engine answers."""
    for name in ("docker", "podman"):
        command = shutil.which(name)
        if command and _run(command, "info", limit=15).returncode == 0:
            return command
    return None


class ContainerBroker(Broker):
    """One container with its AMQP port published on loopback; removed when stopped."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._container = f"relay-broker-{os.getpid()}"
        self._port = 0
        self._guard: Guard | None = None

    @property
    def url(self) -> str:
        """Where to connect."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Return when connections are accepted; raises BrokerUnavailable."""
        self._guard = Guard(then=(self._engine, "rm", "-f", self._container))
        started = self._ask(
            "run", "-d", "--rm", "--name", self._container, "-p", "127.0.0.1::5672", IMAGE, limit=PULL_LIMIT
        )
        if started.returncode:
            self.stop()
            raise BrokerUnavailable(f"the container {IMAGE} did not start: {started.stderr.strip()[-600:]}")
        address = self._ask("port", self._container, "5672/tcp").stdout.split()[0]
        self._port = int(address.rpartition(":")[2])
        self._await_boot()

    def stop(self) -> None:
        """Remove the container; harmless when there is none."""
        self._ask("rm", "-f", self._container)
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def evaluate(self, expression: str) -> str:
        """The value of an Erlang expression in the broker; raises ControlFailed."""
        done = self._ask("exec", self._container, "rabbitmqctl", "-q", "eval", expression)
        if done.returncode:
            raise ControlFailed(f"{expression} failed: {(done.stderr or done.stdout).strip()[-600:]}")
        return done.stdout.strip()

    def _await_boot(self) -> None:
        give_up = time.monotonic() + BOOT_LIMIT
        while time.monotonic() < give_up:
            try:
                if self.evaluate(control.RUNNING) == "true":
                    return
            except (ControlFailed, subprocess.TimeoutExpired):
                pass  # not up yet
            time.sleep(0.5)
        self.stop()
        raise BrokerUnavailable(f"the container {IMAGE} was not up after {BOOT_LIMIT:.0f} seconds")

    def _ask(self, *words: str, limit: float = ANSWER_LIMIT) -> subprocess.CompletedProcess[str]:
        return _run(self._engine, *words, limit=limit)


def _run(command: str, *words: str, limit: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run([command, *words], capture_output=True, text=True, check=False, timeout=limit)
