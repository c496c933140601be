"""Knows the companies and public bodies, and which technical account may issue for which company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from service.sandbox.simulator.settings import Account, Party, PartyService, SimulatorSettings

_FIRST_ID: Final = 26_262_900
_MOST_SERVICES: Final = 100_000
_INTERNAL: Final = PartyService(code="FACTURES_PUBLIQUES", name="Service des factures publiques")
_UNTOLD: Final = Party(siret="99900000000000", name="")
_MADE_UP_COMPANY: Final = "ENTREPRISE FICTIVE"
_MADE_UP_BODY: Final = "COLLECTIVITE FICTIVE"


WITH_VALIDATOR: Final = frozenset({"A9", "A12"})
"""The frameworks whose invoices go to a validator before they go to their recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A company or a public body as Chorus Pro knows it."""

    id: int
    siret: str
    name: str
    is_public: bool
    told: Party = _UNTOLD

    def services(self) -> Iterator[tuple[int, PartyService]]:
        """Each service with its identifier; a public body has one more that Chorus Pro keeps for itself."""
        internal = (_INTERNAL,) if self.is_public else ()
        for number, service in enumerate((*internal, *self.told.services), start=1):
            yield self.id * _MOST_SERVICES + number, service

    def service(self, code: str) -> PartyService | None:
        """The service with this code."""
        return next((service for _, service in self.services() if service.code == code), None)

    def bank_accounts(self) -> Iterator[tuple[int, str]]:
        """Identifier and label of each bank account."""
        for place, label in enumerate(self.told.bank_accounts, start=1):
            yield self.id * 100 + place, label


class Parties:
    """Every structure by its SIRET. Made-up ones join as they are met, where the settings allow it."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self._by_siret: dict[str, Structure] = {}
        self._suppliers: dict[str, dict[str, Structure]] = {}
        self._received: dict[str, frozenset[str]] = {}
        self._validated: dict[str, frozenset[str]] = {}
        self._add_all(settings.accounts, settings.recipients)

    def apply(self, settings: SimulatorSettings) -> None:
        """Go on with other settings. An account whose list changed issues for those it lists now, and for no others."""
        listed = {one.login: _listed(one) for one in self.settings.accounts}
        changed = [one for one in settings.accounts if listed.get(one.login) != _listed(one)]
        self.settings = settings
        self._add_all(changed, settings.recipients)

    def _add_all(self, accounts: Iterable[Account], recipients: Iterable[Party]) -> None:
        for account in accounts:
            self._list(account)
            self._received[account.login] = frozenset(party.siret for party in account.recipients)
            self._validated[account.login] = frozenset(party.siret for party in account.validators)
            for party in account.recipients:
                self._add(party, is_public=True)
            for party in account.validators:
                self._add(party, is_public=False)
        for party in recipients:
            self._add(party, is_public=True)

    def _list(self, account: Account) -> None:
        self._suppliers[account.login] = {party.siret: self._add(party, is_public=False) for party in account.suppliers}

    def suppliers_of(self, login: str) -> list[Structure]:
        """The companies an account may issue for."""
        return list(self._suppliers.get(login, {}).values())

    def is_supplier(self, login: str, siret: str) -> bool:
        """Whether an account may issue for a company."""
        return siret in self._suppliers.get(login, {})

    def is_recipient(self, login: str, siret: str) -> bool:
        """Whether an account receives for a public body."""
        return siret in self._received.get(login, ())

    def recipients_of(self, login: str) -> list[Structure]:
        """The public bodies an account receives for."""
        return [self._by_siret[siret] for siret in sorted(self._received.get(login, ()))]

    def validators_of(self, login: str) -> list[Structure]:
        """Whom an account validates for."""
        return [self._by_siret[siret] for siret in sorted(self._validated.get(login, ()))]

    def acted_for(self, login: str) -> tuple[Structure, ...]:
        """Every structure an account is attached to, each once, whatever it does there."""
        return tuple(dict.fromkeys((*self.suppliers_of(login), *self.recipients_of(login), *self.validators_of(login))))

    def validator_of(self, framework: str | None) -> Structure | None:
        """Who has to validate an invoice first: somebody for sub- and co-contractors, where anybody validates."""
        sirets = sorted({siret for listed in self._validated.values() for siret in listed})
        return self._by_siret[sirets[0]] if framework in WITH_VALIDATOR and sirets else None

    def meet_supplier(self, login: str, siret: str | None) -> None:
        """Add the company of a deposited file to the account's, unless only those listed are accepted."""
        if siret is None or not self.settings.any_supplier or self.is_supplier(login, siret):
            return
        company = self.of_siret(siret) or self._add(
            Party(siret=siret, name=f"{_MADE_UP_COMPANY} {siret[-5:]}"), is_public=False
        )
        self._suppliers.setdefault(login, {})[siret] = company

    def recipient(self, siret: str | None) -> Structure | None:
        """The public body with this SIRET, made up when need be and allowed; None when there is none."""
        if siret is None:
            return None
        if siret not in self._by_siret and self.settings.any_recipient:
            self._add(Party(siret=siret, name=f"{_MADE_UP_BODY} {siret[-5:]}"), is_public=True)
        return self._by_siret.get(siret)

    def of_siret(self, siret: str) -> Structure | None:
        """The structure with this SIRET."""
        return self._by_siret.get(siret)

    def of_id(self, structure_id: int) -> Structure | None:
        """The structure with this identifier."""
        return next((known for known in self._by_siret.values() if known.id == structure_id), None)

    def all(self) -> list[Structure]:
        """Every structure, oldest first."""
        return list(self._by_siret.values())

    def _add(self, party: Party, *, is_public: bool) -> Structure:
        """The structure as it is told now; its identifier, and whether it is public, stay what they were."""
        known = self._by_siret.get(party.siret)
        number = known.id if known else _FIRST_ID + len(self._by_siret) + 1
        self._by_siret[party.siret] = Structure(
            id=number,
            siret=party.siret,
            name=party.name,
            is_public=known.is_public if known else is_public,
            told=party,
        )
        return self._by_siret[party.siret]


def _listed(account: Account) -> tuple[tuple[Party, ...], ...]:
    return account.suppliers, account.recipients, account.validators
