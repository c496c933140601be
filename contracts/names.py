"""The one rule for names: a request `X.requested.v1` ends in `X.done`, `X.reported`, `X.refused` or `X.failed`."""

import re
from enum import StrEnum

VERSION = "v1"
# For a request whose own type cannot be part of a routing key.
UNNAMED_FAMILY = "request"
# Facts about a tender are no requests by name, and are all answered under one: what was done to bring DUME along.
FACTS = frozenset({"tender.created", "tender.updated", "tender.published", "tender.cancelled"})
SYNC_FAMILY = "tender.sync"
_SAFE_TYPE = re.compile(r"[a-z0-9_.-]{1,200}")
_REQUEST = re.compile(r"(?P<family>.*?)(\.requested)?(\.v[0-9]+)?")


class Ending(StrEnum):
    """What may follow a request; all but `delayed` are terminal."""

    DONE = "done"
    REPORTED = "reported"
    REFUSED = "refused"
    FAILED = "failed"
    DELAYED = "delayed"


_RESULT = re.compile(rf"[a-z0-9_.-]+\.(?P<ending>{'|'.join(Ending)})\.{VERSION}")


def family_of(request_type: str | None) -> str:
    """Return the X of a request's type; `request` when the type cannot be used in a name."""
    if request_type is None or not _SAFE_TYPE.fullmatch(request_type):
        return UNNAMED_FAMILY
    match = _REQUEST.fullmatch(request_type)
    family = (match["family"].strip(".") if match else "") or UNNAMED_FAMILY
    return SYNC_FAMILY if family in FACTS else family


def ending_of(result_type: str) -> Ending | None:
    """Return how a result of this type ends its request, None for progress, facts and requests."""
    match = _RESULT.fullmatch(result_type)
    return Ending(match["ending"]) if match else None


def failed_beside(result_type: str) -> str:
    """Return the type of the failure that ends the same request as a terminal result of this type would."""
    family = result_type.removesuffix(f".{VERSION}").rpartition(".")[0]
    return f"{family or UNNAMED_FAMILY}.{Ending.FAILED}.{VERSION}"


def terminal_type(request_type: str | None, ending: Ending | str) -> str:
    """Return the type of the result that answers a request of this type."""
    return f"{family_of(request_type)}.{Ending(ending)}.{VERSION}"
