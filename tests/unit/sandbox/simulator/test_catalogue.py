"""The simulator has every operation of Chorus Pro that the relay can call, where the relay calls it."""

from service import wiring
from service.sandbox.simulator.catalogue import CATALOGUE
from service.upstream import CHORUS_PRO, load_mapping


def test_should_serve_what_the_relay_calls() -> None:
    """Name, method and whole path agree."""
    prefixes = load_mapping().prefixes[CHORUS_PRO]
    called = {
        (one.name, one.method, prefixes[one.api] + one.path)
        for one in wiring.operations()
        if one.upstream == CHORUS_PRO
    }

    assert called - {(one.name, one.method, one.path) for one in CATALOGUE} == set()
