"""How answers of DUME are wrapped, and which of their messages refuse, is for the mapping to say."""

from __future__ import annotations

import pytest

from service.core.errors import CallFacts
from service.upstream.interpret import read_dume
from service.upstream.mapping import load_mapping
from service.upstream.operation import Refusal
from service.upstream.reply_names import SEEN

pytestmark = pytest.mark.unit
FACTS = CallFacts(upstream="dume", operation="creerDumeSimple")


def test_should_package_what_was_seen() -> None:
    """The names in the code are those of the packaged mapping."""
    assert load_mapping().dume.replies == SEEN


def test_should_read_refusals_as_the_mapping_writes_them() -> None:
    """Should DUME turn out to wrap its answers in another way, no refusal has to pass for success until a release."""
    names = SEEN.model_copy(update={"messages": "anomalies", "refusing": frozenset({"Bloquante"})})
    response: dict[str, object] = {"anomalies": [{"type": "BLOQUANTE", "code": "X-1", "message": "Non."}]}
    refused = read_dume(FACTS, {"response": response}, names)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.text) == ("X-1", "Non.")
    assert read_dume(FACTS, {"response": response}) == response
