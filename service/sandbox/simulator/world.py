"""Holds everything the simulator is made of, and takes it back to its beginning."""

from __future__ import annotations

from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.dume import DumeService
from service.sandbox.simulator.dume_essential_register import Rules
from service.sandbox.simulator.dume_register import to_state
from service.sandbox.simulator.faults import Faults
from service.sandbox.simulator.gateway import Gateway
from service.sandbox.simulator.journal import Journal
from service.sandbox.simulator.settings import Account, Application, SimulatorSettings


class World:
    """The gateway, both services, the faults and the journal, over one clock and one set of settings."""

    def __init__(self, settings: SimulatorSettings, clock: Clock) -> None:
        self._first = settings
        self.settings = settings
        self.clock = clock
        self.gateway = Gateway(settings)
        self.chorus_pro = ChorusPro(settings, clock)
        self.dume = DumeService(
            platforms=_platforms(settings),
            simplified_state=settings.dume_simple_state,
            search_lag=settings.search_lag,
            seed=settings.seed,
            attachment_size=settings.attachment_size,
            company_service=settings.company_service,
            essential_data=_rules(settings),
            code_lists=settings.dume_code_lists,
        )
        self.faults = Faults(settings.seed)
        self.journal = Journal()

    def apply(self, settings: SimulatorSettings) -> None:
        """Go on with other settings, keeping everything that happened."""
        self.settings = settings
        self.gateway.settings = settings
        self.chorus_pro.apply(settings)
        self.dume.platforms = _platforms(settings)
        self.dume.simplified_state = to_state(settings.dume_simple_state)
        self.dume.search_lag = settings.search_lag
        self.dume.attachment_size = settings.attachment_size
        self.dume.company_service = settings.company_service
        self.dume.essential_data.rules = _rules(settings)
        self.dume.put_code_lists(settings.dume_code_lists)

    def reset(self) -> None:
        """Begin again with the first settings and the right time: nothing deposited, no token, no fault, no call."""
        self.apply(self._first)
        self.clock.set_right()
        self.gateway.reset()
        self.chorus_pro.reset()
        self.dume.reset()
        self.faults.remove()
        self.journal.clear()

    def put_account(self, account: Account) -> None:
        """Add a technical account, or replace the one of the same login."""
        others = tuple(known for known in self.settings.accounts if known.login != account.login)
        self.apply(self.settings.changed(accounts=(*others, account)))

    def put_application(self, application: Application) -> None:
        """Add an application, or replace the one of the same client id."""
        others = tuple(known for known in self.settings.applications if known.client_id != application.client_id)
        self.apply(self.settings.changed(applications=(*others, application)))


def _platforms(settings: SimulatorSettings) -> set[tuple[str, str]]:
    return {(platform.platform_id, platform.technical_platform_id) for platform in settings.platforms}


def _rules(settings: SimulatorSettings) -> Rules:
    return Rules(
        published_after=settings.essential_data_published_after,
        most_rows=settings.essential_data_most_rows,
        is_unique=settings.essential_data_unique,
        tells_reference=settings.essential_data_reference,
        shows_unpublished=settings.essential_data_shows_unpublished,
    )
