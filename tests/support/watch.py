"""Makes a run of the tests fail when any of them made the relay write a secret, naming the exact place."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.support.evidence import EVIDENCE


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_is_written() -> Iterator[None]:
    """At the end of the session, every log line, page, header, result and output of the relay has been looked at.

    Ends as an error of the session's last test, in each process of a run in several.
    """
    yield
    found = EVIDENCE.take()
    if found:
        pytest.fail("secrets were written:\n" + "\n".join(found), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at what a test printed and logged in this very process, and at the files written meanwhile."""
    report = yield
    if report.when == "teardown":
        for name, written in report.sections:
            EVIDENCE.text(f"{item.nodeid} {name}", written)
        EVIDENCE.look()
    return report
