"""The system's PostgreSQL: where its programs are, installed where they are missing, and whom they run as."""

from __future__ import annotations

import os
import pwd
import shutil
from contextlib import suppress
from pathlib import Path

from service.sandbox.broker.install import install_package, may_install

PLACES = "/usr/lib/postgresql/*/bin"


class PostgresUnavailable(Exception):
    """No PostgreSQL can be had, or it did not start; says in one sentence why."""


def find_programs() -> Path:
    """The folder of PostgreSQL's programs, installed now where they are missing and may be."""
    found = _programs()
    if found is None and may_install() and _install():
        found = _programs()
    if found is None:
        raise PostgresUnavailable(
            "install PostgreSQL (apt-get install postgresql), or name it in RELAY_TEST_POSTGRES_URL"
        )
    return found


def _programs() -> Path | None:
    folders = [path for path in Path("/").glob(PLACES.lstrip("/")) if (path / "initdb").exists()]
    if folders:
        return max(folders, key=lambda path: float(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _install() -> bool:
    """Without the cluster that Debian would make and start."""
    if not install_package("postgresql-common"):
        return False
    wishes = Path("/etc/postgresql-common/createcluster.conf")
    if wishes.exists():
        wishes.write_text(f"{wishes.read_text()}\ncreate_main_cluster = false\n")
    return install_package("postgresql")


def user_of_the_server() -> tuple[int, int] | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            known = pwd.getpwnam(name)
            return known.pw_uid, known.pw_gid
    raise PostgresUnavailable("PostgreSQL does not run as root, and there is no user postgres or nobody")
