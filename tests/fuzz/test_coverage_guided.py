"""A search for inputs that the recognisers of files have not seen, guided by the lines that each reaches."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.envelope import EnvelopeInvalid, receive
from service.core.documents import DocumentInvalid, read
from service.core.documents.archive import members
from service.core.espd import consultation_of
from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl
from tests.support.hostile.coverage import explore

SHARE = float(os.environ.get("RELAY_FUZZ_SHARE", "1"))
SEED = int(os.environ.get("RELAY_FUZZ_SEED", "1"))
FOUND = Path(__file__).parents[2] / "var" / "fuzz"
LONGEST = 1_500
EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"

UBL = make_ubl("F-1")
TAR = gzip.decompress(make_archive([("a.xml", UBL), ("n" * 150 + ".xml", make_ubl("F-2"))]))
ESPD = b"<QualificationApplicationRequest><ContractFolderID>X</ContractFolderID></QualificationApplicationRequest>"


def reads(content: bytes) -> None:
    """A document with an invoice, or a reason in a sentence fit to be read."""
    try:
        said = "Read." if read(content).invoices else ""
    except DocumentInvalid as problem:
        said = problem.detail
    assert is_sentence(said)


def lists(expanded: bytes) -> None:
    """The same of what is inside the compression, which no mutation would hit otherwise."""
    try:
        said = "Read." if members(gzip.compress(expanded, 1, mtime=0)) else ""
    except DocumentInvalid as problem:
        said = problem.detail
    assert is_sentence(said)


def receives(body: bytes) -> None:
    """An event, or the one kind of error."""
    try:
        said = f"Read: {receive(body, None, {}).digest}."
    except EnvelopeInvalid as error:
        said = error.detail
    assert is_sentence(said)


def names(document: bytes) -> None:
    """A consultation, or none: never an error."""
    assert consultation_of(document) != ""


def is_sentence(text: str) -> bool:
    """Whether people may be shown it."""
    return 0 < len(text) <= LONGEST and text.isprintable()


SOUND = [path.read_bytes() for path in sorted(EXAMPLES.glob("*.requested.v1.json"))]
TARGETS = {
    "XML": (reads, [UBL, make_cii("F-1")], ["core/documents", "xml/etree"], 4000),
    "PDF": (reads, [make_facturx("F-1")], ["core/documents", "pypdf"], 150),
    "archive": (lists, [TAR], ["core/documents", "tarfile"], 3000),
    "compressed": (reads, [make_archive([("a.xml", UBL)])], ["core/documents", "gzip", "_compression"], 3000),
    "event": (receives, SOUND, ["contracts/", "json/"], 6000),
    "DUME": (names, [ESPD], ["core/espd", "xml/dom"], 3000),
}


@pytest.mark.timeout(240 * max(1, SHARE))
@pytest.mark.parametrize(("target", "seeds", "watched", "tries"), TARGETS.values(), ids=TARGETS.keys())
def test_should_find_no_input_that_ends_otherwise(
    target: Callable[[bytes], None], seeds: list[bytes], watched: list[str], tries: int
) -> None:
    """However far a search gets, each input ends as a value or as the one error, told in a sentence."""
    try:
        explored = explore(target, seeds, watched=watched, tries=int(tries * SHARE), seed=SEED)
    except Exception as error:
        FOUND.mkdir(parents=True, exist_ok=True)
        path = FOUND / f"{target.__name__}-{SEED}.hex"
        path.write_text("\n".join(getattr(error, "__notes__", [])), encoding="utf-8")
        raise AssertionError(f"{type(error).__name__}: {error} (kept in {path})") from error

    assert explored.tried == int(tries * SHARE)
    assert len(explored.kept) > len(seeds)
