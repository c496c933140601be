"""Half a character in an answer of the State does no harm further on."""

from __future__ import annotations

import pytest

from service.core.errors import CallFacts
from service.upstream.interpret import interpret, read_chorus_pro
from service.upstream.operation import Refusal
from service.upstream.transport import HttpAnswer

pytestmark = pytest.mark.unit

FACTS = CallFacts(upstream="chorus-pro", operation="deposerFluxFacture")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\ud83d", "\ufffd"),
        (r"\udc00!", "\ufffd!"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\\ud83d", r"\ud83d"),
    ],
)
def test_should_read_half_a_character_as_none(written: str, read: str) -> None:
    """Half of a character in the State's words could be written neither into the ledger nor into a result."""
    body = f'{{"codeRetour": 1, "libelle": "Rejet {written}"}}'.encode()
    refusal = interpret(FACTS, HttpAnswer(status=200, headers={}, body=body), read_chorus_pro, None)

    assert isinstance(refusal, Refusal)
    assert refusal.text == f"Rejet {read}"
