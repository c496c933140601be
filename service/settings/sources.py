"""Finds the value of every RELAY_ variable: the environment, a file it names, or a file named like it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

PREFIX = "RELAY_"
SECRETS_DIR = "RELAY_SECRETS_DIR"
FILE_SUFFIX = "_FILE"
LONGEST_FILE = 65536
"""Bytes read from a file that holds one value; nothing longer is a setting."""

# Kubernetes adds these for every Service of the namespace; a Service cannot have an underscore in its name, so a double
# one is always somebody's typing and worth an error.
INJECTED = re.compile(r"(?!.*__).*(_SERVICE_.*|_PORT(_.*)?)")


class Kind(Enum):
    """How the text of a variable is taken."""

    PLAIN = "without the blanks around it"
    VERBATIM = "as typed: a blank may belong to it, or is worth a complaint"
    PATH = "the path of a file; where a value comes from a file, that very file may be what is meant"


@dataclass(frozen=True, slots=True)
class Found:
    """One value and where it came from; `file` when it may change while the program runs."""

    value: str = field(repr=False)
    file: Path | None = None

    @property
    def origin(self) -> str:
        """Where it came from, for a person."""
        return "environment" if self.file is None else f"file {self.file}"


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found, and one sentence for each thing wrong with it."""

    found: Mapping[str, Found]
    problems: tuple[str, ...]


def collect(environ: Mapping[str, str], known: Mapping[str, Kind]) -> Collected:
    """The value of every known variable that is set: environment first, then `…_FILE`, then the secrets folder.

    An empty value counts as not set. Unknown variables become problems that name the nearest known one.
    """
    problems: list[str] = []
    folder = environ.get(SECRETS_DIR, "").strip()
    found = _from_folder(Path(folder), known, problems) if folder else {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value.strip() or name == SECRETS_DIR:
            continue
        target = name.removesuffix(FILE_SUFFIX)
        if (known.get(name) is Kind.PATH or name.endswith(FILE_SUFFIX)) and _is_content(value):
            problems.append(f"{name} must name a file, and holds what such a file holds: write that into a file.")
        elif name in known:
            found[name] = Found(value if known[name] is Kind.VERBATIM else value.strip())
        elif name.endswith(FILE_SUFFIX) and target in known:
            _from_file(target, Path(value.strip()), environ, known[target], found, problems)
        elif not is_ignored(name):
            problems.append(unknown(name, known))
    return Collected(found, tuple(problems))


def _is_content(value: str) -> bool:
    """Whether a private key or a list of accounts was pasted in place of a path: as a path it would be repeated."""
    return "\n" in value.strip() or value.strip().startswith("-----BEGIN")


def is_ignored(name: str) -> bool:
    """Whether a variable is none of ours although it starts like one of ours."""
    return name.startswith("RELAY_TEST_") or INJECTED.fullmatch(name) is not None


def unknown(name: str, known: Iterable[str]) -> str:
    """One sentence naming the known variable that looks most like `name`."""
    near = difflib.get_close_matches(name, sorted({*known, SECRETS_DIR}), n=1, cutoff=0.0)
    return f"{name} is not a variable of piste-relay; did you mean {near[0]}?"


def read_value(path: Path) -> str:
    """The one value a file holds, without the line end editors add.

    Raises OSError when it cannot be read and ValueError when it holds no single short text.
    """
    with path.open("rb") as file:
        content = file.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise ValueError("it is too long to hold one value")
    try:
        return content.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None


def _from_file(
    name: str, path: Path, environ: Mapping[str, str], kind: Kind, found: dict[str, Found], problems: list[str]
) -> None:
    if environ.get(name, "").strip():
        problems.append(f"{name} and {name}{FILE_SUFFIX} are both given; keep one of them.")
        return
    _read_into(name, path, kind, found, problems, asked_by=name + FILE_SUFFIX)


def _from_folder(folder: Path, known: Mapping[str, Kind], problems: list[str]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    try:
        files = sorted(p for p in folder.iterdir() if p.name.startswith(PREFIX) and p.is_file())
    except OSError as error:
        problems.append(f"{SECRETS_DIR} names {folder}, which cannot be listed ({error.strerror}).")
        return found
    for path in files:
        if path.name in known:
            _read_into(path.name, path, known[path.name], found, problems, asked_by=SECRETS_DIR)
        elif not is_ignored(path.name):
            problems.append(f"In {folder}: {unknown(path.name, known)}")
    return found


def _read_into(
    name: str, path: Path, kind: Kind, found: dict[str, Found], problems: list[str], *, asked_by: str
) -> None:
    if kind is Kind.PATH:
        found[name] = Found(_path_in(path), path)
        return
    try:
        value = read_value(path)
    except OSError as error:
        problems.append(f"{asked_by} names {path}, which cannot be read ({error.strerror}).")
    except ValueError as error:
        problems.append(f"{asked_by} names {path}, which cannot be used: {error}.")
    else:
        if value.strip():
            found[name] = Found(value if kind is Kind.VERBATIM else value.strip(), path)


def _path_in(path: Path) -> str:
    """The absolute path a file holds, else its own: a mounted file of accounts is the accounts, not their address."""
    try:
        value = read_value(path)
    except (OSError, ValueError):
        return str(path)
    return value if value.startswith("/") and "\n" not in value else str(path)
