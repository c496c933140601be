"""What a command prints holds no secret, whoever prints it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer

from service.observability.output import MaskedOutput
from service.observability.secrets import MASK, Secrets

CANARY = "canary-51d0e7"


@contextmanager
def masked_output() -> Iterator[io.StringIO]:
    """What comes out behind a masked standard output."""
    secrets, behind, before = Secrets(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), sys.stdout
    secrets.register(CANARY)
    seen = io.StringIO()
    behind.write = seen.write  # type: ignore[method-assign]  # a stream with an encoding, read without a file
    sys.stdout = MaskedOutput(behind, secrets)
    try:
        yield seen
    finally:
        sys.stdout = before


def test_should_mask_what_is_printed() -> None:
    """By print and by the library of the commands alike."""
    with masked_output() as out:
        sys.stdout.write(f"one {CANARY}\n")
        typer.echo(f"two {CANARY} é")

    assert out.getvalue() == f"one {MASK}\ntwo {MASK} é\n"


def test_should_take_text_only() -> None:
    """Bytes would go around the mask."""
    with masked_output() as out:
        has_bytes = hasattr(sys.stdout, "buffer")
        with pytest.raises(TypeError):
            sys.stdout.write(CANARY.encode())  # type: ignore[arg-type]  # the mistake this is about

    assert (out.getvalue(), has_bytes) == ("", False)
