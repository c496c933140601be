"""The operations on the DUME of a buyer, each described once; one path serves them all."""

from __future__ import annotations

from typing import Final

from pydantic import ConfigDict, RootModel

from service.upstream.forms import Received
from service.upstream.operation import Certainty, Doubt, Operation

UPSTREAM: Final = "dume"
BUYERS: Final = "dumeA"
LARGEST_DOCUMENT: Final = 8 * 1024 * 1024
"""Bytes of documents that a result may hold: in base64 they stay below the 16 MiB that RabbitMQ takes by default."""
LARGEST_ANSWER: Final = LARGEST_DOCUMENT * 4 // 3 + 64 * 1024
METADATA: Final = "metadonnees"


class DumeRequest(RootModel[dict[str, object]]):
    """A request as the mapping builds it: its names are not fixed by the code."""

    model_config = ConfigDict(hide_input_in_errors=True)


class DumeAnswer(Received):
    """An answer that is not refused: every field is kept, and read through the mapping."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    @property
    def fields(self) -> dict[str, object]:
        """What the answer holds."""
        return dict(self.model_extra or {})


def to_dume(
    name: str,
    does: str,
    doubt: Doubt,
    *,
    is_read: bool,
    api: str = BUYERS,
    timeout: float = 30.0,
    purpose: str = "",
    largest_answer: int | None = None,
    certainty: Certainty = "official",
) -> Operation[DumeRequest, DumeAnswer]:
    """An operation of DUME: one address for each `api`, the constant of the mapping in the body."""
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path="",
        request=DumeRequest,
        answer=DumeAnswer,
        timeout=timeout,
        doubt=doubt,
        is_read=is_read,
        purpose=purpose,
        largest_answer=largest_answer,
        does=does,
        certainty=certainty,
    )


HEALTH_CHECK = to_dume("healthCheck", "tells whether DUME is up", Doubt.REPEAT, is_read=True, timeout=10.0)
MODEL = to_dume("recupererModelDume", "gives the blank document", Doubt.REPEAT, is_read=True)
CREATE_SIMPLE = to_dume(
    "creerDumeSimple", "creates the simplified DUME of a consultation", Doubt.LOOK_UP, is_read=False
)
SAVE_NEW = to_dume("enregistrerDume", "saves a new draft", Doubt.LOOK_UP, is_read=False)
SAVE_OVER = to_dume("enregistrerDume", "saves over a draft", Doubt.REPEAT, is_read=False)
# Repeated after a lost answer it may be refused as "cannot be modified": whoever repeats it reads the state back.
VALIDATE = to_dume("enregistrerDume", "validates a draft", Doubt.REPEAT, is_read=False, purpose="validation")
REPLACE = to_dume(
    "enregistrerDume", "saves a DUME in the place of another", Doubt.LOOK_UP, is_read=False, purpose="replacement"
)
# Repeated after a lost answer it may be refused as "already deleted": whoever repeats it reads the state back.
DELETE = to_dume("supprimerDume", "deletes a DUME", Doubt.REPEAT, is_read=False)
UPDATE_METADATA = to_dume(
    "mettreAJourDume", "tells the metadata of a DUME anew", Doubt.REPEAT, is_read=False, api=METADATA
)
SEARCH = to_dume("rechercherDumes", "finds the DUMEs of a consultation or buyer", Doubt.REPEAT, is_read=True)
DOCUMENT = to_dume(
    "recupererDumeFormate",
    "gives the document of a DUME",
    Doubt.REPEAT,
    is_read=True,
    largest_answer=LARGEST_ANSWER,
)
