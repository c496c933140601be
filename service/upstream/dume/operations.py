"""Every operation of DUME that the relay calls, each described once; one path serves them all."""

from __future__ import annotations

from typing import Final

from pydantic import ConfigDict, RootModel

from service.upstream.forms import Received
from service.upstream.operation import Doubt, Operation

UPSTREAM: Final = "dume"


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


def _operation(
    name: str, does: str, doubt: Doubt, *, is_read: bool, timeout: float = 30.0, purpose: str = ""
) -> Operation[DumeRequest, DumeAnswer]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api="dumeA",
        path="",
        request=DumeRequest,
        answer=DumeAnswer,
        timeout=timeout,
        doubt=doubt,
        is_read=is_read,
        purpose=purpose,
        does=does,
    )


HEALTH_CHECK = _operation("healthCheck", "tells whether DUME is up", Doubt.REPEAT, is_read=True, timeout=10.0)
MODEL = _operation("recupererModelDume", "gives the blank document", Doubt.REPEAT, is_read=True)
CREATE_SIMPLE = _operation(
    "creerDumeSimple", "creates the simplified DUME of a consultation", Doubt.LOOK_UP, is_read=False
)
SAVE_NEW = _operation("enregistrerDume", "saves a new draft", Doubt.LOOK_UP, is_read=False)
SAVE_OVER = _operation("enregistrerDume", "saves over a draft", Doubt.REPEAT, is_read=False)
# Repeated after a lost answer it may be refused as "cannot be modified": whoever repeats it reads the state back.
VALIDATE = _operation("enregistrerDume", "validates a draft", Doubt.REPEAT, is_read=False, purpose="validation")
SEARCH = _operation("rechercherDumes", "finds the DUMEs of a consultation or buyer", Doubt.REPEAT, is_read=True)
DOCUMENT = _operation("recupererDumeFormate", "gives the document of a DUME", Doubt.REPEAT, is_read=True)
