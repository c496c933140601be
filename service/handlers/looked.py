"""What looking at the State, and following what was sent, can end in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.reasons import Reason
from service.core.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A look found what this request asked for: `answer` is adopted as if the call had answered it.

    `over`, where nothing more comes of what was found, is how whoever asks for it once more is told so. `missing` are
    the names of what was asked for together with it and is not shown.
    """

    answer: Mapping[str, object]
    over: UsedByOther | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A look that counts found nothing.

    `is_certain`: all that earlier requests made is known, so that nothing of theirs is hidden by a search that lags.
    `over`, where something else is in the way, is the end once looking is over, in the place of sending again.
    """

    is_certain: bool = False
    over: UsedByOther | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """The look found nothing, and proves nothing: this account cannot see what it looked for.

    `may_show`: it may be shown later, so that a person is asked only after as many looks as would prove absence.
    """

    detail: str
    may_show: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByOther:
    """The natural key belongs to something else; `refusal` is the result that says so."""

    refusal: Draft
    reason: Reason = Reason.NUMBER_ALREADY_USED

    @property
    def end(self) -> Finished:
        """The end of the request."""
        return Finished(results=(self.refusal,), reason=self.reason)


Looked = Found | Absent | Unseen | UsedByOther


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of a write: `kept` are the natural keys that now exist upstream because of it, `freed` those no more.

    `answer`, where it says more than what the upstream answered first, is what the ledger remembers.
    """

    results: tuple[Draft, ...]
    reason: str
    kept: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    answer: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """A repetition was refused, and nothing shown says whether that is about what was sent before.

    A search lags, so it is asked again; `end` is believed once looking is over.
    """

    end: Finished
    detail: str


Declined = Finished | Found | Unseen | Unexplained
"""What a refusal amounts to: an end, the adopted answer when it is about what was done before, or a doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The upstream has not finished. `reason` is one word of a closed list; a slow one waits the longest step."""

    reason: str
    detail: str = ""
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The upstream says it lost what it had taken: look, send once more, then ask."""


Followed = Finished | Pending | Incident
