"""What reading one flow may cost: shared by all files of an archive, so that many small ones cost no more than one."""

from __future__ import annotations

from typing import Final

MAX_ELEMENTS: Final = 1_000_000
"""Elements and attributes of XML, invoice lines included: some 20 000 lines, and a second or two to read."""

MAX_PDF_WORK: Final = 200_000_000
"""Bytes read of PDFs, plus `READ_COST` per read: 500 usual ones, or one of 10 MB and 50 000 objects; some seconds."""

READ_COST: Final = 32
"""What a read of a PDF costs beside its bytes: most are of one byte, and the time goes into Python around them."""

SEARCH_COST: Final = 4
"""What one byte costs in a search through a whole PDF."""

DECODE_COST: Final = 4
"""What one byte costs that comes out of a compressed stream: some filters are written in Python."""


class Allowance:
    """What is left of it."""

    def __init__(self) -> None:
        self._elements = MAX_ELEMENTS
        self._pdf_work = MAX_PDF_WORK

    @property
    def has_pdf_work(self) -> bool:
        """Whether the PDFs of the flow asked for no more than there was."""
        return self._pdf_work >= 0

    def take_elements(self, count: int) -> bool:
        """Use up so many elements; whether there were as many left."""
        self._elements -= count
        return self._elements >= 0

    def take_pdf_work(self, work: int) -> bool:
        """Use up so much work; whether there was as much left."""
        self._pdf_work -= work
        return self.has_pdf_work
