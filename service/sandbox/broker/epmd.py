"""Keeps the names of Erlang nodes for one broker or one cluster, on a port nobody else asks."""

import random
import socket
import subprocess

from service.sandbox.broker.server import find_epmd

PORTS = range(18000, 30000)  # below the range the kernel hands to outgoing connections: a restart finds its port free


class PortMapper:
    """Erlang's port mapper on loopback. It leads the process group its nodes join, so that a guard ends them all."""

    def __init__(self) -> None:
        self.port = 0
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def group(self) -> int:
        """The process group of everything started here; 0 before start."""
        return self._running.pid if self._running is not None else 0

    def start(self) -> None:
        """Listen on a free port; one that another program takes in between makes the first node fail."""
        (self.port,) = free_ports(1)
        self._running = subprocess.Popen(
            [find_epmd(), "-port", str(self.port), "-address", "127.0.0.1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def stop(self) -> None:
        """Forget every name; harmless when it does not run."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        self._running = None


def free_ports(count: int) -> tuple[int, ...]:
    """Ports of loopback nobody listened on a moment ago."""
    found: set[int] = set()
    while len(found) < count:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.add(port)
    return tuple(found)
