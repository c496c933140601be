"""A person is asked for each reason there is, and each of these questions ends in one terminal result."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.core.entry import State
from service.core.question import QUESTION
from service.ledger import open_ledger
from service.sandbox.broker import Broker
from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Fault, Rule
from tests.builders import deposit, deposit_of, new_number
from tests.support import command
from tests.support.bus import Json
from tests.support.scene import Scene
from tests.support.until import until
from tests.support.worker import SECRETS

NOBODYS = "99988877700016"
"""A supplier that no account may see."""

ACCOUNTS = ("main", "branch")
WORDS = ("cannot see", "branch", "nothing")
"""By which the three reasons are known."""


@pytest.fixture
async def scene(broker: Broker, tmp_path: Path) -> AsyncIterator[Scene]:
    """A scene with a worker of two accounts."""
    file = tmp_path / "accounts.json"
    _write(file, *ACCOUNTS)
    without = dict.fromkeys(("RELAY_CHORUS_PRO__LOGIN", "RELAY_CHORUS_PRO__PASSWORD"), "")
    variables = {**without, "RELAY_ACCOUNTS": str(file), "RELAY_DOUBT__LOOKS": "4"}
    async with Scene(broker, tmp_path, variables=variables) as ready:
        await ready.start_worker()
        yield ready


async def test_should_ask_and_go_on_for_every_reason(scene: Scene) -> None:
    """An invisible supplier, a flow lost twice, an account that is gone: each asked, decided, and done once."""
    hidden, gone, lost = _of_nobody(), deposit(new_number(), account="branch"), deposit(new_number(), account="main")
    for event in (hidden, gone):
        _not_done(scene, event)
    scene.simulator.world.chorus_pro.rules.add(Rule(number=_number(lost), outcome="incident", count=2))
    ids = await scene.publish_all(hidden, gone, lost)
    await scene.audit.called("deposerFluxFacture", times=3)
    accounts = scene.folder / "accounts.json"
    _write(accounts, "main")
    reasons = [await _why(scene, id) for id in ids]
    without_end = scene.audit.without_end(ids)
    _write(accounts, *ACCOUNTS)
    codes = [await _decide(scene, id) for id in ids]
    await scene.audit.ended(ids)
    ends = [(await scene.bus.terminal(id))["type"] for id in ids]

    assert [
        word for word, why in zip(("cannot see", "branch", "nothing"), reasons, strict=True) if word not in why
    ] == []
    assert (without_end, codes, ends) == (ids, [0] * 3, ["invoice.deposit.done.v1"] * 3)
    assert scene.audit.complaints_in_full(ids) == []
    assert await scene.audit.quiet() == {}


def _of_nobody() -> Json:
    number = new_number()
    return deposit_of(f"{number}.xml", make_ubl(number, supplier=NOBODYS), account="main")


def _number(event: Json) -> str:
    return str(event["data"]["file"]["name"]).removesuffix(".xml")


def _not_done(scene: Scene, event: Json) -> None:
    """The first deposit is lost on its way."""
    world, name = scene.simulator.world, event["data"]["file"]["name"]
    world.faults.add(Fault(operation="deposerFluxFacture", kind="reset_before", count=1, contains=name), world.clock())


async def _why(scene: Scene, id: str) -> str:
    """Why a person is asked about a request, once the question is among the dead letters."""

    async def asked() -> str | None:
        async with open_ledger(scene.environment()["RELAY_LEDGER__URL"], lease=60.0) as ledger:
            found = await ledger.find(id)
        question = found[0].notes.get(QUESTION) if found and found[0].state is State.HELD else None
        return str(question["why"]) if isinstance(question, dict) else None

    return await until(asked, f"a question about {id}")


async def _decide(scene: Scene, id: str) -> int:
    return (await command.run("doubt", "decide", id, "not-sent", environment=scene.environment())).code


def _write(file: Path, *names: str) -> None:
    access = {"login": SECRETS["RELAY_CHORUS_PRO__LOGIN"], "password": SECRETS["RELAY_CHORUS_PRO__PASSWORD"]}
    file.write_text(json.dumps({name: {"chorus_pro": access} for name in names}))
