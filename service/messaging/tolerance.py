"""Lets a message with unreadable properties through without them, so that it cannot cut the connection."""

from __future__ import annotations

import struct
from typing import Any

from pamqp.header import ContentHeader

UNREADABLE = (ValueError, OverflowError, OSError, TypeError, struct.error, RecursionError)


def tolerate_unreadable_properties() -> None:
    """Make the client library keep what it could read of a header instead of dropping the connection; safe to repeat.

    A publisher may send a text that is not UTF-8, a time beyond the calendar or a table nested without end. The
    library answers by closing the connection, the broker delivers the message again, and so on for ever.
    """
    read_strictly = ContentHeader.unmarshal
    if getattr(read_strictly, "is_tolerant", False):
        return

    def read(header: ContentHeader, data: bytes) -> None:
        try:
            read_strictly(header, data)
        except UNREADABLE:
            if header.class_id is None:
                raise

    read.is_tolerant = True  # type: ignore[attr-defined]  # a mark on our own function, read above
    _replace(ContentHeader, read)


def _replace(header: Any, read: Any) -> None:  # Any: a method is replaced, which no type allows
    header.unmarshal = read
