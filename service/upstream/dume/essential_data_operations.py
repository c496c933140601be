"""The operations on essential data of contracts and concessions, each described once."""

from __future__ import annotations

from typing import Final

from service.upstream.dume.operations import to_dume
from service.upstream.operation import Doubt

ESSENTIAL_DATA: Final = "donneesEssentielles"

PUBLISH = to_dume(
    "enregistrerDE",
    "takes the essential data of a contract or concession",
    Doubt.LOOK_UP,
    is_read=False,
    api=ESSENTIAL_DATA,
)
# That the last of several updates counts, and the same one twice changes nothing more, is inferred.
UPDATE = to_dume(
    "MettreAJourDonneesEssentielles",
    "corrects unpublished essential data, or adds what followed",
    Doubt.REPEAT,
    is_read=False,
    api=ESSENTIAL_DATA,
)
SEARCH = to_dume(
    "recupererDEV2",
    "finds published essential data",
    Doubt.REPEAT,
    is_read=True,
    api=ESSENTIAL_DATA,
    timeout=60.0,
    certainty="client",
)
SEARCH_V1 = to_dume(
    "recupererDE",
    "finds published essential data by days, in the older form",
    Doubt.REPEAT,
    is_read=True,
    api=ESSENTIAL_DATA,
    timeout=60.0,
)
