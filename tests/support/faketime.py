"""A wall clock for one process that a test may move, through Debian's libfaketime; steady clocks stay true."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

from service.sandbox.broker.install import install_package, may_install

PACKAGE = "faketime"
PLACES = (
    "/usr/lib/{machine}-linux-gnu/faketime",
    "/usr/lib/faketime",
    "/usr/lib64/faketime",
    "/usr/local/lib/faketime",
)
SHARED = Path("/dev/shm")  # noqa: S108 - where the library keeps what it shares
LIBRARY = "libfaketime.so.1"


class FaketimeMissing(Exception):
    """The clock of a process cannot be moved on this machine; the text says what to install."""


class WallClock:
    """What a process started with its variables takes for the time of day; a move is seen within a second or two."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.moved = 0.0
        self._write()

    def variables(self) -> dict[str, str]:
        """What the process has to be started with; raises FaketimeMissing when there is no library for it."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "0",  # seen within a second; without it each look reads the file
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # only the wall clock of a machine jumps
            "NO_FAKE_STAT": "1",
        }

    def move(self, seconds: float) -> None:
        """Jump forward by so many seconds, or back when negative."""
        self.moved += seconds
        self._write()

    def _write(self) -> None:
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(f"{self.moved:+.3f}\n")
        new.replace(self._file)  # whole or not at all


@cache
def library() -> Path:
    """The library, installed when it is missing and this user may; raises FaketimeMissing."""
    found = _find()
    if found is None and may_install():
        install_package(PACKAGE)
        found = _find()
    if found is None:
        raise FaketimeMissing(
            f"no clock can be moved without {LIBRARY}: install it (apt-get install {PACKAGE}), or leave out what needs "
            "it (-k 'not clock')"
        )
    return found


def _find() -> Path | None:
    places = [Path(place.format(machine=platform.machine())) for place in PLACES]
    return next((place / LIBRARY for place in places if (place / LIBRARY).exists()), None)


def forget_the_dead() -> None:
    """Remove what the library left in shared memory for processes that were killed."""
    for left in SHARED.glob("*faketime_*"):
        pid = left.name.rpartition("_")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            left.unlink(missing_ok=True)
