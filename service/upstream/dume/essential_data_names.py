"""What DUME calls things in the essential data of contracts and concessions."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from service.upstream.entries import Entries, folded

SEARCH: Final = "recupererDEV2"
"""The name of the search that wants a header, whatever constant goes out for it."""


class EssentialOperations(Entries):
    """The constant of each operation."""

    publish: str
    update: str
    search: str
    search_v1: str


class EssentialKinds(Entries):
    """The code of each kind of contract."""

    contract: str
    concession: str


class EssentialFields(Entries):
    """Where each value goes in a request, dots standing for objects."""

    inside: str
    reference: str
    kind: str
    id: str
    object: str
    nature: str
    procedure: str
    duration_months: str
    buyer: str
    conceding_authority: str
    consultation_id: str
    consultation_reference: str
    lot_number: str
    techniques: str
    modalities: str
    framework_agreement_id: str
    cpv: str
    place_code: str
    place_code_type: str
    notified_on: str
    amount: str
    price_form: str
    price_types: str
    holders: str
    holder_id: str
    holder_scheme: str
    grouping: str
    ccag: str
    offers_received: str
    innovative: str
    advance_granted: str
    advance_rate: str
    eu_origin: str
    france_origin: str
    subcontracting_declared: str
    social_considerations: str
    environmental_considerations: str
    signed_on: str
    execution_starts_on: str
    total_value: str
    public_subsidies: str
    concessionaires: str
    concessionaire_id: str
    concessionaire_scheme: str
    modifications: str
    modification_number: str
    modification_notified_on: str
    modification_signed_on: str
    modification_duration_months: str
    modification_amount: str
    modification_total_value: str
    modification_holders: str
    subcontracts: str
    subcontract_number: str
    subcontract_contractor_id: str
    subcontract_contractor_scheme: str
    subcontract_notified_on: str
    subcontract_duration_months: str
    subcontract_amount: str
    subcontract_price_variation: str
    subcontract_changes: str
    subcontract_change_number: str
    subcontract_change_notified_on: str
    subcontract_change_duration_months: str
    subcontract_change_amount: str
    execution: str
    execution_published_on: str
    execution_investment: str
    execution_tariffs: str
    tariff_name: str
    tariff_amount: str
    published_from: str
    published_until: str
    searched_reference: str
    searched_id: str
    searched_kind: str
    searched_nature: str
    searched_procedure: str
    searched_cpv: str
    searched_buyer: str
    searched_authority: str
    searched_holder: str
    searched_concessionaire: str

    @classmethod
    def rows(cls) -> tuple[frozenset[str], ...]:
        """The data themselves, which are one object, and the objects of each list in them."""
        lists = ("holder_", "concessionaire_", "modification_", "subcontract_change_", "execution_", "tariff_")
        inner = [frozenset(name for name in cls.model_fields if name.startswith(start)) for start in lists]
        subcontract = frozenset(name for name in cls.model_fields if name.startswith("subcontract_"))
        inner.append(subcontract.difference({"subcontract_changes"}, *inner))
        inner = [entries - {"execution_starts_on"} for entries in inner]
        return (frozenset(cls.model_fields).difference(*cls.requests(), *inner), *inner)

    @classmethod
    def requests(cls) -> tuple[frozenset[str], ...]:
        """Where the data go, beside the envelope, and the criteria of a search."""
        searched = frozenset(name for name in cls.model_fields if name.startswith("searched_"))
        return frozenset({"inside", "reference"}), searched | {"published_from", "published_until"}


class EssentialAnswers(Entries):
    """Where each value may stand in an answer, the likeliest first."""

    listed: tuple[str, ...]
    places: tuple[str, ...]
    contract_part: tuple[str, ...]
    concession_part: tuple[str, ...]
    reference: tuple[str, ...]
    kind: tuple[str, ...]
    id: tuple[str, ...]
    buyer_id: tuple[str, ...]
    buyer_name: tuple[str, ...]
    consultation_id: tuple[str, ...]
    consultation_reference: tuple[str, ...]
    lot_number: tuple[str, ...]
    object: tuple[str, ...]
    nature: tuple[str, ...]
    procedure: tuple[str, ...]
    techniques: tuple[str, ...]
    modalities: tuple[str, ...]
    framework_agreement_id: tuple[str, ...]
    cpv: tuple[str, ...]
    place_code: tuple[str, ...]
    place_code_type: tuple[str, ...]
    place_name: tuple[str, ...]
    duration_months: tuple[str, ...]
    published_on: tuple[str, ...]
    notified_on: tuple[str, ...]
    signed_on: tuple[str, ...]
    execution_starts_on: tuple[str, ...]
    amount: tuple[str, ...]
    total_value: tuple[str, ...]
    public_subsidies: tuple[str, ...]
    price_form: tuple[str, ...]
    price_types: tuple[str, ...]
    holders: tuple[str, ...]
    operator_id: tuple[str, ...]
    operator_scheme: tuple[str, ...]
    operator_name: tuple[str, ...]
    grouping: tuple[str, ...]
    ccag: tuple[str, ...]
    offers_received: tuple[str, ...]
    innovative: tuple[str, ...]
    advance_granted: tuple[str, ...]
    advance_rate: tuple[str, ...]
    eu_origin: tuple[str, ...]
    france_origin: tuple[str, ...]
    subcontracting_declared: tuple[str, ...]
    social_considerations: tuple[str, ...]
    environmental_considerations: tuple[str, ...]
    modifications: tuple[str, ...]
    modification_number: tuple[str, ...]
    modification_notified_on: tuple[str, ...]
    modification_signed_on: tuple[str, ...]
    modification_published_on: tuple[str, ...]
    execution: tuple[str, ...]
    execution_published_on: tuple[str, ...]
    execution_investment: tuple[str, ...]
    execution_tariffs: tuple[str, ...]
    tariff_name: tuple[str, ...]
    tariff_amount: tuple[str, ...]


class EssentialLists(Entries):
    """The closed lists of the national schema."""

    contract_natures: tuple[str, ...]
    contract_procedures: tuple[str, ...]
    concession_natures: tuple[str, ...]
    concession_procedures: tuple[str, ...]
    techniques: tuple[str, ...]
    modalities: tuple[str, ...]
    price_forms: tuple[str, ...]
    price_types: tuple[str, ...]
    price_variations: tuple[str, ...]
    ccags: tuple[str, ...]
    groupings: tuple[str, ...]
    place_code_types: tuple[str, ...]
    identifier_schemes: tuple[str, ...]
    contract_social_considerations: tuple[str, ...]
    concession_social_considerations: tuple[str, ...]
    environmental_considerations: tuple[str, ...]


class EssentialDataMapping(Entries):
    """What DUME calls things there, and what is known of how it behaves."""

    operations: EssentialOperations
    version_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] | None
    version_value: Annotated[str, Field(pattern=r"^[!-~]{0,60}$")]
    most_rows: Annotated[int, Field(ge=1)]
    last_day_included: bool
    shows_unpublished: bool
    kinds: EssentialKinds
    unchanged_words: tuple[str, ...]
    changed_words: tuple[str, ...]
    fields: EssentialFields
    answers: EssentialAnswers
    schema_version: str
    lists: EssentialLists

    @property
    def headers(self) -> dict[str, dict[str, str]]:
        """The headers that go with an operation, by its name."""
        return {SEARCH: {self.version_header: self.version_value}} if self.version_header else {}

    def was_changed(self, said: tuple[tuple[str, str], ...]) -> bool | None:
        """Whether the messages of an update, each a code and a text, say that data were changed; None: not said."""
        if any(_says(message, self.unchanged_words) for message in said):
            return False
        return True if any(_says(message, self.changed_words) for message in said) else None


def _says(message: tuple[str, str], words: tuple[str, ...]) -> bool:
    code, text = message
    return any(code == word or (bool(folded(word)) and folded(word) in folded(text)) for word in words)
