"""A request to the DUME Service on its way, and what comes of it; every domain has the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.sandbox.simulator.dume_register import KeptDume, Register, State
from service.sandbox.simulator.dume_request import Fields, Platform

Effect = Literal["none", "created", "changed"]


@dataclass(slots=True, kw_only=True)
class Books:
    """What each domain keeps."""

    buyers: Register
    code_lists: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose envelope is right; `simplified_state` is where creerDumeSimple leaves a DUME."""

    fields: Fields
    platform: Platform
    books: Books
    simplified_state: State
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The fields of the answer, what happened to the register, and to which DUME."""

    fields: Mapping[str, object]
    effect: Effect = "none"
    dume: KeptDume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A constant of the contract, other spellings of it, and whether the requester must be named."""

    name: str
    work: Callable[[Call], Done]
    aliases: tuple[str, ...] = ()
    requester: bool = True
