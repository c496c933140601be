"""What the State shows of an invoice that was suspended tells whose supplement it has, or leaves it open."""

from __future__ import annotations

import pytest

from service.core.supplemented import Line, is_ours


@pytest.mark.parametrize(
    ("is_suppliers", "shown", "has_files", "comment", "expected"),
    [
        # Files decide, whatever else is shown.
        (False, None, True, "Voici.", True),
        (True, "Voici.", False, "Voici.", False),
        # Else the comment does.
        (False, " Voici\n la  suite. ", None, "Voici la suite.", True),
        (True, "Autre chose.", None, "Voici.", False),
        # Else a status that is the supplier's alone.
        (True, None, None, "Voici.", True),
        (True, None, None, None, True),
        (True, "Autre chose.", None, None, True),
        (False, None, None, "Voici.", False),
        (False, None, None, None, False),
    ],
)
def test_should_go_by_what_is_shown(
    shown: str | None, comment: str | None, *, is_suppliers: bool, has_files: bool | None, expected: bool
) -> None:
    """What is not shown can neither agree nor disagree."""
    assert is_ours([Line(is_suppliers=is_suppliers, comment=shown)], has_files=has_files, comment=comment) is expected


def test_should_find_ours_among_several() -> None:
    """Completed by somebody, suspended again, completed by us."""
    lines = [Line(is_suppliers=True, comment="Autre chose."), Line(is_suppliers=True, comment="Voici.")]

    assert is_ours(lines, has_files=None, comment="Voici.")
