"""A public body as Chorus Pro's directory shows it, and what it demands of an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Demands = Literal["nothing", "service_code", "commitment_number", "both", "either"]
"""What must stand on an invoice: the words of results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of a structure; what only its detail tells is None until that was read."""

    id: int
    code: str
    label: str | None
    is_active: bool
    demands_commitment: bool | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A structure and its services by code; `exists` is False when the directory knows no such SIRET."""

    siret: str
    exists: bool
    id: int | None = None
    name: str | None = None
    is_active: bool = False
    is_public: bool | None = None
    demands: Demands | None = None
    reports_payments: bool | None = None
    services: Mapping[str, Service] | None = None


def demands_of(*, either: bool | None, service: bool | None, commitment: bool | None) -> Demands:
    """What the three flags of a structure amount to; the one about either goes before the others."""
    if either:
        return "either"
    if service and commitment:
        return "both"
    return "service_code" if service else "commitment_number" if commitment else "nothing"
