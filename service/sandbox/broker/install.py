"""Installs rabbitmq-server, and what else tests need, with apt, without starting the system's own services."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")  # asked by Debian's packages before they start a service; 101 means do not
DENY = "#!/bin/sh\nexit 101\n"
LIMIT = 600  # seconds: Erlang and RabbitMQ are about 60 MB


def may_install() -> bool:
    """Whether this user may install packages on this machine."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_server(apt: str) -> bool:
    """Whether rabbitmq-server could be installed; says on stderr what it does and why it failed."""
    return install_package("rabbitmq-server", apt)


def install_package(name: str, apt: str = "apt-get") -> bool:
    """Whether one of Debian's packages could be installed; says on stderr what it does and why it failed."""
    print(f"installing {name} with apt, once", file=sys.stderr)
    with _services_kept_down():
        _apt(apt, "update")
        done = _apt(apt, "install", "-y", "--no-install-recommends", name)
    if done.returncode:
        print(done.stdout[-2000:], file=sys.stderr)
    return done.returncode == 0


def _apt(apt: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [apt, "-qq", *words],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LIMIT,
    )


@contextmanager
def _services_kept_down() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text(DENY)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
