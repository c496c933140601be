"""The death of a program takes what it started along, and nothing that happens to have a number of it by then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.sandbox.broker.guard import SCRIPT, began

LIMIT = 20.0


@pytest.fixture
def program() -> Iterator[subprocess.Popen[bytes]]:
    """A program that leads a group of its own, under a name that is hard to read."""
    with subprocess.Popen(
        ["/bin/sh", "-c", "cat; :"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0
    ) as running:
        yield running
        running.kill()


def guarded(number: int, begun: str, folder: Path) -> None:
    """Let a guard see the end of whoever it stands for."""
    words = ["/bin/sh", "-c", SCRIPT, "guard", str(number), begun, str(folder)]
    subprocess.run(words, stdin=subprocess.DEVNULL, check=True, timeout=LIMIT)  # noqa: S603  # our own script


@pytest.mark.parametrize("is_known", [True, False])
def test_should_kill_what_it_was_given(program: subprocess.Popen[bytes], tmp_path: Path, *, is_known: bool) -> None:
    """The group ends, and the folder has gone; also where the system tells no beginnings."""
    folder = tmp_path / "folder"
    folder.mkdir()
    guarded(program.pid, began(program.pid) if is_known else "", folder)

    assert (program.wait(LIMIT), folder.exists()) == (-9, False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process began")
def test_should_leave_a_stranger_alone(program: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """Another program has the number by now: only the folder is removed."""
    folder = tmp_path / "folder"
    folder.mkdir()
    guarded(program.pid, str(int(began(program.pid)) - 1), folder)

    assert (program.poll(), folder.exists()) == (None, False)
