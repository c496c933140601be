"""Results that every request may end in: failed, delayed, refused."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from contracts.base import Amount, Outgoing, is_none, sentence
from contracts.reason_table import REASONS
from contracts.reasons import Effect, Ending, Reason
from contracts.words import DelayCause, Upstream


def _ends(ending: Ending) -> AfterValidator:
    """Admit only the reasons whose row in the table has this ending."""

    def check(reason: Reason) -> Reason:
        if REASONS[reason].ending != ending:
            raise ValueError(f"{reason} is not a reason of {ending}")
        return reason

    return AfterValidator(check)


def _words(ending: Ending) -> dict[str, list[str]]:
    return {"enum": [str(row.reason) for row in REASONS.values() if row.ending == ending]}


FailureReason = Annotated[
    Reason, _ends("failed"), Field(json_schema_extra=lambda schema: schema.update(_words("failed")))
]
RefusalReason = Annotated[
    Reason, _ends("refused"), Field(json_schema_extra=lambda schema: schema.update(_words("refused")))
]


ADOPTED = "The answer was lost, and this was found by looking."
STATE_CODE = "The State's own word for the state; null where the State did not show it."


class Failed(Outgoing):
    """The relay could not carry the request out; `effect` says whether the State may have the document."""

    reason: FailureReason
    detail: str = Field(description="What is wrong and where, in one sentence for people.")
    effect: Effect = Field(description="Whether the State may have what was asked for: none, or unknown.")
    retryable: bool = Field(description="Whether asking again without changing anything may succeed.")
    next_step: str = Field(description="What to do now, in words for people.")


class Delayed(Outgoing):
    """The request takes longer than usual; published once per cause, never terminal."""

    cause: DelayCause
    upstream: Upstream | None = Field(default=None, description="Who is waited for; null when it is nobody upstream.")
    until: AwareDatetime | None = Field(default=None, description="When it ends, where that was announced.")


class Refused(Outgoing):
    """The State, or a check before sending, said no."""

    reason: RefusalReason
    code: str | None = Field(default=None, description="The State's own code, unchanged.")
    upstream_text: str | None = Field(default=None, description="The State's own words, account numbers masked.")


class ConflictSide(Outgoing):
    """One of the two invoices that claim the same number."""

    invoice_number: str | None = None
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    issued_on: date | None = None
    total_including_tax: Amount | None = None
    currency: str | None = None
    chorus_pro_id: Annotated[int | None, Field(exclude_if=is_none)] = None

    optional_fields = frozenset({"chorus_pro_id"})


class Conflict(Outgoing):
    """What was sent beside what the number already stands for."""

    sent: ConflictSide
    found: ConflictSide


def failed(
    reason: Reason,
    detail: str,
    *,
    effect: Effect | None = None,
    retryable: bool | None = None,
    next_step: str | None = None,
) -> Failed:
    """Return the data of an `X.failed` result, completed from the row of its reason."""
    row = REASONS[reason]
    return Failed(
        reason=reason,
        detail=sentence(detail),
        effect=row.effect if effect is None else effect,
        retryable=row.retryable if retryable is None else retryable,
        next_step=row.next_step if next_step is None else next_step,
    )
