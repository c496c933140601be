"""A request to the DUME Service on its way, and what comes of it; every domain has the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from service.sandbox.simulator.dume_bids import Bids
from service.sandbox.simulator.dume_essential_register import EssentialRegister
from service.sandbox.simulator.dume_register import KeptDume, Register, State
from service.sandbox.simulator.dume_request import Fields, Platform

Effect = Literal["none", "created", "changed"]
CompanyService = Literal["up", "no_data", "message", "refusal", "timeout"]
"""How the service of company data behind DUME is: up, or how answers tell that it is down."""


@dataclass(slots=True, kw_only=True)
class Books:
    """What each domain keeps."""

    buyers: Register
    bids: Bids
    essential_data: EssentialRegister
    code_lists: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose envelope is right; `simplified_state` is where creerDumeSimple leaves a DUME.

    `attachment_size` is the bytes of what is attached to a bid.
    `company_service` is how the service is that knows companies.
    """

    fields: Fields
    platform: Platform
    books: Books
    simplified_state: State
    now: datetime
    attachment_size: int
    company_service: CompanyService = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The fields of the answer, what happened to the register, and to which DUME.

    `notices` are messages beside the answer that refuse nothing, `about` is what the journal says besides.
    """

    fields: Mapping[str, object]
    effect: Effect = "none"
    dume: KeptDume | None = None
    notices: tuple[Mapping[str, str], ...] = ()
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A constant of the contract, other spellings of it, and whether the requester must be named.

    `asks_company`: it asks the service that knows companies, and hangs with it.
    """

    name: str
    work: Callable[[Call], Done]
    aliases: tuple[str, ...] = ()
    requester: bool = True
    asks_company: bool = False
