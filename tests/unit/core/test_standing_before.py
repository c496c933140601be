"""Two histories of an invoice tell whether a decision about it was carried out between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.standing_before import BEFORE, Before, Since, without_earlier

HERE = ("DEPOSEE", "MISE_A_DISPOSITION")
WANTED = frozenset({"SUSPENDUE"})
BEFORE_IT = Before(
    chorus_pro_id=1,
    number="F-1",
    supplier_siret="99900012300018",
    recipient_siret=None,
    status_code="MISE_A_DISPOSITION",
    passed=HERE,
)


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (HERE, Since.NOTHING),
        (("MISE_A_DISPOSITION", "DEPOSEE"), Since.NOTHING),
        ((*HERE, "SUSPENDUE"), Since.OURS),
        ((*HERE, "SUSPENDUE", "COMPLETEE", "REJETEE"), Since.OURS),
        ((*HERE, "REJETEE"), Since.OTHER),
        ((*HERE, "MISE_A_DISPOSITION"), Since.OTHER),
        (("DEPOSEE",), Since.UNCLEAR),
        ((), Since.UNCLEAR),
        (("DEPOSEE", "SUSPENDUE"), Since.UNCLEAR),
    ],
)
def test_should_tell_what_was_added(passed: tuple[str, ...], expected: Since) -> None:
    """Only what is new counts, in whatever order; a history that lost a line is none to go by."""
    assert BEFORE_IT.since(passed, WANTED) is expected


def test_should_tell_a_second_suspension_from_the_first() -> None:
    """The status asked for is there already; only a second line of it is ours."""
    before = Before.of({BEFORE: {**BEFORE_IT.to_json(), "passed": [*HERE, "SUSPENDUE", "COMPLETEE"]}})
    passed = (*HERE, "SUSPENDUE", "COMPLETEE")

    assert before is not None
    assert [before.since(now, WANTED) for now in (passed, (*passed, "SUSPENDUE"))] == [Since.NOTHING, Since.OURS]


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (HERE, Since.NOTHING),
        ((*HERE, "SUSPENDUE"), Since.OURS),
        ((*HERE, "SUSPENDUE", "COMPLETEE"), Since.UNCLEAR),
        ((), Since.UNCLEAR),
    ],
)
def test_should_say_only_what_is_certain_without_an_earlier_history(passed: tuple[str, ...], expected: Since) -> None:
    """It is as wanted, it never was, or nobody knows by whom it was."""
    assert without_earlier(passed, passed[-1] if passed else "", WANTED) is expected


def test_should_not_go_by_a_history_it_could_not_read() -> None:
    """Whatever is there now may have been there before."""
    assert replace(BEFORE_IT, passed=()).since((*HERE, "SUSPENDUE"), WANTED) is Since.UNCLEAR


def test_should_be_kept_as_json() -> None:
    """What the ledger keeps is read back as it was; notes without it give nothing."""
    assert (Before.of({BEFORE: BEFORE_IT.to_json()}), Before.of({})) == (BEFORE_IT, None)
