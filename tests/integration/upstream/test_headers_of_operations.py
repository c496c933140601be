"""An operation that wants a header of its own gets it, and no other does."""

from __future__ import annotations

from service.core.sweep import Slice
from service.upstream import Upstreams
from service.upstream.dume.essential_data_wire import Named
from tests.integration.upstream.state import State


async def test_should_send_the_version_with_the_one_search_that_wants_it(upstreams: Upstreams, state: State) -> None:
    """X-Api-Version goes along with recupererDEV2 alone, beside the usual headers."""
    state.answers |= {name: {"response": {"donneesEssentielles": []}} for name in ("recupererDEV2", "recupererDE")}
    client = upstreams.dume(account="main", event="event").essential_data
    await client.show(Slice(), Named(id="M-1"))
    await client.show(Slice(), Named(), version=1)
    sent = {call.operation: call.headers.get("x-api-version") for call in state.calls}

    assert (sent["recupererDEV2"], sent["recupererDE"]) == ("2", None)
    assert state.calls[-1].headers["content-type"] == "application/json;charset=utf-8"
