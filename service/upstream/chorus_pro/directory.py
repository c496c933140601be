"""Asks Chorus Pro's directory about structures and their services, every search read to its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.core.recipient import Recipient, Service, demands_of
from service.upstream.chorus_pro import ChorusPro
from service.upstream.chorus_pro import structure_models as models
from service.upstream.chorus_pro import structure_operations as operations
from service.upstream.chorus_pro.models import Paging
from service.upstream.operation import Operation, Refusal
from service.upstream.paging import Page, RowT

MOST_ASKED = 5
"""Structures asked when the account's password expires, the most a company has one account for being one or two."""

PAGE_SIZE = 500
"""Structures of the State have thousands of services, and each page is a call of the quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory(ChorusPro):
    """The operations on structures. Each raises an UpstreamFailure when no usable answer came.

    `ignored` are codes of services that are internal to Chorus Pro, and none to be written on an invoice.
    """

    ignored: frozenset[str]

    async def find(
        self, *, siret: str | None = None, name: str | None = None, postcode: str | None = None
    ) -> tuple[Recipient, ...]:
        """Return the structures with this SIRET, or the first public ones of this name; without their details.

        A name may fit thousands, which nobody reads: of those one page is told.
        """
        wanted = models.StructureWanted(
            identifier_type="SIRET" if siret else None,
            identifier=siret,
            name=name,
            postcode=postcode,
            kind=None if siret else "PUBLIQUE",
        )

        def asked(page: int) -> models.StructureSearch:
            return models.StructureSearch(wanted=wanted, page=_page(page, "IdentifiantStructure"))

        rows: Sequence[models.StructureRow]
        if siret:
            rows = await self._rows(operations.SEARCH_STRUCTURES, asked, lambda row: row.id)
        else:
            rows = (await self._one_page(operations.SEARCH_STRUCTURES, asked(1))).rows
        return tuple(
            Recipient(
                siret=_plain(row.identifier),
                exists=True,
                id=row.id,
                name=row.name,
                is_active=row.status != "INACTIVE",
            )
            for row in rows
            if not siret or _plain(row.identifier) == _plain(siret)
        )

    async def detailed(self, structure: Recipient, *, with_services: bool = True) -> Recipient | Refusal:
        """Return the structure with what it demands and its services, those that are not active too."""
        if structure.id is None:
            return structure
        shown = await self._call(operations.SHOW_STRUCTURE, models.StructureAsked(id=structure.id))
        if isinstance(shown, Refusal):
            return shown
        identity, flags = shown.identity or models.StructureIdentity(), shown.flags or models.StructureFlags()
        listed = await self.services(structure.id) if with_services else None
        services = None if listed is None else {service.code: service for service in listed}
        return replace(
            structure,
            name=identity.name or structure.name,
            is_public=None if identity.kind is None else identity.kind == "PUBLIQUE",
            demands=demands_of(either=flags.either, service=flags.service, commitment=flags.commitment),
            reports_payments=None if flags.hides_payments is None else not flags.hides_payments,
            services=services,
        )

    async def services(self, structure_id: int) -> tuple[Service, ...]:
        """Return the services of a structure, without their details."""

        def asked(page: int) -> models.ServiceSearch:
            return models.ServiceSearch(structure_id=structure_id, page=_page(page, "CodeService"))

        rows: tuple[models.ServiceRow, ...] = await self._rows(operations.SEARCH_SERVICES, asked, lambda row: row.id)
        return tuple(
            Service(id=row.id, code=row.code, label=row.label, is_active=row.is_active is not False)
            for row in rows
            if row.code and row.code not in self.ignored
        )

    async def service(self, structure_id: int, service: Service) -> Service | Refusal:
        """Return a service with its details: whether it demands a commitment number, and while it is valid."""
        shown = await self._call(operations.SHOW_SERVICE, models.ServiceAsked(id=service.id, structure_id=structure_id))
        if isinstance(shown, Refusal):
            return shown
        flags = shown.flags or models.ServiceFlags()
        return replace(
            service,
            demands_commitment=flags.commitment,
            valid_from=flags.valid_from,
            valid_until=flags.valid_until,
        )

    async def memberships(self, structure_id: int, email: str) -> tuple[models.MembershipRow, ...]:
        """Return the services of a structure that a user of the portal is attached to."""

        def asked(page: int) -> models.MembershipSearch:
            return models.MembershipSearch(structure_id=structure_id, email=email, page=_page(page, "CodeService"))

        return await self._rows(operations.LIST_MEMBERSHIPS, asked, lambda row: (row.id, row.service_id))

    async def spaces(self, structure_id: int) -> tuple[models.SpaceRow, ...]:
        """Return the spaces of the portal that a structure and its services have."""

        def asked(page: int) -> models.SpaceSearch:
            structure = models.SpaceStructure(id=structure_id)
            return models.SpaceSearch(structure=structure, page=_page(page, "CodeEspace"))

        return await self._rows(operations.SEARCH_SPACES, asked, lambda row: (row.id, row.service_code))

    async def attachments(self) -> tuple[models.AttachmentRow, ...]:
        """Return structures that the technical account is attached to, a few of them; none where that is refused."""
        page = models.AttachmentPage(page=1, size=MOST_ASKED)
        shown = await self._call(operations.LIST_ATTACHMENTS, models.AttachmentSearch(page=page))
        return () if isinstance(shown, Refusal) else shown.rows

    async def password_ends(self, *, first: Collection[str] = ()) -> tuple[datetime, ...]:
        """Return when passwords of this account's structures expire, those with a SIRET in `first` asked first.

        Empty where the State does not show it. A structure is shown with the password of its own technical account,
        which need not be this one.
        """
        ends = []
        for structure_id in await self._own_structures(first):
            shown = await self._call(operations.SHOW_STRUCTURE, models.StructureAsked(id=structure_id))
            if not isinstance(shown, Refusal) and shown.identity and shown.identity.password_expires:
                ends.append(shown.identity.password_expires)
        return tuple(ends)

    async def _own_structures(self, first: Collection[str]) -> list[int]:
        """Structures the account may issue for; an account that may for none is attached to others."""
        known = await self._structures()
        if not known:
            known = {_plain(row.identifier): row.id for row in await self.attachments()}
        return [known[siret] for siret in sorted(known, key=lambda siret: siret not in first)][:MOST_ASKED]

    async def _rows(
        self,
        operation: Operation[Any, Any],  # Any: each search has models of its own
        search: Callable[[int], Any],  # Any: the same
        key: Callable[[RowT], Hashable],
    ) -> tuple[RowT, ...]:
        async def fetch(number: int) -> Page[RowT]:
            page: Page[RowT] = await self._one_page(operation, search(number))
            return page

        return await self._all(operation, fetch, key)

    async def _one_page(self, operation: Operation[Any, Any], search: Any) -> Page[Any]:  # Any: as above
        """Return one page of a search, empty where nothing was found."""
        answer = await self._call(operation, search)
        if isinstance(answer, Refusal):
            if answer.code not in self.nothing_found:
                self._refused(operation, answer)
            return Page(rows=())
        paging = answer.paging or Paging()
        # How many rows a page has when nothing says so: as many as were asked for.
        return Page(rows=tuple(answer.rows), pages=paging.pages, total=paging.total, size=paging.size or PAGE_SIZE)


def _page(number: int, column: str) -> models.StructurePage:
    return models.StructurePage(page=number, size=PAGE_SIZE, column=column)


def _plain(identifier: str | None) -> str:
    return "".join((identifier or "").split())
