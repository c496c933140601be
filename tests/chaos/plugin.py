"""Options of the chaos suite, its limits, and its table at the end of the run."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.table import kept, lines

FOLDER = Path(__file__).parent
SHORT_LIMIT = 450  # seconds of one scenario on a machine that does much else; usually some twenty
FULL_LIMIT = 600
WHOLE_LIMIT = 885
"""Seconds after which the full form ends, whatever runs: a quarter of an hour with what it takes to stop everything."""
ORDER = {"test_a_day.py": 0, "test_verdict.py": 1}
"""What begins first; everything else follows as it is named."""
DEFAULT_WORKERS = 3
BEGUN = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell pytest the options."""
    group = parser.getgroup("chaos")
    group.addoption("--chaos", choices=("short", "full"), default="short", help="how long scenarios are")
    group.addoption("--chaos-workers", type=int, default=DEFAULT_WORKERS, help="workers of each scenario")
    group.addoption("--chaos-keep", action="store_true", help="keep logs and journals of scenarios that go well too")
    group.addoption("--chaos-seed", type=int, default=None, help="where chance begins; drawn unless given")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the markers."""
    config.stash[BEGUN] = time.monotonic()
    if config.option.chaos_seed is None:  # one for the whole run, also where several processes share it
        config.option.chaos_seed = secrets.randbelow(1_000_000)
    config.addinivalue_line("markers", "chaos: several workers under a stream, and everything around them breaks")
    config.addinivalue_line("markers", "full: a scenario of the full form alone")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give scenarios their time, and leave those of the full form out of the short one."""
    is_full = config.getoption("--chaos") == "full"
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.chaos)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(FULL_LIMIT if is_full else SHORT_LIMIT))
    if (
        is_full
    ):  # the longest begins at once, and whoever has it is given nothing long beside it: that would wait for it
        items.sort(key=lambda item: ORDER.get(item.path.name, len(ORDER)))
    else:
        left_out = [item for item in items if item.get_closest_marker("full") is not None]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Give a scenario no more time than the whole has left."""
    if item.get_closest_marker("chaos") is not None and item.config.getoption("--chaos") == "full":
        left = max(item.config.stash[BEGUN] + WHOLE_LIMIT - time.monotonic(), 1)
        limit = item.get_closest_marker("timeout")
        wanted = limit.args[0] if limit is not None else FULL_LIMIT
        item.add_marker(pytest.mark.timeout(min(wanted, left)), append=False)
    return (yield)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # Any: it has no public type
    """Print the table of the scenarios that ran."""
    rows = kept(terminalreporter)
    if rows:
        terminalreporter.section(f"chaos, seed {config.option.chaos_seed}")
        for line in lines(rows):
            terminalreporter.write_line(line)
