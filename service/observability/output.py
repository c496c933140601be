"""Stands before a stream of text and takes secrets out of whatever is written to it, tracebacks included."""

from __future__ import annotations

import io
from typing import TextIO

from service.observability.secrets import Secrets


class MaskedOutput(io.TextIOBase):
    """A stream that writes to another one, each piece masked. It has no binary side, so nothing goes around it."""

    def __init__(self, behind: TextIO, secrets: Secrets) -> None:
        super().__init__()
        self._behind = behind
        self._secrets = secrets

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute, the library a property
        """That of the stream behind."""
        return self._behind.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]  # the same
        """That of the stream behind."""
        return self._behind.errors

    def write(self, text: str) -> int:
        """Write the text without secrets; gives the length of what was asked for."""
        if not isinstance(text, str):
            raise TypeError(f"text is written here, not {type(text).__name__}")
        self._behind.write(self._secrets.mask(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self._behind.flush()

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._behind.isatty()

    def fileno(self) -> int:
        """The descriptor of the stream behind."""
        return self._behind.fileno()

    def writable(self) -> bool:
        """Always."""
        return True
