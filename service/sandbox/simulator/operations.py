"""What an operation of Chorus Pro is made of; every operation of the simulator has this shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from service.sandbox.simulator.answers import Effect
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.settings import Api
from service.sandbox.simulator.wire import Body, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever passed the check of the technical account."""

    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an operation answers, what it changed, and what the journal says about it."""

    reply: Reply
    effect: Effect = "none"
    summary: Mapping[str, object] = field(default_factory=dict)


Work = Callable[[ChorusPro, Caller, Body], Awaitable[Done]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: its name, where it is, which subscription it needs, and the function that does it."""

    name: str
    path: str
    api: Api
    work: Work
    method: Literal["GET", "POST"] = "POST"
