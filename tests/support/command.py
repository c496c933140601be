"""Runs `piste-relay` as a person would, and keeps what it printed among the evidence."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.canaries import LOGIN
from tests.support.evidence import EVIDENCE

LIMIT = 90.0
"""Seconds a command may take: a loaded machine starts Python slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that ran to its end; `code` is its exit code."""

    code: int
    out: str
    errors: str


async def start(*words: str, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """`piste-relay` with these words, no `RELAY_` variable but those given; its end is `ended`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        *words,
        env={**inherited, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process, *words: str) -> Ended:
    """What a command printed, once it has ended; none of it may be a secret."""
    out, errors = await asyncio.wait_for(process.communicate(), LIMIT)
    # The login of a technical account is shown where settings are: there it tells an operator which one is meant.
    allowed = (LOGIN,) if "config" in words else ()
    for name, written in (("output", out), ("errors", errors)):
        EVIDENCE.text(f"{name} of piste-relay {' '.join(words)}", written, allowed=allowed)
    return Ended(code=process.returncode or 0, out=out.decode(errors="replace"), errors=errors.decode(errors="replace"))


async def run(*words: str, environment: Mapping[str, str]) -> Ended:
    """What a command says and how it ends."""
    return await ended(await start(*words, environment=environment), *words)
