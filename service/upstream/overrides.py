"""Tells which entries of the mapping an operator has changed, and how sure each of the two values is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from service.upstream.mapping import LEAF, packaged_text, read_file

_UNSAID = "how sure is not said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An entry that says something else than the packaged one; `packaged` is None where that has none."""

    entry: str
    value: object
    sure: str | None
    packaged: object
    packaged_sure: str | None

    def __str__(self) -> str:
        said = f"{self.entry} is {_shown(self.value)} ({self.sure or _UNSAID})"
        if self.packaged_sure is None:
            return f"{said}, which is not packaged"
        return f"{said} in place of {_shown(self.packaged)} ({self.packaged_sure})"


def overrides(file: Path) -> tuple[Override, ...]:
    """What a file of changes changes, sorted; raises MappingInvalid when it cannot be read."""
    packaged = dict(_leaves(yaml.safe_load(packaged_text()), ""))
    changed = dict(_leaves(read_file(file), ""))
    found = (
        Override(
            entry=entry,
            value=value,
            sure=sure,
            packaged=packaged.get(entry, (None, None))[0],
            packaged_sure=packaged.get(entry, (None, None))[1],
        )
        for entry, (value, sure) in sorted(changed.items())
        if entry not in {"", "version"}
    )
    return tuple(one for one in found if one.packaged_sure is None or one.value != one.packaged)


def _leaves(tree: object, path: str) -> Iterator[tuple[str, tuple[object, str | None]]]:
    """Each entry with its value and how sure that is, None where it is not said."""
    if not isinstance(tree, Mapping):
        yield path, (tree, None)
    elif "value" in tree and tree.keys() <= LEAF:
        yield path, (tree["value"], str(tree["confidence"]) if "confidence" in tree else None)
    else:
        for name, inner in tree.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "nothing"
    return "nothing" if value is None else str(value)
