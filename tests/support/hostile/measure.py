"""Reads the heaviest inputs there are in a process of little memory, and prints what each took."""

from __future__ import annotations

import base64
import gzip
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time

from pydantic import ValidationError

from contracts.envelope import EnvelopeInvalid, receive
from contracts.events import InvoiceDepositRequested, TenderDumeDraftRequested, data_invalid
from service.core.documents import DocumentInvalid, read
from service.core.espd import consultation_of
from service.sandbox.samples import make_archive, make_ubl
from tests.support.hostile import archives, pdf, xml

MEMORY = 900_000_000
"""Bytes of address space; the interpreter and its libraries take a part of it before anything is read."""

HEAD = b'{"specversion":"1.0","id":"h","source":"/h","type":"invoice.deposit.requested.v1","data":'
FACE = "\U0001f600".encode()  # one of them makes each character of a text four bytes


def files() -> Iterator[tuple[str, bytes]]:
    """Files of the largest size that is taken, and small ones that grow."""
    ubl = make_ubl("F-1")
    wide = b"".join(b"<a b='%d'/>" % number for number in range(480_000))
    yield "elements", ubl.replace(b"<cac:Item>", b"<cac:Item>" + wide, 1)
    yield "attributes", xml.inside(ubl, b"<a " + b" ".join(b'a%d=""' % number for number in range(700_000)) + b"/>")
    yield "text", xml.inside(ubl, b"<cbc:Note>" + FACE + b"a\n" * 4_800_000 + b"</cbc:Note>")
    yield "elements in an archive", archives.long_lines(7, 900_000)
    yield (
        "an archive of 30 MB",
        make_archive([(f"{n}.xml", xml.inside(ubl, b"<!-- x -->" * 900_000)) for n in range(3)]),
    )
    yield "an endless header", archives.endless_header(4_000_000)
    yield "streams", gzip.compress(b"", mtime=0) * 490_000
    yield "overlapping objects", pdf.overlapping(6_000, 500_000)
    yield "missing objects", pdf.missing(900, 9_000_000)
    yield "blanks", pdf.plain({1: b" " * 9_000_000 + b"<<>>"})
    yield "a table", b"%PDF-1.7\nxref\n0 450000\n" + b"0000000009 00000 n \n" * 450_000 + b"startxref\n9\n%%EOF\n"
    yield "strings", pdf.embedding(pdf.stream(b"", b"87cUR" * 1_800_000, b"/ASCII85Decode"))
    yield "an inflating stream", pdf.embedding(pdf.stream(b"", b"a" * 9_999_000))
    predicted = pdf.stream(b"/DecodeParms<</Predictor 15/Columns 4>>", b"\2abcd" * 1_900_000)
    yield "a predictor", make_archive([(f"{n}.pdf", pdf.embedding(predicted)) for n in range(100)])


def bodies() -> Iterator[tuple[str, bytes]]:
    """Messages of the largest size that is looked into, and small ones that grow."""
    yield "objects", HEAD + b"[" + b",".join(b'{"a%d":1}' % number for number in range(400_000)) + b"]}"
    yield "allowed objects", HEAD + b"[" + b",".join(b'{"a%d":1}' % number for number in range(99_000)) + b"]}"
    yield "a text", HEAD + b'"' + FACE + b"a" * 19_000_000 + b'"}'
    yield "a text too long", HEAD + b'"' + FACE + b"a" * 39_000_000 + b'"}'
    yield "escapes", HEAD + b'"' + b"\\ud83d\\ude00" * 1_600_000 + b'"}'
    yield "commas in a text", HEAD + b'"' + b"," * 19_000_000 + b'"}'
    inner = base64.b64encode(b'{"x":"' + FACE + b"a" * 14_000_000 + b'"}')
    yield "base64", HEAD.replace(b',"data":', b',"data_base64":') + b'"' + inner + b'"}'
    yield "depth", HEAD + b"[" * 9_000_000 + b"]" * 9_000_000 + b"}"
    yield "digits", HEAD + b"1" * 19_000_000 + b"}"
    yield "nearly JSON", HEAD + b"[" + b"NaN," * 190_000 + b"NaN]}"


def requests() -> Iterator[tuple[str, Callable[[], object]]]:
    """Data that is JSON and no request."""
    many = 95_000
    wrong: dict[str, dict[str, object]] = {
        "lots": {"lots": [{"number": {}}] * many},
        "codes": {"cpv": ["x"] * many},
        "a title": {"title": "a\u0301\U0001f600 " * 4_000_000},
    }
    for name, consultation in wrong.items():
        yield name, lambda: TenderDumeDraftRequested.model_validate({"consultation": {"id": "x", **consultation}})  # noqa: B023 - called at once
    content = {"name": "x", "content": "QUJD\n" * 3_000_000}
    yield "wrapped base64", lambda: InvoiceDepositRequested.model_validate({"file": content, "expect": 5})
    spaced = {"name": "x", "content": "QU JD " * 3_000_000}
    yield "blanks in base64", lambda: InvoiceDepositRequested.model_validate({"file": spaced, "expect": 5})
    yield (
        "a DUME",
        lambda: consultation_of(
            b"<QualificationApplicationRequest>" + b"<a/>" * 2_000_000 + b"</QualificationApplicationRequest>"
        ),
    )


def main() -> None:
    """Print one line of JSON per input: what it was, the seconds of its thread, and the most memory so far."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for name, content in files():
        _measure(f"file: {name}", lambda: read(content))  # noqa: B023 - called at once
    for name, body in bodies():
        _measure(f"body: {name}", lambda: receive(body, None, {}))  # noqa: B023 - called at once
    for name, work in requests():
        _measure(f"data: {name}", work)


def _measure(name: str, work: Callable[[], object]) -> None:
    began, ended = thread_time(), "read"
    try:
        work()
    except (DocumentInvalid, EnvelopeInvalid) as error:
        ended = error.detail
    except ValidationError as error:
        ended = data_invalid(error)
    # Not ru_maxrss: that one begins with what the parent had.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    sys.stdout.write(
        json.dumps({"name": name, "seconds": thread_time() - began, "peak": peak, "ended": ended}) + os.linesep
    )


if __name__ == "__main__":
    main()
