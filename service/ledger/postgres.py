"""The ledger in PostgreSQL: workers on any number of machines, each alone with what it writes about."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from service.core.errors import LedgerUnavailable
from service.ledger.database import Database, Row, Rows
from service.ledger.store import StoredLedger
from service.observability.secrets import MASK, is_distinctive

Connection: TypeAlias = psycopg.Connection[dict[str, Any]]  # reason: columns have types of their own

DEFAULTS: dict[str, str | int] = {
    "application_name": "piste-relay",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "target_session_attrs": "read-write",  # never the copy of a cluster, nor a server that was replaced and knows it
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 9000,
}
"""What a URL that does not say otherwise connects with: seconds, the last one milliseconds."""

SESSION = """
SET idle_in_transaction_session_timeout = '5s';
SET lock_timeout = '8s';
SET statement_timeout = '9s';
SET default_transaction_isolation = 'read committed';
SELECT set_config(name, '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval';
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'
"""
"""A worker that freezes in the middle of a transaction holds up the others for five seconds, no longer."""

CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8 AS now"

IDENTITY = """
SELECT (SELECT system_identifier FROM pg_control_system()) || '/'
    || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS identity
"""
"""The cluster, and its timeline: a standby that takes over begins a new one, and so does a cluster put back."""

GOING = ("08", "57P", "25006", "25P03", "0A000")
"""Classes of errors after which a session is over: connection, operator, read-only, idle for too long; and tables that
changed under what it had prepared."""

FAILED = "connection failed: "
"""What the library begins with when it says why a server could not be used."""

NUL, SHOWN = "\x00", "\N{SYMBOL FOR NULL}"
"""PostgreSQL keeps no NUL; whatever has one is told apart from others all the same."""


class PostgresLedger(StoredLedger):
    """See `Ledger`; raises ValueError, without repeating the URL, when that cannot be used."""

    def __init__(self, url: str, *, lease: float) -> None:
        super().__init__(PostgresDatabase(url), lease=lease)


class PostgresDatabase(Database):
    """One connection, READ COMMITTED; whatever two transactions touch is locked at their beginning, in one order."""

    boot = "postgresql"  # its clock goes on when it is started again
    errors = (psycopg.Error, OSError)
    skip_locked = " FOR UPDATE SKIP LOCKED"
    bytewise = ' COLLATE "C"'

    def __init__(self, url: str) -> None:
        self._settings = DEFAULTS | parse(url)
        self.name = name_of(self._settings)
        self._connection: Connection | None = None
        self._warnings: list[str] = []
        self._clock = (0.0, 0.0)
        self._socket: socket.socket | None = None
        self._cutting = threading.Lock()

    @property
    def connection(self) -> Connection:
        """The connection itself; raises psycopg.OperationalError when there is none."""
        if self._connection is None:
            raise psycopg.OperationalError("not connected")
        return self._connection

    @property
    def is_connected(self) -> bool:
        """Until it is closed by either side, as far as is known here."""
        connection = self._connection  # read once: another thread may close it
        return connection is not None and not connection.closed

    def connect(self) -> None:
        """Connect and say how this session is to be treated; raises LedgerUnavailable where it cannot keep all text."""
        self.close()
        connection: Connection = psycopg.Connection.connect(autocommit=True, row_factory=dict_row, **self._settings)
        self._connection = connection
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise LedgerUnavailable(
                f"the ledger {self.name} cannot be used: its encoding is {encoding}, not UTF8;"
                " name another database, made with ENCODING 'UTF8' TEMPLATE template0"
            )
        connection.add_notice_handler(self._noticed)
        connection.execute(SESSION, prepare=False)

    def close(self) -> None:
        """Leave; a server that does not listen is not waited for."""
        connection, self._connection = self._connection, None
        with self._cutting:
            cut, self._socket = self._socket, None
        if connection is not None:
            connection.close()
        if cut is not None:
            cut.close()

    def interrupt(self) -> bool:
        """Cut the connection: whoever waits for its answer is told that it is lost."""
        with self._cutting, contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
                return True
        return False

    def begin(self, names: Sequence[str]) -> None:
        """Begin, lock and read the clock in one message."""
        locks = ",".join(str(key) for key in sorted({lock_of(name) for name in names}))
        taken = f"SELECT pg_advisory_xact_lock(key) FROM unnest(ARRAY[{locks}]::bigint[]) AS key;"  # noqa: S608  # numbers
        cursor = self.connection.execute(f"BEGIN; {taken if names else ''} {CLOCK}".encode(), prepare=False)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        self._clock = (row["now"] if row else 0.0, time.monotonic())

    def commit(self, last: str) -> list[Row]:
        """Look and commit in one message; raises psycopg.OperationalError where it is not said to be safe."""
        self._warnings.clear()
        cursor = self.connection.execute(f"{last}; COMMIT".encode(), prepare=False)
        rows: list[Row] = list(cursor.fetchall())
        while cursor.nextset():
            pass
        if cursor.statusmessage != "COMMIT":
            raise psycopg.OperationalError("the transaction was not committed")
        if self._warnings:
            raise psycopg.OperationalError(f"the commit is unsure: {self._warnings[0]}")
        return rows

    def rollback(self) -> None:
        """Undo it."""
        self.connection.execute("ROLLBACK")

    def abandon(self) -> None:
        """Leave: the server undoes what is open, and the next connection may find a better one."""
        self.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """What the statement gives, its rows by name."""
        return self.connection.execute(_translated(statement), [_storable(value) for value in values])

    def create(self, statement: str) -> None:
        """Its texts compare by bytes, whatever the language of the server."""
        sql = statement.format(blob="BYTEA", float="DOUBLE PRECISION", text='TEXT COLLATE "C"', rows="")
        self.connection.execute(sql.encode(), prepare=False)

    def version(self) -> int:
        """No tables were ever made without a note of it."""
        return 0

    def identity(self) -> str | None:
        """The cluster and its timeline, where this role may ask and the server knows such things."""
        try:
            with self.connection.transaction():
                row = self.connection.execute(IDENTITY).fetchone()
        except psycopg.DatabaseError:
            if self.connection.closed:
                raise
            return None
        return row["identity"] if row else None

    def now(self) -> float:
        """The server's clock, read at the beginning of the transaction once everything was locked."""
        read, at = self._clock
        return read + time.monotonic() - at

    def wall(self) -> datetime:
        """By the server's clock: those of the workers differ."""
        return datetime.fromtimestamp(self.now(), UTC)

    def is_of_the_work(self, error: Exception) -> bool:
        """Whatever is not the database's, and what the values of a statement are to blame for."""
        if not isinstance(error, self.errors):
            return True
        is_ours = isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None
        return is_ours or isinstance(error, psycopg.DataError | psycopg.IntegrityError)

    def is_lost(self, error: Exception) -> bool:
        """Also where the server has only said that it will go, or that it is no longer the one to write to."""
        state = (isinstance(error, psycopg.Error) and error.sqlstate) or ""
        if state.startswith(GOING):
            self.close()
        return isinstance(error, self.errors) and not self.is_connected

    def is_worth_repeating(self, error: Exception) -> bool:
        """Where two transactions met, and the server had one of them begin again."""
        return isinstance(error, errors.DeadlockDetected | errors.SerializationFailure)

    def describe(self, error: Exception) -> str:
        """What the server or the library says, without its details: those show values."""
        said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        text = said or _attempts(str(error)) or type(error).__name__
        password = str(self._settings.get("password") or "")
        return text.replace(password, MASK) if is_distinctive(password) else text

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            self._warnings.append(notice.message_primary or "warning")


def parse(url: str) -> dict[str, Any]:  # reason: each parameter has a type of its own
    """The parameters in a URL; raises ValueError, which never repeats it."""
    try:
        return dict(conninfo_to_dict(url))
    except (psycopg.Error, ValueError):
        raise ValueError(
            "RELAY_LEDGER__URL must look like postgresql://user:password@host:5432/database, with % signs and other"
            " special characters of the password written as %25 and so on, and known parameters behind a ?"
        ) from None


def name_of(settings: dict[str, Any]) -> str:  # reason: see parse
    """How people know a database: where it is, and nothing of who asks."""
    hosts = str(settings.get("host") or settings.get("hostaddr") or "").split(",")
    ports = str(settings.get("port") or "").split(",")
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)  # one stands for all
    nodes = ",".join(f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=True))
    return f"postgresql://{nodes}/{settings.get('dbname') or ''}"


def lock_of(name: str) -> int:
    """The advisory lock that stands for a name."""
    digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)


def _attempts(text: str) -> str:
    """The first line; where several servers were tried in vain, what each of them said."""
    first, *others = text.strip().splitlines() or [""]
    each = [line.partition(FAILED)[2] for line in others if line.startswith("- host: ")]
    return "; ".join(each) or first.removeprefix(FAILED)


@lru_cache(maxsize=512)
def _translated(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _storable(value: object) -> object:
    return value.replace(NUL, SHOWN) if isinstance(value, str) and NUL in value else value
