"""Decides by the directory whether an invoice would reach its recipient, and has what that one demands."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.results.findings import Finding
from service.core.documents import InvoiceFacts
from service.core.preflight.inspection import Inspection, syntax_of, to_finding
from service.core.preflight.kinds import Broken
from service.core.recipient import Recipient


def routing_findings(
    inspection: Inspection, facts: InvoiceFacts, recipient: Recipient, *, ignored: frozenset[str]
) -> tuple[Finding, ...]:
    """What the directory has against an invoice; service codes among `ignored` count as none."""
    code = facts.service_code if facts.service_code not in ignored else None
    faults = dict(_faults(recipient, code, facts.commitment_number))
    found = []
    for name, rule in inspection.rules.rules.items():
        if rule.kind == "recipient" and rule.fault in faults and inspection.level(rule) != "off":
            paths: tuple[str, ...] = getattr(rule.at, syntax_of(facts))
            path = f"//{paths[0]}" if paths else None
            found.append(to_finding(inspection, name, Broken(path=path, text=faults[rule.fault]), facts))
    return tuple(found)


def _faults(recipient: Recipient, code: str | None, commitment: str | None) -> Iterator[tuple[str, str | None]]:
    """Each fault with the value it is about."""
    if not recipient.exists:
        yield "unknown", recipient.siret
        return
    if not recipient.is_active:
        yield "inactive", recipient.siret
    yield from _demanded(recipient, code, commitment)
    yield from _of_service(recipient, code, commitment)


def _demanded(recipient: Recipient, code: str | None, commitment: str | None) -> Iterator[tuple[str, str | None]]:
    if recipient.demands in {"service_code", "both"} and not code:
        yield "service_missing", None
    if recipient.demands in {"commitment_number", "both"} and not commitment:
        yield "commitment_missing", None
    if recipient.demands == "either" and not code and not commitment:
        yield "either_missing", None


def _of_service(recipient: Recipient, code: str | None, commitment: str | None) -> Iterator[tuple[str, str | None]]:
    if not code or recipient.services is None:
        return
    service = recipient.services.get(code)
    if service is None:
        yield "service_unknown", code
        return
    if not service.is_active:
        yield "service_inactive", code
    if service.demands_commitment and not commitment and recipient.demands not in {"commitment_number", "both"}:
        yield "commitment_missing_for_service", None
