"""A private PostgreSQL: loopback only, a free port, everything in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import psycopg

from service.sandbox.broker.guard import Guard
from tests.support.canaries import DATABASE_PASSWORD
from tests.support.postgres_programs import PostgresUnavailable, find_programs, user_of_the_server

GIVEN = "RELAY_TEST_POSTGRES_URL"
LIMIT = 60.0
"""Seconds a server may take to start or stop on a loaded machine."""

ROLE, PASSWORD = "relay", DATABASE_PASSWORD  # hard to write in a URL, and recognised wherever it is written
IN_A_URL = quote(PASSWORD, safe="")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # the machine does not lose power in a test; where that counts, it is switched on
    "max_connections": "200",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
    "wal_level": "replica",
    "max_wal_senders": "4",
}


class Postgres:
    """A server where databases are made by its administrator and used by a role with no other rights."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    def new_database(self) -> str:
        """The URL of a database nobody used before, as the relay's role."""
        name = f"ledger_{secrets.token_hex(6)}"
        self.ask(f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE template0')
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove it, whoever is connected."""
        with suppress(psycopg.OperationalError):  # a server that a test left stopped: its folder goes anyway
            self.ask(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')

    def url_of(self, database: str) -> str:
        """Where the relay's role finds a database."""
        parts = urlsplit(self.admin_url)
        return f"postgresql://{ROLE}:{IN_A_URL}@{parts.hostname}:{parts.port or 5432}/{database}"

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:  # reason: rows of any type
        """What the administrator gets for a statement."""
        return self.ask_in(self.admin_url, statement, *values)

    def ask_in(self, url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:  # reason: see ask
        """The same in the database of a URL."""
        database = urlsplit(url).path[1:]
        with psycopg.connect(self.admin_url, dbname=database, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def add_role(self) -> None:
        """Make the relay's role, if there is none."""
        if not self.ask("SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
            password = PASSWORD.replace("'", "''")
            self.ask(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{password}'")

    def __enter__(self) -> Self:
        self.add_role()
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever gave it keeps it."""


class PrivatePostgres(Postgres):
    """A server of the system's PostgreSQL, run as a user without rights; keeps its data until the end.

    `settings` go over those of SETTINGS.
    """

    def __init__(self, settings: Mapping[str, str] | None = None, *, copy_of: PrivatePostgres | None = None) -> None:
        self._programs = find_programs()
        self._settings = SETTINGS | dict(settings or {})
        self._copy_of = copy_of
        self._server: subprocess.Popen[bytes] | None = None
        self._user = user_of_the_server()
        self.folder = Path(tempfile.mkdtemp(prefix="relay-postgres-"))
        self._guard: Guard | None = None
        self.port = _free_port()
        self._admin_password: str = copy_of._admin_password if copy_of else secrets.token_hex(8)
        super().__init__(f"postgresql://postgres:{self._admin_password}@127.0.0.1:{self.port}/postgres")

    @property
    def data(self) -> Path:
        """The folder a copy of which is a copy of everything."""
        return self.folder / "data"

    @property
    def is_up(self) -> bool:
        """Whether the server runs, frozen or not."""
        return self._server is not None and self._server.poll() is None

    def __enter__(self) -> Self:
        try:
            self._own(self.folder)
            self._guard = Guard(folder=self.folder)
            self._initialise()
            self.start()
            if self._copy_of is None:
                self.add_role()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._guard is not None:
            self._guard.dismiss()

    def start(self) -> None:
        """Return when connections are accepted, on the folder and port it had."""
        options = self._settings | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        give_up = time.monotonic() + LIMIT
        while time.monotonic() < give_up:
            self._server = self._popen("postgres", "-D", str(self.data), *words)
            if self._answers(give_up):
                return
            time.sleep(0.2)  # the one before has just been killed, and its children are still going
        raise PostgresUnavailable(f"PostgreSQL did not start: {self._last_words()}")

    def stop(self) -> None:
        """Stop it as an operator does, without waiting for those who are connected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it as a power failure does."""
        self._signal_all(signal.SIGKILL)
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Have it do nothing, and close nothing, until it is thawed."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        self._signal_all(signal.SIGCONT)

    def promote(self) -> None:
        """Make a standby the server that is written to."""
        self.ask("SELECT pg_promote(true, 60)")

    def stop_following(self) -> None:
        """Let a standby hear no more of the server it follows."""
        self.ask("ALTER SYSTEM SET primary_conninfo TO ''")
        self.ask("SELECT pg_reload_conf()")
        give_up = time.monotonic() + LIMIT
        while self.ask("SELECT 1 FROM pg_stat_wal_receiver"):
            if time.monotonic() > give_up:
                raise PostgresUnavailable("the standby goes on following")
            time.sleep(0.05)

    def standby(self, settings: Mapping[str, str] | None = None) -> PrivatePostgres:
        """A copy that follows this one, to be entered."""
        return PrivatePostgres(dict(settings or {}), copy_of=self)

    def _initialise(self) -> None:
        if self._copy_of is not None:
            parts = urlsplit(self._copy_of.admin_url)
            whole = f"host=127.0.0.1 port={parts.port} user=postgres password={self._admin_password}"
            self._call("pg_basebackup", "-D", str(self.data), "-d", whole, "-R", "-X", "stream", "-c", "fast")
            return
        secret = self.folder / "password"
        secret.write_text(self._admin_password)
        self._own(secret)
        self._call(
            *("initdb", "-D", str(self.data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )

    def _answers(self, give_up: float) -> bool:
        while self.is_up and time.monotonic() < give_up:
            with suppress(psycopg.OperationalError):
                self.ask("SELECT 1")
                return True
            time.sleep(0.02)
        return False

    def _end(self, how: signal.Signals) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.send_signal(how)
        try:
            server.wait(LIMIT)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _signal_all(self, what: signal.Signals) -> None:
        if self._server is None:
            return
        for number in (self._server.pid, *_children(self._server.pid)):
            with suppress(ProcessLookupError):
                os.kill(number, what)

    def _popen(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / program), *words],
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._identity(),
            )

    def _call(self, program: str, *words: str) -> None:
        if self._popen(program, *words).wait(LIMIT * 2):
            raise PostgresUnavailable(f"{program} failed: {self._last_words()}")

    def _identity(self) -> dict[str, Any]:  # reason: keywords of Popen
        return {} if self._user is None else {"user": self._user[0], "group": self._user[1], "extra_groups": []}

    def _own(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, *self._user)

    def _last_words(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-800:].strip() if log.exists() else "no word of it"


def choose_postgres(environment: Mapping[str, str] = os.environ) -> Postgres:
    """The server a person chose, else a private one; raises PostgresUnavailable naming what to install."""
    if url := environment.get(GIVEN):
        return Postgres(url)
    return PrivatePostgres()


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                after_the_name = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(after_the_name[1]) == parent:
                    found.append(int(folder.name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
