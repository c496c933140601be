"""Every input that ever did harm, kept, with the answer it gets now."""

from __future__ import annotations

import gzip
from pathlib import Path
from time import thread_time

import pytest
from pydantic import ValidationError

from contracts.envelope import receive
from contracts.events import data_invalid
from contracts.registry import REQUESTS
from service.core.documents import DocumentInvalid, read

CORPUS = Path(__file__).parent / "corpus"
SOON = 20.0
"""Seconds of this thread's own time: the slowest take two where nothing else runs."""

FILES = {
    "endless-extended-header.tar.gz": "archive_unsafe",  # copied what was left of a header for each record: hours
    "many-elements.tar.gz": "xml_unsafe",  # elements were counted for each file, not for the flow
    "behind-the-end.tar.gz": "archive_unsafe",  # an invoice that only other programs would have found
    "one-place-two-names.tar.gz": "archive_unsafe",  # one of two invoices would have been lost when unpacked
    "overlapping-objects.pdf": "pdf_malformed",  # each of six thousand objects was read to the end of all: minutes
    "two-invoices.pdf": "pdf_malformed",  # the last of two invoices counted, whatever the State reads
    "one-name-two-streams.pdf": "pdf_malformed",  # the same, with one entry that has two streams
    "quotes-itself.pdf": "pdf_without_invoice",  # the library logged the file, each quotation inside another
    "nested-names.pdf": "",  # an invoice deeper in the tree of names was not found
    "missing-objects.tar.gz": "pdf_malformed",  # the whole file was copied and searched for each of them
    "text-filter.tar.gz": "pdf_malformed",  # thirty times its size in memory
    "attributes-without-end.tar.gz": "xml_unsafe",  # nobody counted attributes
}
EVENTS = {
    "codes-without-end.json.gz": "data.consultation.cpv: has 95000 entries, at most 100 are taken.",  # each an error
    "blanks-in-base64.json.gz": "data.expect: is not an object.",  # cut into millions of pieces
    "long-title.json.gz": "data.consultation.title: is longer than 1000 characters.",  # the same
    "noncharacter.json.gz": "data.consultation.title: holds control characters.",  # made a DUME that is no XML
    "commas-in-a-text.json.gz": "data.consultation: is missing.",  # a text full of commas counted as many values
}


def test_should_know_every_file_of_the_corpus() -> None:
    """An input is kept with what must become of it, or not at all."""
    assert {path.name for path in CORPUS.iterdir()} == {*FILES, *EVENTS}


@pytest.mark.parametrize(("name", "reason"), FILES.items(), ids=FILES.keys())
def test_should_answer_a_file_that_did_harm(name: str, reason: str) -> None:
    """The file is refused for what it is, or read, and soon."""
    began, found = thread_time(), ""
    try:
        read((CORPUS / name).read_bytes())
    except DocumentInvalid as problem:
        found = str(problem.reason)

    assert found == reason
    assert thread_time() - began < SOON


@pytest.mark.parametrize(("name", "sentence"), EVENTS.items(), ids=EVENTS.keys())
def test_should_answer_an_event_that_did_harm(name: str, sentence: str) -> None:
    """The event is read, and its data refused in one sentence."""
    received = receive(gzip.decompress((CORPUS / name).read_bytes()), None, {})

    with pytest.raises(ValidationError) as raised:
        REQUESTS[received.envelope.type].model_validate(received.data)

    assert data_invalid(raised.value) == sentence
