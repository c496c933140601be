"""The State's names, paths and codes as one checked value: what is packaged, with an operator's changes over it."""

from __future__ import annotations

import difflib
import unicodedata
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from contracts.reasons import Reason
from contracts.results.common import RefusalReason

FlowStanding = Literal["integrated", "partial", "rejected", "pending", "stuck", "incident", "unknown"]
DumeWord = Literal["draft", "validated", "published", "replaced", "deleted", "unknown"]

ANY = "any"
"""Instead of the name of an operation: a code that means the same wherever it comes."""

_LEAF = {"value", "confidence"}
_CONFIDENCES = {"official", "client", "inferred"}


class MappingInvalid(ValueError):
    """The mapping cannot be used; the message is one sentence that names the entry."""


class _Entries(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FlowStates(_Entries):
    """What each state of a flow amounts to."""

    integrated: tuple[str, ...]
    partial: tuple[str, ...]
    rejected: tuple[str, ...]
    pending: tuple[str, ...]
    stuck: tuple[str, ...]
    incident: tuple[str, ...]


class ValidationWords(_Entries):
    """What a validator says, and the statuses that follow."""

    validated_action: str
    refused_action: str
    validated: frozenset[str]
    refused: frozenset[str]
    corrected: frozenset[str]


Prefix = Annotated[str, Field(pattern=r"^(/[^/\s]+)+$")]
"""A path that begins with a stroke and does not end with one."""


class ChorusProMapping(_Entries):
    """What Chorus Pro calls things."""

    prefixes: dict[str, Prefix]
    certificate_prefixes: dict[str, Prefix]
    nothing_found: frozenset[str]
    transient_codes: frozenset[str]
    ignored_services: frozenset[str]
    unbounded_most: Annotated[int, Field(ge=1)]
    flow_states: FlowStates
    reform_codes: dict[str, str]
    refusals: dict[str, dict[str, RefusalReason]]
    validation: ValidationWords
    main_pdf: Literal["ajouterFichierDansSysteme", "deposerPdfFacture"]
    supplemented: frozenset[str]
    drafts: frozenset[str]

    def flow_standing(self, code: str | None) -> FlowStanding:
        """What the state of a flow amounts to; a state in no list is unknown, and never final."""
        for standing in ("integrated", "partial", "rejected", "pending", "stuck", "incident"):
            if code in getattr(self.flow_states, standing):
                return standing
        return "unknown"

    def reason_of(self, operation: str, code: str | None) -> Reason:
        """Our reason for a refusal: that of its code for the operation, else for any, else `upstream_refused`."""
        known = self.refusals.get(ANY, {}) | self.refusals.get(operation, {})
        return known.get(code or "", Reason.UPSTREAM_REFUSED)


class DumeOperations(_Entries):
    """The constant of each operation."""

    health: str
    model: str
    create_simple: str
    save: str
    search: str
    document: str


class DumeFields(_Entries):
    """Where each value goes in a request, dots standing for objects."""

    operation: str
    platform_type: str
    platform_id: str
    technical_platform_id: str
    requester_name: str
    requester_id: str
    consultation_id: str
    consultation_reference: str
    consultation_title: str
    contract_type: str
    procedure: str
    cpv: str
    bids_due: str
    buyer_type: str
    buyer_id: str
    searched_buyer: str
    lots: str
    lot_number: str
    lot_title: str
    dume_id: str
    replaced_dume_id: str
    document: str
    state: str
    format: str


class DumeAnswers(_Entries):
    """Where each value may stand in an answer, the likeliest first."""

    dume_id: tuple[str, ...]
    state: tuple[str, ...]
    document: tuple[str, ...]
    dumes: tuple[str, ...]
    consultation_id: tuple[str, ...]
    lot_number: tuple[str, ...]


class DumeMapping(_Entries):
    """What DUME calls things."""

    prefixes: dict[str, Prefix]
    certificate_prefixes: dict[str, Prefix]
    operations: DumeOperations
    fields: DumeFields
    left_out: frozenset[str]
    answers: DumeAnswers
    states: dict[str, DumeWord]
    sent_states: dict[str, str]
    contract_types: dict[str, str]
    procedures: dict[str, str]
    id_types: dict[str, str]
    formats: dict[str, str]
    nothing_found: frozenset[str]
    transient_codes: frozenset[str]

    @field_validator("left_out")
    @classmethod
    def _known_fields(cls, names: frozenset[str]) -> frozenset[str]:
        unknown = sorted(names - DumeFields.model_fields.keys())
        if unknown:
            raise ValueError(f"{unknown[0]} is not one of the entries of dume.fields")
        return names

    def state_of(self, code: str | None) -> DumeWord:
        """Our word for a state as DUME writes it."""
        return self._words.get(folded(code or ""), "unknown")

    def espd_procedure(self, procedure: str | None) -> str | None:
        """The code of the European document for a French procedure; None when none is known for it."""
        return self._codes.get(folded(procedure or ""))

    @cached_property
    def _words(self) -> dict[str, DumeWord]:
        return {folded(name): word for name, word in self.states.items()}

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {folded(name): code for name, code in self.procedures.items()}


class UpstreamMapping(_Entries):
    """Everything that may have to be changed without a release."""

    chorus_pro: ChorusProMapping
    dume: DumeMapping

    @property
    def prefixes(self) -> dict[str, dict[str, str]]:
        """The path in front of each operation, by upstream and API."""
        return {"chorus-pro": self.chorus_pro.prefixes, "dume": self.dume.prefixes}

    @property
    def transient_codes(self) -> dict[str, frozenset[str]]:
        """The codes of refusals that pass by themselves, by upstream."""
        return {"chorus-pro": self.chorus_pro.transient_codes, "dume": self.dume.transient_codes}

    @property
    def certificate_prefixes(self) -> dict[str, dict[str, str]]:
        """The same at the old addresses, which are called with a certificate."""
        return {"chorus-pro": self.chorus_pro.certificate_prefixes, "dume": self.dume.certificate_prefixes}


def load_mapping(override: Path | None = None) -> UpstreamMapping:
    """Return the packaged mapping with the entries of `override` over it; raises MappingInvalid."""
    tree = _packaged()
    if override is not None:
        tree = _merged(tree, _plain(_read(override), str(override)), str(override))
    try:
        return UpstreamMapping.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MappingInvalid(f"{override or 'the packaged mapping'}: {where}: {first['msg'].lower()}") from error


def folded(text: str) -> str:
    """Fold what people write differently: accents, case, apostrophes, blanks."""
    plain = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().split())


def packaged_text() -> str:
    """The packaged document as it is, confidences included."""
    return (resources.files("service.upstream") / "mapping.yaml").read_text(encoding="utf-8")


@cache
def _packaged() -> dict[str, Any]:  # Any: a tree of YAML, checked by the model
    return _plain(yaml.safe_load(packaged_text()), "the packaged mapping")


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingInvalid(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingInvalid(f"{path} is not YAML") from error


def _plain(tree: object, where: str) -> dict[str, Any]:  # Any: a tree of YAML, checked by the model
    """Leave the confidences out."""
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise MappingInvalid(f"{where} is not a mapping of names to values")
    return {str(key): _value(value, f"{where}: {key}") for key, value in tree.items()}


def _value(value: object, where: str) -> object:
    if not isinstance(value, dict):
        return value
    if "value" in value and value.keys() <= _LEAF:
        if value.get("confidence", "inferred") not in _CONFIDENCES:
            raise MappingInvalid(f"{where} has a confidence other than official, client or inferred")
        return value["value"]
    return _plain(value, where)


def _merged(base: dict[str, Any], over: dict[str, Any], where: str) -> dict[str, Any]:  # Any: as above
    merged = dict(base)
    for key, value in over.items():
        present = base.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            merged[key] = _merged(present, value, f"{where}: {key}")
        elif key in base or _is_open(base):
            merged[key] = value
        else:
            near = difflib.get_close_matches(key, base, n=1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise MappingInvalid(f"{where}: {key} is not an entry{hint}")
    return merged


def _is_open(base: dict[str, Any]) -> bool:  # Any: as above
    """Whether new keys may be added: lists of the State's words may grow, the names of entries may not."""
    chorus_pro, dume = _packaged()["chorus_pro"], _packaged()["dume"]
    refusals = chorus_pro["refusals"]
    return base in (dume["states"], dume["procedures"], chorus_pro["reform_codes"], refusals, *refusals.values())
