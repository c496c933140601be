"""A private RabbitMQ node: loopback only, free ports, everything in a temporary folder, gone afterwards."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from service.sandbox.broker import control
from service.sandbox.broker.base import Broker, BrokerUnavailable
from service.sandbox.broker.epmd import PortMapper, free_ports
from service.sandbox.broker.guard import Guard
from service.sandbox.broker.server import find_server

BOOT_LIMIT = 120.0  # seconds; 4 to 15 are usual, a loaded machine needs more
STOP_LIMIT = 30.0  # seconds before a node that does not stop is killed
ATTEMPTS = 3  # at starting: another program may take a port between our look and the node's
EMULATOR = "+S 2:2 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
CONFIGURATION = """\
listeners.tcp.local = 127.0.0.1:{port}
loopback_users.guest = true
disk_free_limit.absolute = 50MB
log.console = false
log.file = broker.log
"""
_numbers = itertools.count(1)


def new_name() -> str:
    """An Erlang node name no other program of this machine uses."""
    return f"relay-{os.getpid()}-{next(_numbers)}@localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What makes a node one of a cluster: known by its name, in the same port mapper, with the same cookie."""

    name: str
    mapper: PortMapper
    cookie: str
    emulator: tuple[str, ...] = ()


class PrivateBroker(Broker):
    """One node of the system's RabbitMQ, run as the current user; keeps its messages until stop.

    `configuration` is added to its rabbitmq.conf. A `member` of a cluster uses the port mapper of its cluster, which
    whoever made the cluster starts and stops.
    """

    def __init__(self, server: Path | None = None, *, configuration: str = "", member: Member | None = None) -> None:
        self._server = server or find_server()
        self._member = member
        self._configuration = configuration
        self._emulator = member.emulator if member else ()
        self._folder: Path | None = None
        self._mapper = member.mapper if member else PortMapper()
        self._node: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self._port = self._distribution_port = 0
        self.name = member.name if member else new_name()

    @property
    def url(self) -> str:
        """Where to connect; the same after a restart of the node."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    @property
    def folder(self) -> Path:
        """Where messages, logs and the control socket are; raises BrokerUnavailable before start."""
        if self._folder is None:
            raise BrokerUnavailable("the private broker was not started")
        return self._folder

    @property
    def control_path(self) -> Path:
        """The socket file that answers Erlang expressions, for other programs of the same user."""
        return self.folder / "control"

    def start(self) -> None:
        """Return when connections are accepted; raises BrokerUnavailable with the end of the node's log."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._prepare()
                self.start_node()
            except BrokerUnavailable:
                self.stop()
                if attempt == ATTEMPTS:
                    raise
            except BaseException:
                self.stop()
                raise
            else:
                return

    def stop(self) -> None:
        """Stop the node and its port mapper and remove the folder; harmless when nothing runs."""
        self._end_node(signal.SIGKILL)  # nothing is kept, so nothing needs a regular end
        if self._member is None:
            self._mapper.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._guard is not None:
            self._guard.dismiss()
        self._guard = self._folder = None

    def start_node(self) -> None:
        """Start the node on the folder and port it had; returns when connections are accepted."""
        if self._server is None or not self._mapper.group:
            raise BrokerUnavailable("the private broker has no rabbitmq-server or was not started")
        self.control_path.unlink(missing_ok=True)
        with (self.folder / "console.log").open("ab") as console:
            self._node = subprocess.Popen(
                [str(self._server), "-noinput", "-eval", control.listener(self.control_path)],
                env=self._environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                process_group=self._mapper.group,
            )
        self._await_boot()

    def stop_node(self) -> None:
        """Stop the node as an operator does; its messages stay."""
        self._end_node(signal.SIGTERM)

    def kill_node(self) -> None:
        """Kill the node as a power failure does; what was confirmed stays, except in queues of the last half second."""
        self._end_node(signal.SIGKILL)

    def freeze_node(self) -> None:
        """Let the node do nothing, and close nothing, until it is thawed."""
        self._signal(signal.SIGSTOP)

    def thaw_node(self) -> None:
        """Let a frozen node go on where it was."""
        self._signal(signal.SIGCONT)

    @property
    def is_up(self) -> bool:
        """Whether the node runs, frozen or not."""
        return self._node is not None and self._node.poll() is None

    def evaluate(self, expression: str) -> str:
        """The value of an Erlang expression in the node; raises ControlFailed, or OSError when the node is down."""
        return control.ask(self.control_path, expression)

    def _prepare(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="relay-broker-"))
        self._port, self._distribution_port = free_ports(2)
        configuration = CONFIGURATION.format(port=self._port) + self._configuration
        (self._folder / "rabbitmq.conf").write_text(configuration)
        (self._folder / "enabled_plugins").write_text("[].\n")
        if self._member is None:
            self._mapper.start()
        else:
            cookie = self._folder / ".erlang.cookie"
            cookie.write_text(self._member.cookie)
            cookie.chmod(0o400)
        self._guard = Guard(group=self._mapper.group, folder=self._folder)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        folder = self.folder
        return kept | {
            "HOME": str(folder),  # the Erlang cookie is made there, for this node alone
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._mapper.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "messages"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_PLUGINS_EXPAND_DIR": str(folder / "plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_ALLOW_INPUT": "1",  # with -noinput: the script becomes the node instead of watching over it
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": " ".join((EMULATOR, *self._emulator)),
        }

    def _await_boot(self) -> None:
        give_up = time.monotonic() + BOOT_LIMIT
        while time.monotonic() < give_up:
            if self._node is None or self._node.poll() is not None:
                raise BrokerUnavailable(f"RabbitMQ stopped while starting: {self._last_words()}")
            try:
                if self.evaluate(control.RUNNING) == "true":
                    return
            except (OSError, control.ControlFailed):
                pass  # not listening yet
            time.sleep(0.05)
        raise BrokerUnavailable(f"RabbitMQ was not up after {BOOT_LIMIT:.0f} seconds: {self._last_words()}")

    def _end_node(self, how: signal.Signals) -> None:
        if self._node is None:
            return
        self._node.send_signal(how)
        try:
            self._node.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._node.kill()
            self._node.wait()
        self._node = None

    def _signal(self, what: signal.Signals) -> None:
        if self._node is not None:
            self._node.send_signal(what)

    def _last_words(self) -> str:
        logs = (self.folder / "console.log", self.folder / "log" / "broker.log")
        return " | ".join(log.read_text(errors="replace")[-600:].strip() for log in logs if log.exists())
