"""XML made to hurt: entities, documents types, endless tags, odd encodings, each with the reason it must be given."""

from __future__ import annotations

import random
from collections.abc import Iterator

from service.sandbox.samples import make_cii, make_ubl
from tests.support.hostile.files import File

BEFORE_LINES = b"<cbc:DocumentCurrencyCode>"


def all_xml(chance: random.Random, canary: bytes = b"") -> Iterator[File]:
    """Each trick once; what is random about them comes from `chance`, and `canary` is put into their text."""
    invoice = make_ubl(f"F-{chance.randrange(10**9)}").replace(
        b"<cbc:ID>", b"<cbc:Note>" + canary + b"</cbc:Note><cbc:ID>", 1
    )
    yield from _entities(invoice, chance)
    yield from _structure(invoice, chance)
    yield from _encodings(invoice)


def inside(invoice: bytes, what: bytes) -> bytes:
    """The invoice with more in its header, where no schema has it."""
    return invoice.replace(BEFORE_LINES, what + BEFORE_LINES, 1)


def lines(number: str, elements: int) -> bytes:
    """An invoice with so many empty elements in its first line: small once compressed, long to read."""
    return make_ubl(number).replace(b"<cac:Item>", b"<cac:Item>" + b"<a/>" * elements, 1)


def _entities(invoice: bytes, chance: random.Random) -> Iterator[File]:
    levels = chance.randrange(3, 30)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    blowup = f'<!ENTITY q "{"x" * chance.randrange(1_000, 20_000)}">'
    types = {
        "billion laughs": (f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>', f"&l{levels - 1};"),
        "quadratic blowup": (f"<!DOCTYPE a [{blowup}]>", "&q;" * chance.randrange(100, 3_000)),
        "entity of a file": ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        "entity of a server": ('<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>', "&x;"),
        "entity that is public": ('<!DOCTYPE a [<!ENTITY x PUBLIC "-//x" "http://127.0.0.1:9/x">]>', "&x;"),
        "parameter entity": ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>', ""),
        "document type elsewhere": ('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/invoice.dtd">', ""),
        "entity of itself": ('<!DOCTYPE a [<!ENTITY x "&x;">]>', "&x;"),
        "attributes by default": ('<!DOCTYPE Invoice [<!ATTLIST Invoice a CDATA "b">]>', ""),
        "plain document type": ("<!DOCTYPE Invoice>", ""),
    }
    for name, (doctype, reference) in types.items():
        head, _, rest = invoice.partition(b"?>")
        content = head + b"?>" + doctype.encode() + rest
        yield File(name, inside(content, b"<cbc:Note>" + reference.encode() + b"</cbc:Note>"), "xml_unsafe")


def _structure(invoice: bytes, chance: random.Random) -> Iterator[File]:
    many = chance.randrange(40_000, 60_000)
    included = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    yield File("XInclude", inside(invoice, included))
    yield File("deep", inside(invoice, b"<a>" * chance.randrange(100, 5_000)), "xml_unsafe")
    yield File("wide", inside(invoice, b"<a/>" * many), "xml_unsafe")
    yield File("attributes without end", inside(invoice, b"<a " + _attributes(many) + b"/>"), "xml_unsafe")
    yield File(
        "attributes of a dropped element", inside(invoice, b"<UBLExtensions " + _attributes(many) + b"/>"), "xml_unsafe"
    )
    yield File("namespaces without end", inside(invoice, b"<a " + _attributes(many, b"xmlns:") + b"/>"), "xml_unsafe")
    yield File("a comment without end", b"<!--" + b"x" * 600_000 + b"-->" + invoice, "xml_unsafe|xml_malformed")
    yield File("a name without end", b"<" + b"a" * 600_000 + b"/>", "xml_unsafe")
    yield File("one attribute twice", inside(invoice, b'<a b="" b=""/>'), "xml_malformed")
    yield File("two roots", invoice + invoice, "xml_malformed")
    yield File("cut", invoice[: chance.randrange(1, len(invoice) - 20)], "xml_malformed|unknown_format")
    yield File("a prefix nobody declared", inside(invoice, b"<zzz:a/>"), "xml_malformed")
    yield File("processing instruction", inside(invoice, b"<?php system('id'); ?>"))
    yield File("text of many parts", inside(invoice, b"<cbc:Note>" + b"&#65;" * many + b"</cbc:Note>"))
    yield File("character data", inside(invoice, b"<cbc:Note><![CDATA[" + b"<a>" * many + b"]]></cbc:Note>"))
    yield File(
        "a style sheet", b'<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1:9/"?><a/>', "unknown_format"
    )
    yield File("a namespace of another kind", invoice.replace(b"Invoice-2", b"Invoice-3"), "unknown_format")
    yield File("no supplier", invoice.replace(b"AccountingSupplierParty", b"SellerSupplierParty"), "supplier_missing")
    yield File("endless number", make_cii("9" * chance.randrange(101, 5_000)), "invoice_number_missing")


def _attributes(count: int, prefix: bytes = b"") -> bytes:
    return b" ".join(b'%sa%d="u"' % (prefix, number) for number in range(count))


def _encodings(invoice: bytes) -> Iterator[File]:
    text = invoice.decode()
    yield File("UTF-7", invoice.replace(b"UTF-8", b"UTF-7"), "xml_malformed")
    yield File("EBCDIC", text.replace("UTF-8", "cp500").encode("cp500"), "unknown_format")
    yield File("UTF-32", text.replace("UTF-8", "UTF-32").encode("utf-32"), "unknown_format|xml_malformed")
    yield File("UTF-16 that says UTF-8", text.encode("utf-16"), "xml_malformed")
    yield File("bytes that are no UTF-8", inside(invoice, b"<cbc:Note>\xc3\x28</cbc:Note>"), "xml_malformed")
    yield File("over-long UTF-8", inside(invoice, b"<cbc:Note>\xc0\xbc</cbc:Note>"), "xml_malformed")
    yield File("a surrogate", inside(invoice, b"<cbc:Note>\xed\xa0\x80</cbc:Note>"), "xml_malformed")
    yield File("NUL", inside(invoice, b"<cbc:Note>\0</cbc:Note>"), "xml_malformed")
    yield File("a reference to NUL", inside(invoice, b"<cbc:Note>&#0;</cbc:Note>"), "xml_malformed")
