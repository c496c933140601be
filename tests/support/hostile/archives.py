"""Archives made to hurt: bombs, paths that lead out, entries that are no files, ends that are no ends."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from service.sandbox.samples import make_archive, make_ubl
from tests.support.hostile.files import File
from tests.support.hostile.xml import lines

_PATHS = (
    "../a.xml",
    "a/../../b.xml",
    "/etc/cron.d/a",
    "..\\a.xml",
    "C:a.xml",
    "a\\b.xml",
    "./../a.xml",
    "a/..",
    "\u202elmx.a",
)
_SPECIAL = (
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
    b"S",
    b"V",
    b"M",
    b"Z",
)


def all_archives(chance: random.Random, canary: bytes = b"") -> Iterator[File]:
    """Each trick once, small when compressed; `canary` is in the members' content."""
    invoice = make_ubl(f"F-{chance.randrange(10**9)}").replace(b"Valclair", canary or b"Valclair")
    yield from _bombs(chance, invoice)
    yield from _paths(invoice)
    yield from _headers(chance, invoice)
    yield from _ends(chance, invoice)


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, target: str = "") -> bytes:
    """The block that stands before a file."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, target
    return info.tobuf(tarfile.GNU_FORMAT)


def entry(name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A file as it stands in a tar."""
    return header(name, kind, len(content)) + content + b"\0" * (-len(content) % 512)


def tar_gz(*entries: bytes, end: bytes = b"\0" * 1024) -> bytes:
    """A tar.gz of such entries."""
    return gzip.compress(b"".join(entries) + end, 6, mtime=0)


def endless_header(records: int) -> bytes:
    """An archive of one extended header with so many records: quadratic for who copies what is left of it each time."""
    return tar_gz(entry("x", b"6 a=b\n" * records, tarfile.XHDTYPE), entry("a.xml", b"<a/>"))


def long_lines(files: int, elements: int) -> bytes:
    """Invoices with so many empty elements each: some kilobytes that take long to read."""
    return make_archive([(f"{n}.xml", lines(f"F-{n}", elements)) for n in range(files)])


def _bombs(chance: random.Random, invoice: bytes) -> Iterator[File]:
    zeros = b"\0" * chance.randrange(30_000_001, 34_000_000)
    yield File("a gzip bomb", gzip.compress(zeros, 1), "archive_unsafe")
    yield File("a member of another size", tar_gz(header("a.xml", size=2**33), b"x"), "archive_malformed")
    yield File("gz of gz", gzip.compress(gzip.compress(make_archive([("a.xml", invoice)]))), "archive_malformed")
    yield File("an archive inside", tar_gz(entry("a.tar.gz", make_archive([("a.xml", invoice)]))), "archive_unsafe")
    yield File("a bomb inside", tar_gz(entry("a.gz", gzip.compress(b"\0" * 1_000_000))), "archive_unsafe")
    yield File("many empty streams", gzip.compress(b"", mtime=0) * chance.randrange(2_000, 20_000), "archive_empty")
    yield File("an endless header", endless_header(chance.randrange(20_000, 400_000)), "archive_unsafe")
    yield File("too many entries", tar_gz(header("d/", tarfile.DIRTYPE) * 2_100), "archive_unsafe")
    yield File("too many files", tar_gz(*(header(f"{n}.xml") for n in range(501))), "archive_unsafe")
    yield File("a zip", _zip(invoice), "unknown_format")
    yield File("zlib without gzip", zlib.compress(invoice), "unknown_format")


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../a.xml", content)
        archive.writestr("bomb.xml", b"\0" * 1_000_000)
    return packed.getvalue()


def _paths(invoice: bytes) -> Iterator[File]:
    for path in _PATHS:
        yield File(f"path {path!a}", tar_gz(entry(path, invoice)), "archive_unsafe")
    for kind in _SPECIAL:
        special = header("a.xml", kind, target="/etc/passwd")
        yield File(
            f"entry of kind {kind!a}", tar_gz(special, entry("b.xml", invoice)), "archive_unsafe|archive_malformed"
        )
    for other in ("a.xml", "./a.xml", "A.XML", ".//a.xml"):
        yield File(f"twice, as {other}", tar_gz(entry("a.xml", invoice), entry(other, invoice)), "archive_unsafe")


def _headers(chance: random.Random, invoice: bytes) -> Iterator[File]:
    records = {
        "a size": b"13 size=-512\n",
        "a link": b"22 linkpath=/etc/x\n\n\n\n",
        "a sparse file": b"22 GNU.sparse.major=1\n",
        "a length beyond": b"99999 path=a\n",
        "no length": b"path=a\n",
        "a length of nothing": b"2 \n",
        "a path that leads out": b"18 path=../a.xml\n\n",
    }
    for name, record in records.items():
        content = tar_gz(entry("x", record, tarfile.XHDTYPE), entry("a.xml", invoice))
        yield File(f"an extended header with {name}", content, "archive_unsafe|archive_malformed|")
    long = ("d/" * chance.randrange(60, 2_000) + "../" * 3_000 + "a.xml").encode()
    yield File(
        "a long name that leads out",
        tar_gz(entry("x", long, tarfile.GNUTYPE_LONGNAME), entry("a", invoice)),
        "archive_unsafe",
    )
    block = bytearray(header("a.xml", size=len(invoice)))
    block[chance.randrange(512)] ^= 1 << chance.randrange(8)
    yield File("one bit of a header", tar_gz(bytes(block), invoice, b"\0" * (-len(invoice) % 512)), "archive_malformed")


def _ends(chance: random.Random, invoice: bytes) -> Iterator[File]:
    sound = make_archive([("a.xml", invoice)])
    yield File("cut", sound[: chance.randrange(3, len(sound) - 9)], "archive_malformed")
    yield File(
        "something after the end",
        tar_gz(entry("a.xml", invoice), b"\0" * 512, entry("b.xml", invoice)),
        "archive_unsafe",
    )
    yield File("something after the compression", sound + b"<Invoice/>", "archive_malformed")
    yield File("no end", tar_gz(entry("a.xml", b"<a/>"), end=b""), "unknown_format")
    yield File("only folders", tar_gz(header("d/", tarfile.DIRTYPE)), "archive_empty")
    yield File("an empty member", tar_gz(header("a.xml")), "file_empty")
