"""A search for inputs that the recognisers of files have not seen, guided by the lines that each reaches."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts.envelope import EnvelopeInvalid, receive
from contracts.events import Buyer, Consultation
from service.core.documents import DocumentInvalid, read
from service.core.documents.archive import members
from service.core.espd import EspdInvalid, consultation_of, fill
from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl
from tests.support.hostile import archives, pdf, xml
from tests.support.hostile.coverage import explore
from tests.support.hostile.files import File

SHARE = float(os.environ.get("RELAY_FUZZ_SHARE", "1"))
SEED = int(os.environ.get("RELAY_FUZZ_SEED", "1"))
FOUND = Path(__file__).parents[2] / "var" / "fuzz"
LONGEST = 1_500
SMALL = 4_000
EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"

UBL = make_ubl("F-1")
TAR = gzip.decompress(make_archive([("a.xml", UBL), ("n" * 150 + ".xml", make_ubl("F-2"))]))
CONSULTATION = Consultation.model_validate({"id": "C-1", "lots": [{"number": "1", "title": "a & b"}, {"number": "2"}]})
BUYER = Buyer(id="99900012800010", name="Ville de Exempleville")
ESPD = b"<QualificationApplicationRequest><ContractFolderID>X</ContractFolderID></QualificationApplicationRequest>"
DUMES = [
    fill(ESPD, consultation=CONSULTATION, buyer=BUYER),
    b"\xff\xfe" + fill(ESPD, consultation=CONSULTATION, buyer=BUYER).decode().encode("utf-16-le"),
    b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ESPD.replace(b"X", b"<!-- a --><![CDATA[b]]>\xe9"),
]


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
    """A consultation, or none: never an error; and a document that is filled once and for all, or a sentence."""
    assert consultation_of(document) != ""
    try:
        filled = fill(document, consultation=CONSULTATION, buyer=BUYER, procedure_code="OPEN", project_type="WORKS")
        said = "Filled." if fill(filled, consultation=CONSULTATION, buyer=BUYER) is filled else ""
    except EspdInvalid as error:
        said = str(error)
    assert is_sentence(said)


def is_sentence(text: str) -> bool:
    """Whether people may be shown it."""
    return 0 < len(text) <= LONGEST and text.isprintable()


def small(files: Iterator[File]) -> list[bytes]:
    """The tricks that are known, as far as they are short: beginnings nearer to where nobody has been."""
    return [file.content for file in files if len(file.content) < SMALL]


CHANCE = random.Random(SEED)  # noqa: S311 - made again from its seed
SOUND = [path.read_bytes() for path in sorted(EXAMPLES.glob("*.requested.v1.json"))]
TARGETS = {
    "XML": (reads, [UBL, make_cii("F-1"), *small(xml.all_xml(CHANCE))], ["core/documents", "xml/etree"], 4000),
    "PDF": (reads, [make_facturx("F-1"), *small(pdf.all_pdfs(CHANCE))], ["core/documents", "pypdf"], 300),
    "archive": (lists, [TAR], ["core/documents", "tarfile"], 3000),
    "compressed": (
        reads,
        [make_archive([("a.xml", UBL)]), *small(archives.all_archives(CHANCE))],
        ["core/documents", "gzip", "_compression"],
        3000,
    ),
    "event": (receives, SOUND, ["contracts/", "json/"], 6000),
    "DUME": (names, [ESPD, *DUMES], ["core/espd", "xml/etree"], 3000),
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


def maze(content: bytes) -> None:
    """Falls over an input that only who remembers how far it came will find."""
    if not content.startswith(b"<"):
        return
    if not content.endswith(b">"):
        return
    if b"xref" not in content:
        return
    if b"ustar" in content:
        raise LookupError


def test_should_find_its_way_by_the_lines_it_reached() -> None:
    """An input behind four conditions is found, and named so that it can be tried again."""
    with pytest.raises(LookupError) as raised:
        explore(maze, [b"."], watched=["test_coverage_guided"], tries=30_000, seed=SEED)

    (note,) = raised.value.__notes__
    with pytest.raises(LookupError):
        maze(bytes.fromhex(note.rpartition(" ")[2]))


def test_should_find_nothing_without_looking() -> None:
    """The same number of inputs, no line watched, does not get there: it is the lines that lead."""
    assert explore(maze, [b"."], watched=["nowhere"], tries=30_000, seed=SEED).kept == [b"."]
