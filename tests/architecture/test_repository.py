"""The repository names no machine it was made on, pins what it installs, and its documented commands exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.sources import ROOT, named, tracked_files

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
ALLOWED_AT_TOP = {
    "contracts", "docs", "k8s", "requirements", "service", "tests",
    "CHANGELOG.md", "Dockerfile", "LICENSE", "Makefile", "README.md", "compose.yaml", "pyproject.toml",
}  # fmt: skip
# Written in two parts, so that this file does not contain what it looks for.
HOSTS = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "extra-" + "index-url", "find-" + "links")))
HOME = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work|opt/wheels)/")


def text_of_files() -> dict[str, str]:
    """Every text file by its name."""
    found = {}
    for path in tracked_files():
        try:
            found[named(path)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("pattern", [HOSTS, HOME], ids=["package index", "folder of a person's machine"])
def test_should_name_no_place_of_its_making(pattern: re.Pattern[str]) -> None:
    """No file names a package index or a folder of somebody's machine."""
    me = named(ROOT / "tests/architecture/test_repository.py")

    assert [name for name, text in text_of_files().items() if name != me and pattern.search(text)] == []


def test_should_keep_its_top_level_short() -> None:
    """Nothing stands at the top but what the layout says, and files whose names begin with a dot."""
    top = {named(path).split("/")[0] for path in tracked_files()}

    assert {name for name in top if not name.startswith(".")} <= ALLOWED_AT_TOP


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_should_pin_with_hashes(lock: object) -> None:
    """Every package of every lock has one exact version and at least one hash."""
    text = (ROOT / str(lock)).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n", "", text).strip())

    assert packages
    assert [
        entry.split()[0] for entry in packages if not re.match(r"[\w.\[\],-]+==\S+.*\n\s+--hash=sha256:", entry)
    ] == []


def test_should_lock_every_direct_dependency() -> None:
    """What pyproject.toml asks for is in the lock of the image."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    names = {re.split(r"[\[<>=~! ]", name)[0].lower() for name in asked}
    locked = re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements/runtime.lock").read_text(encoding="utf-8"))

    assert names - set(locked) == set()


def test_should_document_only_targets_that_exist() -> None:
    """Every `make …` and `piste-relay …` of the documents is a target or a command."""
    documents = "\n".join(text for name, text in text_of_files().items() if name.endswith(".md"))
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    listed = subprocess.run(
        [sys.executable, "-m", "service", "--help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    commands = set(re.findall(r"(?m)^\s+│?\s*([a-z]+)\s", listed))

    assert documents
    assert set(re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z]+)", documents)) - targets == set()
    assert set(re.findall(r"`piste-relay ([a-z]+)", documents)) - commands == set()


def parses(script: Path) -> bool:
    """Whether a plain shell can read a script."""
    return subprocess.run(["/bin/sh", "-n", str(script)], check=False, timeout=10).returncode == 0  # noqa: S603


def test_should_parse_every_script() -> None:
    """The scripts behind make and continuous integration are valid for a plain shell."""
    scripts = [path for path in tracked_files() if path.read_bytes().startswith(b"#!/bin/sh")]
    broken = [named(path) for path in scripts if not parses(path)]

    assert scripts
    assert broken == []
