"""What the simulator is told: who may call, how fast things happen, which oddities it shows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field

from service.sandbox.sample_xml import RECIPIENT, SUPPLIER

Demands = Literal["nothing", "service_code", "commitment_number", "both", "either"]
Api = Literal["factures", "transverses", "structures", "utilisateurs", "engagementsJuridiques", "dume"]
LONGEST: Final = 10 * 365 * 86_400.0
"""Seconds, ten years: a longer time would only leave the calendar."""
Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]

ALL_APIS: frozenset[Api] = frozenset(get_args(Api))


class _Told(BaseModel):
    """A value of the settings: fixed once read, and a name it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Application(_Told):
    """An application as declared at PISTE; only one of the organisation `dume` may reach DUME."""

    client_id: str = "sim-client"
    client_secret: str = Field(default="sim-secret-not-for-production", repr=False)
    organisation: Literal["dume", "universal"] = "dume"
    subscriptions: frozenset[Api] = ALL_APIS
    enabled: bool = True


class PartyService(_Told):
    """A service of a public body, by the code that invoices name."""

    code: str = Field(min_length=1, max_length=100)
    name: str = ""
    active: bool = True
    commitment: bool = False
    """Whether it demands a commitment number."""
    valid_from: date | None = None
    valid_until: date | None = None


class Party(_Told):
    """A company or a public body, made up; its identifier at Chorus Pro is given when the simulator starts."""

    siret: str = Field(pattern=r"^\d{14}$")
    name: str
    postcode: str = "99999"
    active: bool = True
    demands: Demands = "nothing"
    """What invoices to it must name."""
    reports_payments: bool = True
    services: tuple[PartyService, ...] = ()
    bank_accounts: tuple[str, ...] = ("Compte principal",)
    """The labels of a company's bank accounts."""


_SERVICES: Final = (
    PartyService(code="COMPTA", name="Service de la comptabilite"),
    PartyService(code="ECOLES", name="Service des ecoles", commitment=True, valid_from=date(2020, 1, 1)),
    PartyService(code="ANCIEN", name="Ancien service", active=False, valid_until=date(2024, 12, 31)),
)
DEMANDING: Final = (
    Party(siret="99900067800011", name="COMMUNE FICTIVE DE L'ENGAGEMENT", demands="commitment_number"),
    Party(siret="99900067800022", name="COMMUNE FICTIVE DU SERVICE", demands="service_code", services=_SERVICES),
    Party(siret="99900067800033", name="COMMUNE FICTIVE DES DEUX", demands="both", services=_SERVICES),
    Party(siret="99900067800044", name="COMMUNE FICTIVE DE L'UN OU L'AUTRE", demands="either", services=_SERVICES),
    Party(
        siret="99900067800055",
        name="ETAT IMAGINAIRE",
        demands="service_code",
        reports_payments=False,
        services=(
            PartyService(code="SFACETAT", name="Service facturier", commitment=True),
            *(PartyService(code=f"ETAT{number:03}", name=f"Service fictif {number}") for number in range(1, 41)),
        ),
    ),
    Party(siret="99900067800066", name="SYNDICAT FICTIF DISSOUS", active=False),
)
"""Public bodies of every kind that demands something of invoices, and one that is no more."""


PUBLIC_BODIES: Final = (
    Party(siret=RECIPIENT, name="VILLE IMAGINAIRE DE VALCLAIR"),
    Party(siret="99900045600014", name="DEPARTEMENT FICTIF DES TROIS RIVIERES"),
)


class Account(_Told):
    """A technical account of Chorus Pro, and in whose name it may act."""

    login: str = "TECH_1_1@cpro.fr"
    password: str = Field(default="sim-password-1", repr=False)
    suppliers: tuple[Party, ...] = (
        Party(siret=SUPPLIER, name="ATELIER FICTIF DES LILAS"),
        Party(siret="99911122200025", name="ATELIER FICTIF DES LILAS - DEPOT"),
        Party(siret="99933344400011", name="IMPRIMERIE IMAGINAIRE DU PONT"),
    )
    recipients: tuple[Party, ...] = PUBLIC_BODIES
    """The public bodies it receives for."""
    validators: tuple[Party, ...] = (
        Party(siret="99941414100013", name="ENTREPRISE FICTIVE DU CANAL"),
        Party(siret="99941414200011", name="ENTREPRISE FICTIVE DE L'ECLUSE"),
    )
    """Whom it validates for; invoices of sub- and co-contractors go to the first of them."""
    password_expires_in: int = Field(default=400, ge=-36_500, le=36_500)
    """Days until the password has to be changed, from when it was set; afterwards it is refused."""
    password_expires_at: datetime | None = None
    """The moment itself, in place of that."""


class Platform(_Told):
    """A buyer platform as registered with DUME."""

    platform_id: str = "99900001100018"
    technical_platform_id: str = "TND001"


class SimulatorSettings(_Told):
    """Everything adjustable. Times are seconds. The defaults are quick; `lifelike()` is as slow as the real thing."""

    applications: tuple[Application, ...] = (Application(),)
    accounts: tuple[Account, ...] = (Account(),)
    platforms: tuple[Platform, ...] = (Platform(),)
    recipients: tuple[Party, ...] = (*PUBLIC_BODIES, *DEMANDING)
    any_supplier: bool = True
    """Whether a supplier the account does not list is added to it at its first deposit; else it is refused."""
    any_recipient: bool = True
    """Whether a recipient nobody listed is made up; else its invoices are refused."""

    token_start: str = Field(default="", pattern=r"^[!-~]{0,100}$", repr=False)
    """What every token begins with, so that one is recognised wherever a client should not have written it."""
    token_lifetime: Seconds = Field(default=3600.0, ge=1)
    invalid_client_status: Literal[400, 401] = 400
    """Both were seen for a wrong identifier or secret."""
    quota: int | None = Field(default=None, ge=1)
    """Calls of one application in one window; None for no limit."""
    quota_window: Seconds = Field(default=60.0, gt=0)

    unknown_for: Seconds = 0.2
    """How long after its deposit a flow is not known yet to the flow report."""
    integrated_after: Seconds = 1.0
    """From deposit to the final state of the flow."""
    search_lag: Seconds = 0.2
    """From integration to an invoice showing in searches."""
    index_lag: Seconds = 0.0
    """From a change of status to its showing in searches; the history shows it at once."""
    status_step: Seconds = 1.0
    """Between the statuses an invoice goes through by itself."""

    refusal_status: Literal[200, 400] = 200
    """The HTTP status of a functional refusal of Chorus Pro; both were seen."""
    empty_search: Literal["alternate", "code", "list"] = "alternate"
    """How a search that found nothing answers: code 20000, an empty list, or one after the other."""
    quirks: bool = True
    """Null paging numbers at times, a list of one written as an object, dates in mixed forms."""
    payment_means_required: bool = False
    demands_checked: bool = True
    """Whether an invoice without the service code or commitment number its recipient demands is refused."""
    framework_checked: bool = True
    """Whether an invoicing framework that is none of A1 to A25 is refused."""

    supplement_status: Literal["COMPLETEE", "MISE_A_DISPOSITION"] = "COMPLETEE"
    """The status of a suspended invoice once it is completed; sources name one or the other."""
    attachments: int = Field(default=1, ge=0, le=50)
    """Complementary attachments of each invoice, made up."""
    attachment_size: int = Field(default=1_000, ge=0, le=120_000_000)
    """Bytes of each of them, and of what is attached to a bid."""
    largest_download: int = Field(default=120_000_000, ge=1)
    """Bytes that are given at once; more is answered 413."""

    dume_simple_state: Literal["brouillon", "validé"] = "brouillon"
    """The state in which `creerDumeSimple` leaves a DUME; no source says it."""
    company_service: Literal["up", "no_data", "message", "refusal", "timeout"] = "up"
    """How the service of company data behind DUME is; what is not up answers without data, with a message, with a
    refusal, or not at all."""
    essential_data_published_after: Seconds = 1.0
    """From taking essential data to publishing them, when searches show them."""
    essential_data_most_rows: int = Field(default=100, ge=1)
    """Rows that a search of essential data shows at most."""
    essential_data_unique: bool = False
    """Whether a second one under the same kind, buyer and id is refused; no source says it."""
    essential_data_reference: bool = True
    """Whether the answer of `enregistrerDE` has the reference; no source says it."""
    essential_data_shows_unpublished: bool = False
    """Whether searches show what is not published yet; no source says it."""
    dume_code_lists: dict[str, dict[str, str]] = {}
    """Lists of codes of DUME, labels by codes, over those made up."""
    seed: int = 1
    """Where chance begins: faults by rate, tokens and identifiers come out the same each time."""

    @classmethod
    def fast(cls) -> Self:
        """The settings for tests and demonstrations: a flow ends within about a second."""
        return cls()

    @classmethod
    def lifelike(cls) -> Self:
        """The settings for looking at a client over a longer time: a flow ends within a minute."""
        return cls(unknown_for=5.0, integrated_after=45.0, search_lag=10.0, status_step=30.0)

    def changed(self, **changes: object) -> Self:
        """The same settings with some values replaced; raises pydantic's ValidationError."""
        return type(self).model_validate(self.model_dump() | changes)
