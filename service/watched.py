"""Tells when a small file has changed, also when it is a link that was moved, as mounted secrets are."""

from __future__ import annotations

from pathlib import Path

LARGEST = 5_000_000
"""Bytes; a list of accounts or of maintenance windows is far smaller."""


Stamp = tuple[int, int, int, int]


def stamp(path: Path) -> Stamp:
    """What changes when a file does, or who may read it, also behind links; raises OSError."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_ino, stat.st_size, stat.st_ctime_ns


class WatchedFile:
    """A file read again when it changes; asking costs one `stat`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: Stamp | None = None

    def read_if_changed(self) -> str | None:
        """Its text when it differs from the last time, else None.

        Raises OSError when it cannot be read, each time until it can: who may read it is no change of a file that it
        shows. Raises ValueError when it is too large or no UTF-8 text, and does not read it again before it changes.
        """
        mark = stamp(self.path)
        if mark == self._seen:
            return None
        content = self.path.read_bytes() if mark[2] <= LARGEST else None
        self._seen = mark
        if content is None:
            raise ValueError(f"{self.path} is larger than {LARGEST} bytes")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{self.path} is not UTF-8 text") from None
