"""A run of the tests fails when one of them made the relay write a secret: tried with leaks made on purpose."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEAKS = {
    "a log": "EVIDENCE.follow(tmp_path / 'w.log', 'the log'); (tmp_path / 'w.log').write_text(PASSWORD)",
    "a page": "EVIDENCE.text('the page', PASSWORD)",
    "a header": "EVIDENCE.headers('a dead letter', {'relay-detail': PASSWORD})",
    "what is printed": "print(PASSWORD)",
    "what is logged": "logging.getLogger('aiormq').warning('could not sign in with %s', PASSWORD)",
}
TEST = """
import logging
from tests.support.canaries import PASSWORD
from tests.support.evidence import EVIDENCE

def test_first(tmp_path):
    {leak}

def test_second():
    pass
"""


async def _run(folder: Path, leak: str) -> tuple[int, str]:
    """A run of two tests, the first of which does this; its exit code and what it says."""
    file = folder / "test_leak.py"
    file.write_text(TEST.format(leak=leak))
    options = ("-p", "tests.support.watch", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", *options, str(file)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("leak", LEAKS)
async def test_should_fail_a_run_that_wrote_a_secret(tmp_path: Path, leak: str) -> None:
    """Each test passes, the run fails, and the test that wrote is named."""
    code, said = await _run(tmp_path, LEAKS[leak])

    assert (code, "2 passed, 1 error" in said, "secrets were written" in said) == (1, True, True)
    assert "test_leak.py::test_first" in said.partition("secrets were written")[2]


async def test_should_pass_a_run_that_wrote_none(tmp_path: Path) -> None:
    """The check is not what fails a good run."""
    code, said = await _run(tmp_path, "print('nothing to hide')")

    assert (code, "2 passed" in said) == (0, True)
