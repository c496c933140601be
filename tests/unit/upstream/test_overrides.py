"""What an operator has changed is told beside what is packaged, each with how sure it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.upstream.overrides import overrides

pytestmark = pytest.mark.unit


def told(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(one) for one in overrides(file)]


def test_should_tell_each_change_with_how_sure_it_is(tmp_path: Path) -> None:
    """Sorted by entry; how sure a plain value is nobody has said."""
    text = """
version: 1
dume:
  states: {05: {value: replaced, confidence: official}}
  fields: {dume_id: identifiant, buyer_id: {value: siret, confidence: client}}
  left_out: []
"""

    assert told(tmp_path, text) == [
        "dume.fields.buyer_id is siret (client) in place of idAcheteur (inferred)",
        "dume.fields.dume_id is identifiant (how sure is not said) in place of idDume (official)",
        "dume.left_out is nothing (how sure is not said) in place of cpv, bids_due (inferred)",
        "dume.states.05 is replaced (official), which is not packaged",
    ]


@pytest.mark.parametrize("text", ["", "version: 1", "dume: {fields: {buyer_id: idAcheteur}}"])
def test_should_tell_nothing_where_nothing_differs(tmp_path: Path, text: str) -> None:
    """A value that is confirmed is no change."""
    assert told(tmp_path, text) == []
