"""Every write about a tender can tell what was odd about its request."""

from __future__ import annotations

import pytest

from contracts.families import Family
from contracts.registry import FAMILIES
from contracts.results import Warned

pytestmark = pytest.mark.contract
WRITES = [family for family in FAMILIES if family.name.startswith("tender.") and family.is_write]


@pytest.mark.parametrize("family", WRITES, ids=lambda family: family.name)
def test_should_have_a_place_for_warnings(family: Family) -> None:
    """A result without one would let an identifier pass that cannot be right, and say nothing."""
    assert issubclass(family.answer, Warned)
    assert issubclass(family.refused, Warned)


def test_should_leave_warnings_out_when_there_are_none() -> None:
    """Readers of results need not know the field."""
    (answer,) = {family.answer for family in WRITES if family.name == "tender.dume.draft"}

    assert "warnings" not in answer.model_json_schema(mode="serialization")["required"]
    assert answer.model_fields["warnings"].default == ()
