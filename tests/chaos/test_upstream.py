"""The State fails: it loses answers, works late, answers nonsense, takes tokens back, opens and closes."""

from __future__ import annotations

import pytest

from service.sandbox.simulator import Fault
from tests.chaos.asked import Asked
from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.scene import Chaos
from tests.chaos.steps import fail, faults, repeat, revoke_tokens, wait
from tests.chaos.verdict import Expected

LATE = 4.4  # seconds: longer than the relay waits for an answer, so the work is done behind its back
OUTLASTS = {"RELAY_DOUBT__WAIT": "3"}
"""So that the looks outlast it, even after a call that waited for its place and was given up the sooner."""
HEALTH = "healthCheck"
UNREADABLE = (b"not json", b"[]", b'{"specversion": "1.0"}')


async def test_should_survive_a_state_that_fails_at_every_fifth_call(open_chaos: OpenChaos, form: Form) -> None:
    """Answers lost, work done late, errors of the gateway, pages, half answers: each call may meet one."""
    chaos = await open_chaos(ledger="sqlite", variables=OUTLASTS)
    kinds = ("500", "502", "503", "504", "throttle", "html_200", "truncated", "lost_answer", "gateway_timeout_after")

    await chaos.survive(
        "State loses answers, fails, works late at 20 %",
        fail(
            *faults(0.16, *kinds, spare=(HEALTH, "token")),
            *faults(0.02, "timeout_after", spare=(HEALTH, "token")),
            *faults(0.02, "slow", spare=(HEALTH, "token"), params={"seconds": LATE}),
            seconds=form.of(8, 25),
        ),
        wait(1),
    )


@pytest.mark.full
async def test_should_survive_tokens_taken_back(open_chaos: OpenChaos) -> None:
    """Every token is revoked again and again, and some calls meet that in their middle."""
    chaos = await open_chaos(ledger="sqlite")

    await chaos.survive(
        "tokens revoked every two seconds",
        repeat(8, fail(*faults(0.05, "revoke_tokens", spare=("token",)), seconds=2), revoke_tokens()),
        wait(1),
    )


@pytest.mark.full
async def test_should_survive_a_green_health_check_while_calls_fail(open_chaos: OpenChaos) -> None:
    """The health check is content, deposits and DUMEs fail: their gates close, nothing is burnt, all is done later."""
    chaos = await open_chaos()
    broken = [
        Fault(operation=operation, kind="status", params={"status": 503, "body": "html"})
        for operation in ("deposerFluxFacture", "creerDumeSimple", "enregistrerDume", "enregistrerDE")
    ]

    await chaos.survive(
        "health check green while deposits fail", wait(2), fail(*broken, seconds=10), wait(3), fail(*broken, seconds=5)
    )


@pytest.mark.full
async def test_should_survive_flapping_gates(open_chaos: OpenChaos) -> None:
    """Both upstreams go and come back, together and apart."""
    chaos = await open_chaos(ledger="sqlite")
    invoices, tenders = (Fault(upstream=name, kind="maintenance") for name in ("chorus-pro", "dume"))

    await chaos.survive(
        "gates flapping: both APIs go and come back",
        repeat(
            4,
            fail(invoices, seconds=1.5),
            wait(1),
            fail(tenders, seconds=1.5),
            wait(1),
            fail(invoices, tenders, seconds=1.5),
        ),
    )


@pytest.mark.full
async def test_should_survive_poisonous_events(open_chaos: OpenChaos) -> None:
    """One invoice breaks the State each time, some events cannot be read at all: the others do not notice."""
    chaos = await open_chaos()
    poison = chaos.mixture.invoice("POISON")
    broken = poison.event | {"id": f"{poison.id}-broken", "data": {"file": {"name": "x.xml", "content": "bm8="}}}

    async def poisoned(_: Chaos) -> None:
        await chaos.stream.ask(poison, Asked(broken["id"], "x.xml", broken, frozenset({"refused", "failed"})))
        for body in UNREADABLE:
            await chaos.sender.raw(body, "invoice.deposit.requested.v1")

    breaking = Fault(
        operation="deposerFluxFacture", kind="status", contains=poison.key, params={"status": 503, "body": "html"}
    )

    await chaos.survive(
        "one poisonous event among good ones",
        poisoned,
        fail(breaking, seconds=15),
        expected=Expected(dead=len(UNREADABLE)),
    )
