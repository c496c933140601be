"""Files that go with an invoice are checked before anything is sent, each mistake with a reason of its own."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext

import pytest

from contracts.events import InvoiceFile
from service.core import attachments
from service.core.attachments import MAX_ATTACHMENT_BYTES, MAX_TOTAL_BYTES, Attached, check_pdf, checked
from service.core.errors import EventInvalid

LARGE = b"x" * MAX_ATTACHMENT_BYTES


def file(name: str = "a.pdf", content: bytes | None = b"%PDF-", **more: str) -> InvoiceFile:
    """A file as a request gives it; without content, by reference."""
    return InvoiceFile.model_construct(
        name=name, content=content, ref=None if content is not None else "s3://a", sha256=more.get("sha256")
    )


def reason_of(*files: InvoiceFile) -> str | None:
    """Why these files may not go along together; None when they may."""
    try:
        checked((f"data.attachments.{place}.file", one) for place, one in enumerate(files))
    except EventInvalid as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (file(), None),
        (file("A.PDF"), None),
        (file("table.XlSx", b"PK"), None),
        (file("n" * 46 + ".pdf"), None),
        (file("n" * 47 + ".pdf"), "attachment_name_unsuitable"),
        (file("nothing"), "attachment_name_unsuitable"),
        (file("nothing."), "attachment_name_unsuitable"),
        (file("run.exe"), "attachment_type_unsupported"),
        (file(content=b""), "file_empty"),
        (file(content=LARGE), None),
        (file(content=LARGE + b"x"), "attachment_too_large"),
        (file(content=None), "document_by_reference_unsupported"),
        (file(sha256=hashlib.sha256(b"%PDF-").hexdigest()), None),
        (file(sha256="0" * 64), "checksum_mismatch"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_should_check_each_file(given: InvoiceFile, reason: str | None) -> None:
    """Size, name, ending and checksum, at their very limits."""
    assert reason_of(given) == reason


def test_should_check_all_files_together() -> None:
    """Twelve of the largest fit, and not a byte more."""
    twelve = [file(content=LARGE)] * (MAX_TOTAL_BYTES // MAX_ATTACHMENT_BYTES)

    assert (reason_of(*twelve), reason_of(*twelve, file(content=b"x"))) == (None, "attachments_too_large")


def test_should_say_what_kind_of_file_it_is() -> None:
    """The ending, and what such a file is on the web."""
    (attached,) = checked([("data.file", file("note.Docx", b"PK"))])

    assert (attached.extension, attached.media_type.rpartition(".")[2]) == ("DOCX", "document")


@pytest.mark.parametrize(
    ("name", "content", "is_pdf"),
    [("F.pdf", b"%PDF-1.4", True), ("F.pdf", b"\n%PDF-1.7", True), ("F.pdf", b"PK", False), ("F.txt", b"%PDF-", False)],
)
def test_should_know_a_pdf_by_name_and_content(name: str, content: bytes, *, is_pdf: bool) -> None:
    """The invoice itself has to be one."""
    (attached,) = checked([("data.file", file(name, content))])
    with (
        nullcontext()
        if is_pdf
        else pytest.raises(EventInvalid, match=r"^attachment_type_unsupported: data\.file is no")
    ):
        check_pdf("data.file", attached)


def test_should_show_no_content() -> None:
    """A file shows its name of itself, and not what is in it."""
    attached = Attached(name="a.pdf", extension="PDF", media_type="application/pdf", content=b"secret")

    assert "secret" not in repr(attached)
    assert set(attachments.MEDIA_TYPES) == {name.upper() for name in attachments.MEDIA_TYPES}
