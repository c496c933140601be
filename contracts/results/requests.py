"""What the relay answers about a request itself."""

from typing import Literal

from contracts.base import Outgoing
from contracts.results.common import Refused


class RequestCancellationDone(Outgoing):
    """The request was withdrawn before anything was sent; its own terminal result is `failed`, reason `cancelled`."""

    id: str
    source: str
    outcome: Literal["withdrawn"] = "withdrawn"


class RequestCancellationRefused(Refused):
    """The request cannot be withdrawn any more."""

    id: str
    source: str
