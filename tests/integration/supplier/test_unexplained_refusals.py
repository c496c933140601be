"""A submission that the State refused is refused, whether or not anything more can be learnt about it."""

from __future__ import annotations

from service.sandbox.simulator import Rule, Simulator
from tests.builders import new_number
from tests.support.counter import Counter
from tests.support.supplier import SUBMIT, submission


async def test_should_believe_a_first_refusal_although_nothing_can_be_looked_up(
    counter: Counter, simulator: Simulator
) -> None:
    """What its number stands for would explain the refusal; that it cannot be seen makes no doubt of a clear answer."""
    number = new_number()
    simulator.world.chorus_pro.rules.add(Rule.model_validate({"number": number, "outcome": "refused", "text": "Non."}))
    counter.fault("gateway_timeout_before", "rechercherFactureParFournisseur", count=3)
    answer = await counter.answer(submission(number))

    assert (answer["ended"], answer["reason"]) == ("invoice.submission.refused.v1", "upstream_refused")
    assert counter.calls(SUBMIT) == ["none"]
