"""Decides whether what became of a suspended invoice is what was to be added to it, by what the State shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A status the invoice has come to since: whether only its supplier brings it there, and what was said with it."""

    is_suppliers: bool
    comment: str | None


def is_ours(lines: Sequence[Line], *, has_files: bool | None, comment: str | None) -> bool:
    """Whether the supplement is ours; `has_files` tells whether the invoice shows our files, None where it tells not.

    Our files prove it, and where others are shown without them it is not ours. Our comment proves it. A status to which
    only the supplier brings an invoice proves that something was added: ours, as long as it shows nothing else. Any
    other status proves nothing, since its recipient may have lifted the suspension.
    """
    if has_files is not None:
        return has_files
    said = [(line, _plain(line.comment)) for line in lines]
    if comment is not None and any(shown == _plain(comment) for _, shown in said):
        return True
    return any(line.is_suppliers and (comment is None or not shown) for line, shown in said)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
