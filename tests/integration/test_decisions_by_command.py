"""A person decides about a held write, whoever else does so at the same moment, and as often as they like."""

import asyncio
from pathlib import Path

import pytest

from service.cli.deciding import Refused, Verdict, Wanted, decided
from service.core.entry import Entry, State
from service.core.replies import restore
from service.ledger import open_ledger
from tests.support import command
from tests.support.held import found, hold

DECIDED = [
    pytest.param(Verdict.SENT, {"flow_number": "CPP001"}, State.ANSWERED, id="sent"),
    pytest.param(Verdict.NOT_SENT, {}, State.CLAIMED, id="not-sent"),
    pytest.param(Verdict.GIVE_UP, {}, State.CLOSED, id="give-up"),
]

Numbers = dict[str, str]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a ledger of the test's own."""
    return f"sqlite:///{tmp_path}/ledger.db"


async def decide(
    url: str, verdict: Verdict, numbers: Numbers | None = None, *, id: str = "e-1", source: str | None = None
) -> tuple[Entry, bool]:
    """What becomes of a decision; each comes over a connection of its own, as from a command of its own."""
    wanted = Wanted(event_id=id, source=source, verdict=verdict, numbers=numbers or {}, profile="local")
    async with open_ledger(url, lease=60.0) as ledger:
        return await decided(ledger, wanted)


async def test_should_tell_a_person_all_it_takes(url: str) -> None:
    """What was asked, about what, when and how often it was sent, where to look, and what to run next."""
    await hold(url)
    listed = (await command.run("doubt", "list", environment={"RELAY_LEDGER__URL": url})).out
    expected = (
        "e-1  invoice.deposit.requested.v1  held (needs_person)",
        "account        default",
        "operation      deposerFluxFacture",
        "about          /erp F-1",
        "sends          1",
        "first sent     20",
        "why            Nobody knows.",
        "asked          deposit an invoice file",
        "look at        in the list of flows",
        "then run       piste-relay doubt decide e-1 sent --flow-number NUMBER --source /erp",
        "then run       piste-relay doubt decide e-1 not-sent --source /erp",
        "then run       piste-relay doubt decide e-1 give-up --source /erp",
        "1 held for a person, 0 being looked for.",
    )

    assert [line for line in expected if line not in listed] == []


@pytest.mark.parametrize(("verdict", "numbers", "state"), DECIDED)
async def test_should_take_a_decision_down_once(url: str, verdict: Verdict, numbers: Numbers, state: State) -> None:
    """The ledger then stands as if the upstream had said it; decided again in the same way, nothing changes."""
    await hold(url)
    entry, is_new = await decide(url, verdict, numbers)
    again, is_new_again = await decide(url, verdict, numbers)

    assert (entry.state, entry.fence, entry.answer) == (state, again.fence, again.answer)
    assert (is_new, is_new_again) == (True, False)


async def test_should_answer_a_request_a_person_gave_up_as_perhaps_sent(url: str) -> None:
    """The requester learns that the State may have the document."""
    await hold(url)
    await decide(url, Verdict.GIVE_UP)
    (result,) = restore((await found(url)).outcome or b"[]")

    assert (result.type, result.final) == ("invoice.deposit.failed.v1", True)
    assert result.data.model_dump()["effect"] == "unknown"


async def test_should_let_the_first_of_two_people_decide(url: str) -> None:
    """Two verdicts at the same moment: one is taken, the other is told what was decided, and changes nothing."""
    await hold(url)
    both = await asyncio.gather(
        decide(url, Verdict.SENT, {"flow_number": "CPP001"}), decide(url, Verdict.GIVE_UP), return_exceptions=True
    )
    (refused,) = [one for one in both if isinstance(one, Refused)]
    ((entry, is_new),) = [one for one in both if isinstance(one, tuple)]

    assert (is_new, (await found(url)).state, (await found(url)).fence) == (True, entry.state, entry.fence)
    assert str(refused).startswith("It was decided otherwise at ")


async def test_should_tell_people_who_agree_that_it_is_decided(url: str) -> None:
    """The same verdict from three people at once is one decision."""
    await hold(url)
    told = await asyncio.gather(*(decide(url, Verdict.NOT_SENT) for _ in range(3)))

    assert sorted(is_new for _, is_new in told) == [False, False, True]


async def test_should_decide_nothing_that_is_not_held(url: str) -> None:
    """There is nothing to decide about a request nobody asks about."""
    await hold(url)
    with pytest.raises(Refused, match="No write with the id e-2 is held for a decision"):
        await decide(url, Verdict.NOT_SENT, id="e-2")


async def test_should_not_guess_whose_request_is_meant(url: str) -> None:
    """Two requesters with one id: the source must be named, and only that one is decided."""
    await hold(url)
    await hold(url, source="/shop")
    with pytest.raises(Refused, match="add --source, one of: /erp, /shop"):
        await decide(url, Verdict.NOT_SENT)
    entry, _ = await decide(url, Verdict.NOT_SENT, source="/shop")
    async with open_ledger(url, lease=60.0) as ledger:
        (held,) = await ledger.in_state(State.HELD)

    assert (entry.source, held.source) == ("/shop", "/erp")


@pytest.mark.parametrize(
    ("verdict", "numbers", "needs_number", "said"),
    [
        (Verdict.SENT, {}, True, "needs --flow-number"),
        (Verdict.SENT, {"dume_id": "k7p2x9qd"}, True, "needs --flow-number"),
        (Verdict.SENT, {"flow_number": "CPP001"}, False, "needs no number"),
        (Verdict.NOT_SENT, {"flow_number": "CPP001"}, True, "goes with the verdict `sent` only"),
    ],
)
async def test_should_ask_for_the_number_that_belongs_to_it(
    url: str,
    verdict: Verdict,
    numbers: Numbers,
    needs_number: bool,  # noqa: FBT001  # a column of the table
    said: str,
) -> None:
    """Neither another number nor none is taken for the one the State gave."""
    await hold(url, number="flow_number" if needs_number else None)
    with pytest.raises(Refused, match=said):
        await decide(url, verdict, numbers)

    assert (await found(url)).state is State.HELD


async def test_should_follow_a_write_the_request_itself_names(url: str) -> None:
    """What needs no number is decided without one."""
    await hold(url, number=None)
    entry, _ = await decide(url, Verdict.SENT)

    assert entry.state is State.ANSWERED
