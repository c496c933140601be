"""Probes and scrapers get their answers over HTTP from the running server."""

import asyncio
from collections.abc import Mapping

import aiohttp
import pytest

from service.health import Check, HealthServer
from service.observability.metrics import Metrics


async def yes() -> bool:
    """A condition that holds."""
    return True


async def no() -> bool:
    """A condition that does not."""
    return False


async def broken() -> bool:
    """A condition that cannot be found out."""
    raise RuntimeError("no idea")


async def endless() -> bool:
    """A condition that is never found out."""
    await asyncio.Event().wait()
    return True


async def ask(path: str, checks: Mapping[str, Check]) -> tuple[int, str]:
    """Status and body the server answers with."""
    async with (
        HealthServer(host="127.0.0.1", port=0, checks=checks, metrics=Metrics().render) as server,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{server.port}{path}") as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("checks", "status"),
    [
        ({"broker_consumed": yes, "ledger_usable": yes}, 200),
        ({"broker_consumed": yes, "ledger_usable": no}, 503),
        ({"broker_consumed": broken, "ledger_usable": yes}, 503),
        ({"broker_consumed": yes, "ledger_usable": endless}, 503),
    ],
)
async def test_should_be_ready_only_when_every_condition_holds(checks: Mapping[str, Check], status: int) -> None:
    """A condition that fails, breaks or hangs makes the worker unready."""
    assert (await ask("/readyz", checks))[0] == status


async def test_should_name_the_condition_that_does_not_hold() -> None:
    """Whoever looks sees why."""
    _, body = await ask("/readyz", {"broker_consumed": no, "ledger_usable": yes})

    assert '"broker_consumed": false' in body
    assert '"ledger_usable": true' in body


async def test_should_be_alive_while_the_event_loop_turns_even_when_not_ready() -> None:
    """A worker without its broker is not restarted for that."""
    status, body = await ask("/healthz", {"broker_consumed": no})

    assert (status, '"alive": true' in body) == (200, True)


async def test_should_hand_its_metrics_to_a_scraper() -> None:
    """In the text form, with its content type."""
    status, body = await ask("/metrics", {})

    assert (status, "piste_relay_gate_open" in body) == (200, True)


async def test_should_say_that_its_port_is_taken() -> None:
    """The second server on a port fails at once, and the first one goes on."""
    async with HealthServer(host="127.0.0.1", port=0, checks={}, metrics=bytes) as first:
        second = HealthServer(host="127.0.0.1", port=first.port, checks={}, metrics=bytes)
        with pytest.raises(OSError, match="in use"):
            await second.__aenter__()
