"""Which operations each domain of the DUME Service has. To add a domain: its module of operations, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.sandbox.simulator import dume_bidders as bidders
from service.sandbox.simulator import dume_companies as companies
from service.sandbox.simulator import dume_essential_data as essential_data
from service.sandbox.simulator import dume_fetching as fetching
from service.sandbox.simulator import dume_metadata as metadata
from service.sandbox.simulator import dume_operations as buyers
from service.sandbox.simulator import dume_reference as reference
from service.sandbox.simulator.dume_call import Operation

DOMAINS: Final[Mapping[str, tuple[Operation, ...]]] = {
    "dumeA": (*buyers.OPERATIONS, *fetching.BUYERS),
    "dumeOE": (*bidders.OPERATIONS, *fetching.BIDDERS),
    "donnees": companies.OPERATIONS,
    "metadonnees": metadata.OPERATIONS,
    "referentiels": reference.LISTS,
    "ecertis": reference.EVIDENCES,
    "attestations": (),
    "donneesEssentielles": essential_data.OPERATIONS,
}
ALL: Final = tuple(operation for operations in DOMAINS.values() for operation in operations)

_BY_NAME: Final = {
    (domain, name.lower()): operation
    for domain, operations in DOMAINS.items()
    for operation in operations
    for name in (operation.name, *operation.aliases)
}


def operation_of(domain: str, name: str) -> Operation | None:
    """The operation that a domain knows by this name or another spelling of it."""
    return _BY_NAME.get((domain, name.lower()))
