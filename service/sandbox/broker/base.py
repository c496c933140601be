"""What every broker of the sandbox can do, whoever runs it."""

import asyncio
from abc import ABC, abstractmethod
from typing import Self

from service.sandbox.broker import control


class BrokerUnavailable(Exception):
    """No RabbitMQ can be had; the text says in one sentence what to install or why it did not start."""


class Broker(ABC):
    """A RabbitMQ that was given, started privately, or runs in a container."""

    is_controlled = True  # whether virtual hosts and alarms can be asked of it

    @property
    @abstractmethod
    def url(self) -> str:
        """Where to connect, for the default virtual host; ends with a slash."""

    @abstractmethod
    def start(self) -> None:
        """Return when connections are accepted; raises BrokerUnavailable."""

    @abstractmethod
    def stop(self) -> None:
        """Return when everything started here has gone; harmless when it had gone already."""

    @abstractmethod
    def evaluate(self, expression: str) -> str:
        """The value of an Erlang expression in the broker; raises control.ControlFailed."""

    def vhost(self, name: str) -> str:
        """The URL of a fresh virtual host, of which nobody else knows."""
        self.evaluate(control.add_vhost(name))
        return f"{self.url}{name}"

    def drop_vhost(self, name: str) -> None:
        """Remove a virtual host and all it holds, soon; its connections are closed."""
        self.evaluate(control.delete_vhost(name))

    def raise_memory_alarm(self) -> None:
        """Block every publishing connection, as a broker short of memory does."""
        self.evaluate(control.RAISE_ALARM)

    def clear_memory_alarm(self) -> None:
        """Let publishers go on."""
        self.evaluate(control.CLEAR_ALARM)

    def raise_disk_alarm(self) -> None:
        """Block every publishing connection, as a broker short of disk does."""
        self.evaluate(control.WANT_DISK.format(bytes=10**15))

    def clear_disk_alarm(self) -> None:
        """Be content with the disk there is."""
        self.evaluate(control.WANT_DISK.format(bytes=50_000_000))

    def close_all_connections(self) -> None:
        """Close every connection the polite way: connection.close, 320."""
        self.evaluate(control.CLOSE_CONNECTIONS)

    def cut_all_connections(self) -> None:
        """Cut every connection without a word, as a failing network does."""
        self.evaluate(control.CUT_CONNECTIONS)

    def write_out_names(self) -> None:
        """Return when the names of new quorum queues are on disk; RabbitMQ writes them half a second late."""
        self.evaluate(control.WRITE_OUT_NAMES)

    def count_connections(self) -> int:
        """How many connections are open."""
        return int(self.evaluate(control.COUNT_CONNECTIONS))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)
