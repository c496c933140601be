"""Tells whether a public body is at Chorus Pro, what it demands of invoices, and which services it has."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import RecipientLookupRequested
from contracts.results import RecipientFound, RecipientLookupRefused, RecipientLookupReported, RecipientService
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.recipient import Recipient, Service
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.chorus_pro.directory import Directory

MOST_DETAILED = 5
"""Recipients told in full; a name that fits more of them is told as a list to choose from."""

MOST_SERVICES = 50
"""Services whose details are asked for, each being a call of the quota; structures of the State have thousands."""


class LookUpRecipient(Read[RecipientLookupRequested]):
    """`recipient.lookup.requested.v1`."""

    model: ClassVar[type[RecipientLookupRequested]] = RecipientLookupRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: RecipientLookupRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Search the structure, read what it demands, then its services."""
        directory = calls.directory()
        found = await directory.find(siret=request.siret, name=request.name, postcode=request.postcode)
        if len(found) > MOST_DETAILED:
            return (_reported([_told(structure, ()) for structure in found], is_complete=False),)
        told: list[RecipientFound] = []
        left, is_complete = MOST_SERVICES, True
        for structure in found:
            detailed = await directory.detailed(structure)
            if isinstance(detailed, Refusal):
                return (_refused(detailed, request),)
            wanted = _wanted(detailed, request.service_code)
            services = await _detailed(directory, detailed, wanted[:left])
            is_complete = is_complete and len(wanted) <= left
            told.append(_told(detailed, (*services, *wanted[left:])))
            left = max(0, left - len(wanted))
        return (_reported(told, is_complete=is_complete),)


def _reported(told: list[RecipientFound], *, is_complete: bool) -> Draft:
    data = RecipientLookupReported(exists=bool(told), total=len(told), complete=is_complete, recipients=tuple(told))
    return Draft(type="recipient.lookup.reported.v1", data=data)


def _wanted(recipient: Recipient, code: str | None) -> tuple[Service, ...]:
    """The active services, or the one asked for whether it is active or not."""
    services = (recipient.services or {}).values()
    return tuple(one for one in services if (one.is_active if code is None else one.code == code))


async def _detailed(directory: Directory, recipient: Recipient, services: tuple[Service, ...]) -> list[Service]:
    """Each with its details; as it was where the State would not show them."""
    told = []
    for service in services:
        shown = await directory.service(recipient.id or 0, service)
        told.append(service if isinstance(shown, Refusal) else shown)
    return told


def _told(recipient: Recipient, services: tuple[Service, ...]) -> RecipientFound:
    return RecipientFound(
        siret=recipient.siret,
        name=recipient.name,
        chorus_pro_id=recipient.id,
        active=recipient.is_active,
        public=recipient.is_public,
        demands=recipient.demands,
        reports_payments=recipient.reports_payments,
        services=tuple(
            RecipientService(
                code=service.code,
                label=service.label,
                active=service.is_active,
                valid_from=service.valid_from,
                valid_until=service.valid_until,
                demands_commitment_number=service.demands_commitment,
            )
            for service in services
        ),
    )


def _refused(refusal: Refusal, request: RecipientLookupRequested) -> Draft:
    data = RecipientLookupRefused(
        reason=refusal.reason, code=refusal.code, upstream_text=refusal.text, siret=request.siret
    )
    return Draft(type="recipient.lookup.refused.v1", data=data)
