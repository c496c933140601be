"""Opens a PDF for as much work as an invoice is worth: whatever the file says, reading it ends soon."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PdfReadError
from pypdf.generic import ArrayObject, IndirectObject, NumberObject, StreamObject, read_object

from service.core.documents.allowance import DECODE_COST, READ_COST, SEARCH_COST

if TYPE_CHECKING:
    from pypdf.generic import PdfObject

    from service.core.documents.allowance import Allowance

MAX_OBJECTS: Final = 100_000
"""Entries of the tables that say where the objects are."""

TEXT_FILTERS: Final = frozenset({"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"})

MAX_TEXT_BYTES: Final = 1_000_000
"""Bytes written as text, which programs of this century do not do: reading them takes thirty times their memory."""


class Meter:
    """The work that a PDF may still ask for; whatever reads it pays first."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance

    def spend(self, work: int) -> None:
        """Take so much of what is left; raises LimitReachedError from the moment that there is none."""
        if not self._allowance.take_pdf_work(work):
            raise LimitReachedError("more work than any invoice takes")


class MeteredStream(BytesIO):
    """Bytes in memory whose reading is counted."""

    def __init__(self, content: bytes, meter: Meter) -> None:
        super().__init__(content)
        self._meter = meter

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes; raises LimitReachedError once the work is used up."""
        found = super().read(size)
        self._meter.spend(len(found) + READ_COST)
        return found

    def getbuffer(self) -> memoryview:
        """All bytes, for a price: the library copies them and searches the copy, for each object it misses."""
        found = super().getbuffer()
        self._meter.spend(SEARCH_COST * len(found) + READ_COST)
        return found


class BoundedReader(PdfReader):
    """The library's reader of a broken or sound PDF, on a meter.

    It also reads object streams itself: the library parses all objects of one, and they may overlap.
    """

    def __init__(self, content: bytes, allowance: Allowance) -> None:
        self._meter = meter = Meter(allowance)
        self._holders: dict[int, tuple[MeteredStream, dict[int, int]]] = {}
        super().__init__(
            MeteredStream(content, meter), root_object_recovery_limit=1_000, xref_stream_maximum_entries=MAX_OBJECTS
        )

    def get_object(self, indirect_reference: int | IndirectObject) -> PdfObject | None:
        """The object of this number; raises what the library raises, and LimitReachedError."""
        self._meter.spend(READ_COST)
        if isinstance(indirect_reference, int):
            number, generation = indirect_reference, 0
        else:
            number, generation = indirect_reference.idnum, indirect_reference.generation
        if generation or number not in self.xref_objStm:
            return super().get_object(indirect_reference)
        if (generation, number) not in self.resolved_objects:
            found = self._held(number, int(self.xref_objStm[number][0]))
            self.cache_indirect_object(generation, number, found)
        return self.resolved_objects[generation, number]

    def decoded(self, stream: StreamObject) -> bytes:
        """What a stream holds, its filters undone; raises what the library raises."""
        filters = stream.get("/Filter")
        is_text = any(name in TEXT_FILTERS for name in (filters if isinstance(filters, ArrayObject) else [filters]))
        if is_text and len(stream._data) > MAX_TEXT_BYTES:  # noqa: SLF001 - /Length may be any number
            raise LimitReachedError("more text than any file is written in")
        content = bytes(stream.get_data())
        self._meter.spend(DECODE_COST * len(content))
        return content

    def _held(self, number: int, holder: int) -> PdfObject | None:
        """An object out of the object stream that holds it; None when that stream knows nothing of it."""
        if holder not in self._holders:
            self._holders[holder] = self._opened(holder)
        stream, offsets = self._holders[holder]
        if number not in offsets:
            return None
        stream.seek(offsets[number])
        return read_object(stream, self)

    def _opened(self, holder: int) -> tuple[MeteredStream, dict[int, int]]:
        found = None if holder in self.xref_objStm else super().get_object(holder)
        if not isinstance(found, StreamObject):
            raise PdfReadError("an object stream that is none")
        first = found.get("/First")
        if not isinstance(first, NumberObject) or first < 0:
            raise PdfReadError("an object stream without its /First")
        content = self.decoded(found)
        words = [int(word) for word in content[:first].split()]
        self._meter.spend(len(words) * READ_COST)
        offsets = {
            number: first + offset for number, offset in zip(words[::2], words[1::2], strict=False) if offset >= 0
        }
        return MeteredStream(content, self._meter), offsets
