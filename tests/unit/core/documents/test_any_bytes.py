"""Whatever the bytes, a document or one reason comes back, and soon."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.documents import Document, DocumentInvalid, read
from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl

pytestmark = pytest.mark.unit

UBL = make_ubl("F-1")
STARTS = st.sampled_from([b"", b"<", b"%PDF-1.7\n", b"\x1f\x8b\x08", b"\xff\xfe<\0", b"<?xml version='1.0'?><a"])
SOUND = [UBL, make_cii("F-1"), make_facturx("F-1")]
EXPANDED = gzip.decompress(make_archive([("a.xml", UBL), ("n" * 150 + ".xml", make_ubl("F-2"))]))
BOUNDED = settings(max_examples=60, deadline=2_000, derandomize=True, database=None)


def ends(content: bytes) -> bool:
    try:
        return isinstance(read(content), Document)
    except DocumentInvalid as problem:
        return bool(problem.reason and problem.detail)


@st.composite
def damaged(draw: st.DrawFn, sound: bytes) -> bytes:
    """A sound file with a piece replaced, dropped or put in."""
    start = draw(st.integers(0, len(sound)))
    end = draw(st.integers(start, min(len(sound), start + 64)))
    return sound[:start] + draw(st.binary(max_size=64)) + sound[end:]


@BOUNDED
@given(STARTS, st.binary(max_size=2_000))
def test_should_end_in_a_document_or_a_reason_for_any_bytes(start: bytes, rest: bytes) -> None:
    """No bytes raise anything but DocumentInvalid."""
    assert ends(start + rest)


@BOUNDED
@given(st.sampled_from(SOUND).flatmap(damaged))
def test_should_end_in_a_document_or_a_reason_for_a_damaged_file(content: bytes) -> None:
    """Nor does a sound file with some of its bytes changed."""
    assert ends(content)


@BOUNDED
@given(damaged(EXPANDED))
def test_should_end_in_a_document_or_a_reason_for_a_damaged_archive(expanded: bytes) -> None:
    """Nor does an archive damaged before it was compressed."""
    assert ends(gzip.compress(expanded, 1))
