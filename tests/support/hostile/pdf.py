"""PDFs made to hurt: objects without end, streams that explode, trees that bite their tails, invoices that disagree."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping

from service.sandbox.samples import make_cii, make_facturx
from tests.support.hostile.files import File

_ANY = "pdf_malformed|pdf_without_invoice"
_CATALOG = b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[%s]>>>>>>"


def all_pdfs(chance: random.Random, canary: bytes = b"") -> Iterator[File]:
    """Each trick once; `canary` is in what they embed."""
    invoice = make_cii(f"F-{chance.randrange(10**9)}").replace(b"Valclair", canary or b"Valclair")
    yield from _trees(invoice)
    yield from _streams(chance)
    yield from _tables(chance)
    yield from _text(chance)


def plain(objects: Mapping[int, bytes], more: bytes = b"") -> bytes:
    """A PDF of these objects with an ordinary table; `more` goes into its trailer."""
    out, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    return bytes(out) + b"trailer\n<</Root 1 0 R/Size 99%s>>\nstartxref\n%d\n%%%%EOF\n" % (more, table)


def packed(objects: Mapping[int, bytes], held: Mapping[int, int]) -> bytes:
    """A PDF whose table is a stream; `held` says which objects stand in which object stream."""
    out, rows, last = bytearray(b"%PDF-1.7\n"), dict[int, bytes](), max([*objects, *held]) + 1
    for number, body in objects.items():
        rows[number] = b"\1" + len(out).to_bytes(4, "big") + b"\0\0"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows |= {number: b"\2" + holder.to_bytes(4, "big") + b"\0\0" for number, holder in held.items()}
    table = b"".join(rows.get(number, bytes(7)) for number in range(last + 1))
    head = b"/Type/XRef/W[1 4 2]/Size %d/Root 1 0 R" % (last + 1)
    return bytes(out) + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (last, stream(head, table), len(out))


def stream(head: bytes, body: bytes, filters: bytes | None = b"/FlateDecode") -> bytes:
    """A stream object; deflated unless other filters are named."""
    if filters == b"/FlateDecode":
        body = zlib.compress(body, 6)
    return b"<<%s/Filter[%s]/Length %d>>stream\n%s\nendstream" % (head, filters or b"", len(body), body)


def embedding(*streams: bytes, names: bytes = b"(factur-x.xml)3 0 R") -> bytes:
    """A PDF that embeds the first stream as factur-x.xml; further ones stand behind it as objects 5, 6 and so on."""
    file = b"<</EF<</F 4 0 R>>/F(factur-x.xml)>>"
    return plain({1: _CATALOG % names, 3: file} | {4 + number: body for number, body in enumerate(streams)})


def overlapping(objects: int, size: int) -> bytes:
    """An object stream in which each object reaches to its end: quadratic for who reads them all."""
    index = b" ".join(b"%d %d" % (number + 10, number) for number in range(objects)) + b" "
    names = b"".join(b"(a)%d 0 R" % (number + 10) for number in range(min(objects, 1_000)))
    holder = stream(b"/Type/ObjStm/N %d/First %d" % (objects, len(index)), index + b"(" * size)
    return packed({1: _CATALOG % names, 2: holder}, {number + 10: 2 for number in range(objects)})


def missing(objects: int, size: int) -> bytes:
    """Embedded files that are nowhere in a long file: each is searched for from its beginning."""
    names = b"".join(b"(a)%d 0 R" % (number + 100) for number in range(objects))
    return plain({1: _CATALOG % names}, b"%" + b"x" * size + b"\n")


def _trees(invoice: bytes) -> Iterator[File]:
    other = stream(b"", invoice.replace(b"1200.00", b"9900.00"))
    good = stream(b"", invoice)
    twice = b"(factur-x.xml)3 0 R(factur-x.xml)<</EF<</F 5 0 R>>/F(factur-x.xml)>>"
    yield File("two different invoices", embedding(good, other, names=twice), "pdf_malformed")
    yield File("one invoice twice", embedding(good, good, names=twice))
    both = b"(factur-x.xml)<</EF<</UF 5 0 R/F 4 0 R>>/UF(factur-x.xml)>>"
    yield File("one name, two streams", embedding(good, other, names=both), "pdf_malformed")
    yield File("many embedded files", embedding(good, names=b"(n.xml)3 0 R" * 900))
    yield File(
        "too many embedded files",
        embedding(good, names=b"(n.xml)<<>>" * 30_000 + b"(factur-x.xml)3 0 R"),
        "pdf_without_invoice",
    )
    for name, names in {"a number": b"7", "nothing": b"null", "a list": b"[[]]", "half a pair": b"(a)"}.items():
        yield File(f"names that are {name}", embedding(good, names=names), _ANY)
    tail = b"<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>"
    yield File(
        "a tree that bites its tail", plain({1: tail, 2: b"<</Kids[2 0 R 2 0 R 2 0 R]>>"}), "pdf_without_invoice"
    )
    yield File("a wide tree", plain({1: tail, 2: b"<</Kids[%s]>>" % (b"2 0 R " * 20_000)}), "pdf_without_invoice")
    yield File("a PDF in the PDF", embedding(stream(b"", make_facturx("F-1"))), "xml_malformed")
    yield File("a DTD inside", embedding(stream(b"", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')), "xml_unsafe")
    yield File("an object that is itself", plain({1: b"1 0 R"}), _ANY)
    yield File("encrypted", plain({1: b"<<>>"}, b"/Encrypt<</Filter/Standard/V 5/R 6/Length 256/O()/U()>>"), _ANY)


def _streams(chance: random.Random) -> Iterator[File]:
    size = chance.randrange(10_000_001, 12_000_000)
    yield File("an inflating stream", embedding(stream(b"", b"a" * size)), "pdf_malformed")
    nested = zlib.compress(zlib.compress(zlib.compress(b"a" * 3_000_000)))
    yield File("filters on filters", embedding(stream(b"", nested, b"/FlateDecode" * 3)), "xml_malformed|xml_unsafe")
    yield File("too many filters", embedding(stream(b"", nested, b"/FlateDecode" * 40)), "pdf_malformed")
    yield File("runs", embedding(stream(b"", b"\x81a" * 100_000, b"/RunLengthDecode")), "pdf_malformed")
    yield File("LZW", embedding(stream(b"", chance.randbytes(50_000), b"/LZWDecode")), "pdf_malformed|xml_malformed")
    yield File(
        "a JBIG2 image",
        embedding(stream(b"/Width 99999/Height 99999", b"\x97JB2\r\n", b"/JBIG2Decode")),
        _ANY + "|xml_malformed",
    )
    yield File("an unknown filter", embedding(stream(b"", b"<a/>", b"/Zip")), "pdf_malformed")
    predicted = stream(b"/DecodeParms<</Predictor 15/Columns 4>>", b"\2abcd" * 100_000)
    yield File("a predictor", embedding(predicted), "xml_malformed|pdf_malformed")
    yield File("overlapping objects", overlapping(6_000, chance.randrange(30_000, 90_000)), _ANY)
    yield File("an object stream in itself", packed({1: b"<</Names 9 0 R>>"}, {9: 8, 8: 9}), _ANY)


def _tables(chance: random.Random) -> Iterator[File]:
    yield File("objects that are nowhere", missing(900, chance.randrange(100_000, 2_000_000)), _ANY)
    claims = b"%%PDF-1.7\nxref\n0 %d\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%%%EOF\n" % chance.randrange(
        10**6, 10**12
    )
    yield File("a table that claims much", claims, _ANY)
    rows = b"xref\n0 20000\n" + b"0000000009 00000 n \n" * 20_000
    yield File("a table of one place", b"%PDF-1.7\n" + rows + b"trailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n", _ANY)
    loop = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
    yield File("a table before itself", loop, _ANY)
    again = b"%PDF-1.7\n" + b"1 0 obj\n<</Type/Catalog>>\nendobj\n" * 10_000 + b"startxref\n5\n%%EOF\n"
    yield File("one object many times", again, _ANY)


def _text(chance: random.Random) -> Iterator[File]:
    sound = make_facturx("F-1")
    yield File("cut", sound[: chance.randrange(8, len(sound) - 700)], _ANY)
    yield File("only its first line", b"%PDF-1.7\n" + b"\n" * chance.randrange(1, 300_000), _ANY)
    for name, what in {
        "spaces": b" ",
        "brackets": b"[",
        "dictionaries": b"<<",
        "strings": b"(",
        "digits": b"1",
    }.items():
        yield File(f"endless {name}", plain({1: b"<</A " + what * chance.randrange(2_000, 200_000) + b">>"}), _ANY)
    start = chance.randrange(len(sound) - 64)
    yield File(
        "some other bytes",
        sound[:start] + chance.randbytes(64) + sound[start + 64 :],
        _ANY + "|xml_malformed|xml_unsafe|unknown_format|",
    )
