"""Archives: plain files pass, tricks are refused, nothing is written."""

from __future__ import annotations

import gzip
import tarfile
from io import BytesIO

import pytest

from service.core.documents import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_MEMBERS, DocumentInvalid, DocumentProblem
from service.core.documents.archive import members
from service.sandbox.samples import make_archive

pytestmark = pytest.mark.unit


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0, **more: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, size
    for key, value in more.items():
        setattr(info, key, value)
    return info


def tar(*entries: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for info in entries:
            archive.addfile(info, BytesIO(b"x" * info.size))
    return gzip.compress(file.getvalue())


def with_size(size: bytes) -> bytes:
    """An archive whose header claims another size than its file has, with a correct checksum."""
    block = bytearray(entry("a.xml", size=1).tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return gzip.compress(bytes(block) + b"\0" * 1024)


GOOD = make_archive([("a.xml", b"<a/>")])
UNSAFE = {
    "parent folder": tar(entry("../a.xml")),
    "parent folder inside": tar(entry("a/../../b.xml")),
    "absolute": tar(entry("/etc/a.xml")),
    "Windows path": tar(entry("a\\b.xml")),
    "drive": tar(entry("C:a.xml")),
    "control character": tar(entry("a\n.xml")),
    "name that is not UTF-8": tar(entry("a\udcff.xml"), form=tarfile.GNU_FORMAT),
    "symbolic link": tar(entry("a.xml", tarfile.SYMTYPE, "/etc/hostname")),
    "hard link": tar(entry("a.xml", tarfile.LNKTYPE, "b.xml")),
    "device": tar(entry("a.xml", tarfile.CHRTYPE)),
    "pipe": tar(entry("a.xml", tarfile.FIFOTYPE)),
    "sparse": tar(entry("a.xml", pax_headers={"GNU.sparse.major": "1"})),
    "size in an extended header": tar(entry("a.xml", pax_headers={"size": "-512"})),
    "one name twice": make_archive([("a.xml", b"1"), ("a.xml", b"2")]),
    "too many files": make_archive([(f"{n}.xml", b"x") for n in range(MAX_ARCHIVE_MEMBERS + 1)]),
    "too many folders": tar(*(entry(f"{n}", tarfile.DIRTYPE) for n in range(5 * MAX_ARCHIVE_MEMBERS))),
    "gzip bomb": gzip.compress(b"\0" * (MAX_ARCHIVE_BYTES + 1)),
    "long name that leads out": tar(entry("a/" * 200 + "../" * 210 + "b.xml"), form=tarfile.GNU_FORMAT),
}
MALFORMED = {
    "cut": GOOD[:-10],
    "wrong checksum": GOOD[:-8] + b"\0" * 8,
    "trailing junk": GOOD + b"junk",
    "gzip of something else": gzip.compress(b"<Invoice/>" * 100),
    "only the signature": b"\x1f\x8b",
    "file longer than the archive": with_size(b"00077777777\0"),
    "negative size": with_size(b"\xff" * 10 + b"\xfe\x00"),
}


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE.keys())
def test_should_refuse_an_unsafe_archive(content: bytes) -> None:
    """Links, devices, paths that lead out, repeated names and bombs are refused whole."""
    with pytest.raises(DocumentInvalid) as raised:
        members(content)

    assert raised.value.reason == DocumentProblem.ARCHIVE_UNSAFE


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_should_refuse_a_malformed_archive(content: bytes) -> None:
    """A damaged archive yields no file at all."""
    with pytest.raises(DocumentInvalid) as raised:
        members(content)

    assert raised.value.reason == DocumentProblem.ARCHIVE_MALFORMED


@pytest.mark.parametrize(
    "content",
    [make_archive([]), tar(entry("folder", tarfile.DIRTYPE))],
    ids=["no member", "a folder"],
)
def test_should_refuse_an_archive_without_files(content: bytes) -> None:
    """Folders alone are nothing to send."""
    with pytest.raises(DocumentInvalid) as raised:
        members(content)

    assert raised.value.reason == DocumentProblem.ARCHIVE_EMPTY


def test_should_refuse_a_member_larger_than_a_file_may_be() -> None:
    """A file in an archive has the same bound as a file alone."""
    with pytest.raises(DocumentInvalid) as raised:
        members(make_archive([("a.xml", b"x" * 10_000_001)]))

    assert raised.value.reason == DocumentProblem.FILE_TOO_LARGE


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_should_list_files_of_every_tar_dialect(form: int) -> None:
    """Long names arrive whole in each dialect, and folders are left out."""
    name = "d/" * 60 + "f" * 60 + ".xml"
    content = tar(entry("./d", tarfile.DIRTYPE), entry(name, size=700), entry("./b.xml", size=3), form=form)

    assert [(member.name, len(member.content)) for member in members(content)] == [(name, 700), ("./b.xml", 3)]


def test_should_read_an_archive_compressed_in_several_parts() -> None:
    """Parallel compressors write several gzip members one after the other."""
    expanded = gzip.decompress(GOOD)

    parts = gzip.compress(expanded[:300]) + gzip.compress(expanded[300:])

    assert [member.name for member in members(parts)] == ["a.xml"]
