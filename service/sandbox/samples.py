"""Makes sample invoice files between companies that do not exist; the same arguments give the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypedDict

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from service.sandbox.sample_xml import ISSUED_ON, RECIPIENT, SUPPLIER, SampleInvoice, to_cii, to_ubl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

__all__ = ["ISSUED_ON", "RECIPIENT", "SUPPLIER", "make_archive", "make_cii", "make_facturx", "make_ubl"]

_A4: Final = (595, 842)
_PRODUCER: Final = "piste-relay samples"
_NEVER: Final = "D:20260101000000Z"


class SampleFacts(TypedDict, total=False):
    """What a sample may say besides its number; whatever is left out has a plain default."""

    supplier: str
    recipient: str
    issued_on: date
    total: str
    currency: str
    credit_note: bool
    commitment: str | None
    service: str | None
    framework: str
    payment_means: str | None


def make_ubl(number: str, **facts: Unpack[SampleFacts]) -> bytes:
    """A UBL 2.1 Invoice, or CreditNote with `credit_note=True`."""
    return to_ubl(SampleInvoice(number=number, **facts))


def make_cii(number: str, **facts: Unpack[SampleFacts]) -> bytes:
    """A CII D16B invoice, or credit note with `credit_note=True`."""
    return to_cii(SampleInvoice(number=number, **facts))


def make_facturx(number: str, **facts: Unpack[SampleFacts]) -> bytes:
    """A one-page PDF with the CII embedded as Factur-X asks; like PDF/A-3, without its embedded fonts and colours."""
    sample = SampleInvoice(number=number, **facts)
    xml = to_cii(sample)
    writer = PdfWriter()
    _draw(writer, _visible_lines(sample))
    _embed(writer, xml)
    writer.xmp_metadata = _XMP.encode()
    writer.metadata = {"/Producer": _PRODUCER, "/CreationDate": _NEVER, "/ModDate": _NEVER}
    identity = ByteStringObject(hashlib.sha256(xml).digest()[:16])
    writer._ID = ArrayObject((identity, identity))  # noqa: SLF001 - pypdf only offers a random one
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def make_archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar.gz of the files, in their order."""
    expanded = BytesIO()
    with tarfile.open(fileobj=expanded, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return gzip.compress(expanded.getvalue(), mtime=0)


def _visible_lines(sample: SampleInvoice) -> tuple[str, ...]:
    return (
        ("AVOIR " if sample.credit_note else "FACTURE ") + sample.number,
        f"Emise le {sample.issued_on:%d/%m/%Y}",
        f"ATELIER FICTIF DES LILAS, SIRET {sample.supplier}",
        f"Pour VILLE IMAGINAIRE DE VALCLAIR, SIRET {sample.recipient}",
        f"Hors taxes {sample.net}, TVA {sample.tax}",
        f"Total {sample.total} {sample.currency}",
        "Document d'exemple, sans valeur.",
    )


def _draw(writer: PdfWriter, lines: tuple[str, ...]) -> None:
    page = writer.add_blank_page(*_A4)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        },
    )
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    drawing = DecodedStreamObject()
    shown = "\n".join(f"({_in_pdf(line)}) Tj T*" for line in lines)
    drawing.set_data(f"BT /F1 12 Tf 18 TL 60 760 Td\n{shown}\nET".encode("latin-1", "replace"))
    page[NameObject("/Contents")] = writer._add_object(drawing)  # noqa: SLF001 - pypdf has no public way


def _in_pdf(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _embed(writer: PdfWriter, xml: bytes) -> None:
    file = writer.add_attachment("factur-x.xml", xml)
    file.alternative_name = TextStringObject("factur-x.xml")
    file.associated_file_relationship = NameObject("/Data")
    file.subtype = NameObject("/text/xml")
    file.size = NumberObject(len(xml))
    writer.root_object[NameObject("/AF")] = ArrayObject([file.pdf_object.indirect_reference or file.pdf_object])


_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""
