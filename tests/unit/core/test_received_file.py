"""What a downloaded file is, and what it may be called, told from its first bytes and its numbers."""

import pytest

from service.core.received_file import file_name, media_type


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7", ("application/pdf", "F-1.pdf")),
        (b"PK\x03\x04", ("application/zip", "F-1.zip")),
        (b"PK\x05\x06", ("application/zip", "F-1.zip")),
        (b"\x1f\x8b\x08", ("application/gzip", "F-1.gz")),
        (b"<?xml version='1.0'?>", ("application/xml", "F-1.xml")),
        (b"\xef\xbb\xbf<a/>", ("application/xml", "F-1.xml")),
        (b"", ("application/octet-stream", "F-1.bin")),
        (b"%PD", ("application/octet-stream", "F-1.bin")),
    ],
)
def test_should_tell_a_file_by_its_beginning(content: bytes, expected: tuple[str, str]) -> None:
    """Media type and ending agree; what is not recognised is only bytes."""
    assert (media_type(content), file_name(content, ["F-1"])) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["F 2026/1"], "F_2026_1.pdf"),
        (["../../etc/passwd"], "etc_passwd.pdf"),
        (["..."], "invoice.pdf"),
        (["é"], "invoice.pdf"),
        (["F-1", "F-2", "F-3"], "F-1-and-2-more.pdf"),
        (["x" * 300], f"{'x' * 100}.pdf"),
    ],
)
def test_should_name_a_file_for_any_disk(numbers: list[str], expected: str) -> None:
    """No number leads out of a folder, hides a file or is too long for one."""
    assert file_name(b"%PDF-", numbers) == expected
