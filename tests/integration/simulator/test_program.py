"""As a program of its own the simulator says where it is and stops when told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = "from service.sandbox.simulator import run; run(port=0)"


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        yield started
        started.kill()


def lines(program: subprocess.Popen[str]) -> list[str]:
    assert program.stdout is not None
    found = [program.stdout.readline()]
    while found[-1] and "integrated" not in found[-1]:
        found.append(program.stdout.readline())
    return found


def test_should_print_what_a_client_needs(program: subprocess.Popen[str]) -> None:
    """Address, application, technical account and platform stand in the first lines."""
    text = "".join(lines(program))
    wanted = [r"http://127\.0\.0\.1:\d+/api/oauth/token", "sim-client / sim-secret", "TECH_1_1@cpro.fr / ", "TND001"]

    assert [word for word in wanted if not re.search(word, text)] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_should_stop_cleanly(program: subprocess.Popen[str], number: signal.Signals) -> None:
    """Either signal ends it with success and without another word."""
    lines(program)
    program.send_signal(number)
    rest, _ = program.communicate(timeout=20)

    assert (program.returncode, rest) == (0, "")
