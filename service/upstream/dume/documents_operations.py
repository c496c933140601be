"""The operations that hand over documents of bidders, each described once; none changes anything."""

from __future__ import annotations

from typing import Final

from service.upstream.dume.operations import LARGEST_ANSWER, to_dume
from service.upstream.operation import Doubt

BIDDERS: Final = "dumeOE"

BIDDERS_DOCUMENT = to_dume(
    "dumeOE.recupererDumeFormate",
    "gives the document of a bidder's DUME",
    Doubt.REPEAT,
    is_read=True,
    api=BIDDERS,
    largest_answer=LARGEST_ANSWER,
)
# Collects certificates from other services of the State, and all attachments: slow and large.
DOWNLOAD = to_dume(
    "telechargerDumeavecPJ",
    "gives the DUMEs of bidders with certificates and attachments",
    Doubt.REPEAT,
    is_read=True,
    timeout=120.0,
    largest_answer=LARGEST_ANSWER,
)
