"""Says how a decision about an invoice ended, in the words all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.events import NamedInvoice
from contracts.reasons import Reason
from contracts.words import invoice_status
from service.core.invoices import FoundInvoice
from service.core.masking import masked
from service.core.standing_before import Before, Since
from service.upstream import Refusal
from service.upstream.chorus_pro import InvoiceHistory

ECHOED = ("invoice_number", "chorus_pro_id", "supplier_siret", "recipient_siret")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReady(Refusal):
    """Why it cannot even be asked for."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An invoice that the account can see: its history, and its parties when it was found by its number."""

    history: InvoiceHistory
    found: FoundInvoice | None

    @property
    def passed(self) -> tuple[str, ...]:
        """The statuses it went through."""
        return tuple(passed.code for passed in self.history.statuses)

    @property
    def status_code(self) -> str:
        """The status it has."""
        return self.history.status_code or next(reversed(self.passed), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look saw: what happened to the invoice since `before`, and where it is now."""

    since: Since
    before: Before
    history: InvoiceHistory | None

    @property
    def status_code(self) -> str | None:
        """The status it has, when that could be read."""
        return self.history.status_code if self.history else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """What every refusal says: why, and where the invoice stands."""

    reason: Reason
    code: str | None = None
    text: str | None = None
    number: str | None = None
    chorus_pro_id: int | None = None
    status_code: str | None = None

    def fields(self) -> dict[str, object]:
        """The same under the names of the contracts."""
        return {
            "reason": self.reason,
            "code": self.code,
            "upstream_text": self.text,
            "invoice_number": self.number,
            "chorus_pro_id": self.chorus_pro_id,
            "status": invoice_status(self.status_code or ""),
            "status_code": self.status_code,
        }


def before_of(located: Located, asked: NamedInvoice) -> Before:
    """What the ledger keeps of an invoice before anything is decided about it."""
    history, found = located.history, located.found
    return Before(
        chorus_pro_id=history.chorus_pro_id,
        number=history.number or (found.number if found else asked.invoice_number),
        supplier_siret=found.supplier_siret if found else asked.supplier_siret,
        recipient_siret=found.recipient_siret if found else asked.recipient_siret,
        status_code=located.status_code,
        passed=located.passed,
    )


def answer(before: Before, status_code: str | None, decided_on: date | None) -> dict[str, object]:
    """What the ledger keeps of a decision that was taken."""
    return {
        "invoice_number": before.number,
        "chorus_pro_id": before.chorus_pro_id,
        "supplier_siret": before.supplier_siret,
        "recipient_siret": before.recipient_siret,
        "status_code": status_code,
        "previous_status_code": before.status_code or None,
        "decided_on": decided_on.isoformat() if decided_on else None,
        "adopted": False,
    }


def adopted(seen: Seen, codes: frozenset[str]) -> dict[str, object]:
    """What the call would have answered, as the history tells it: the last line of those that were asked for."""
    lines = seen.history.statuses if seen.history else ()
    line = next((passed for passed in reversed(lines) if passed.code in codes), None)
    code, at, comment = (line.code, line.at, line.comment) if line else (None, None, None)
    return {
        **answer(seen.before, code, at.date() if at else None),
        "adopted": True,
        "comment": masked(comment) if comment else None,
    }


def done_fields(kept: Mapping[str, object]) -> dict[str, object]:
    """The fields of a done result, from what the ledger keeps."""
    decided_on = kept.get("decided_on")
    return {
        **{name: kept.get(name) for name in ECHOED},
        "status": invoice_status(str(kept.get("status_code") or "")),
        "status_code": kept.get("status_code"),
        "previous_status": invoice_status(str(kept.get("previous_status_code") or "")),
        "previous_status_code": kept.get("previous_status_code"),
        "decided_on": date.fromisoformat(str(decided_on)) if decided_on else None,
        "adopted": bool(kept.get("adopted")),
        "comment": kept.get("comment"),
    }


def stands(reason: Reason, before: Before | None, asked: NamedInvoice, status_code: str | None) -> Stands:
    """Where the invoice stands, as far as it could be read."""
    return Stands(
        reason=reason,
        number=before.number if before else asked.invoice_number,
        chorus_pro_id=before.chorus_pro_id if before else asked.chorus_pro_id,
        status_code=status_code,
    )
