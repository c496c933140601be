"""The State's names, paths and codes as one checked value: what is packaged, with an operator's changes over it."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from contracts.reasons import Reason
from contracts.results.common import RefusalReason
from service.upstream.dume.mapping import DumeMapping
from service.upstream.entries import Entries, Prefix, reason_in
from service.upstream.sound import unsound

FlowStanding = Literal["integrated", "partial", "rejected", "pending", "stuck", "incident", "unknown"]

LEAF = {"value", "confidence"}
"""What an entry that says how sure it is has in place of a plain value."""
_CONFIDENCES = {"official", "client", "inferred"}


class MappingInvalid(ValueError):
    """The mapping cannot be used; the message is one sentence that names the entry."""


class _Twice(ValueError):
    """A key that stands twice in one place of a document."""


class _AsWritten(yaml.SafeLoader):
    """YAML whose keys are what is written, 04 and no as well, and in which none stands twice: one would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  Any, and the signature: the library's
        """Make the mapping; raises _Twice."""
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        written = [key.value for key in keys]
        for position, key in enumerate(keys):
            if key.value in written[:position]:
                raise _Twice(f"line {key.start_mark.line + 1}: {key.value} stands twice in one place; join the two")
            key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep=deep)


class FlowStates(Entries):
    """What each state of a flow amounts to."""

    integrated: tuple[str, ...]
    partial: tuple[str, ...]
    rejected: tuple[str, ...]
    pending: tuple[str, ...]
    stuck: tuple[str, ...]
    incident: tuple[str, ...]


class ValidationWords(Entries):
    """What a validator says, and the statuses that follow."""

    validated_action: str
    refused_action: str
    validated: frozenset[str]
    refused: frozenset[str]
    corrected: frozenset[str]


class ChorusProMapping(Entries):
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
    perhaps_supplemented: frozenset[str]
    drafts: frozenset[str]

    def flow_standing(self, code: str | None) -> FlowStanding:
        """What the state of a flow amounts to; a state in no list is unknown, and never final."""
        for standing in ("integrated", "partial", "rejected", "pending", "stuck", "incident"):
            if code in getattr(self.flow_states, standing):
                return standing
        return "unknown"

    def reason_of(self, operation: str, code: str | None) -> Reason:
        """Our reason for a refusal: that of its code for the operation, else for any, else `upstream_refused`."""
        return reason_in(self.refusals, operation, code)


class UpstreamMapping(Entries):
    """Everything that may have to be changed without a release.

    `version` grows when entries are renamed or change their meaning: a file of changes that names another is not used.
    """

    version: int
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
        changes = _plain(read_file(override), str(override))
        _check_version(changes.get("version", tree["version"]), tree["version"], override)
        tree = _merged(tree, changes, str(override))
    mapping = _validated(tree, str(override or "the packaged mapping"))
    if override is not None:
        packaged = _validated(_packaged(), "the packaged mapping")
        for wrong in unsound(mapping, packaged, mapping.dume.always_sent):
            raise MappingInvalid(f"{override}: {wrong}")
    return mapping


def _validated(tree: dict[str, Any], where: str) -> UpstreamMapping:  # Any: a tree of YAML, checked here
    try:
        return UpstreamMapping.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        entry = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise MappingInvalid(f"{where}: {entry}: {said[:1].lower()}{said[1:]}") from error


def _check_version(written_for: object, version: int, override: Path) -> None:
    if written_for != version:
        raise MappingInvalid(
            f"{override}: version is {written_for}, and this relay has version {version} of the mapping: compare its"
            " entries with docs/upstream-mapping.md, then change version"
        )


def packaged_text() -> str:
    """The packaged document as it is, confidences included."""
    return (resources.files("service.upstream") / "mapping.yaml").read_text(encoding="utf-8")


@cache
def _packaged() -> dict[str, Any]:  # Any: a tree of YAML, checked by the model
    return _plain(yaml.safe_load(packaged_text()), "the packaged mapping")


def read_file(path: Path) -> object:
    """A file of changes as YAML has it, confidences included; raises MappingInvalid."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_AsWritten)  # noqa: S506  safer than the safe one
    except OSError as error:
        raise MappingInvalid(f"{path} cannot be read: {error.strerror}") from error
    except _Twice as error:
        raise MappingInvalid(f"{path}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingInvalid(f"{path} is not YAML") from error


def _plain(tree: object, where: str) -> dict[str, Any]:  # Any: a tree of YAML, checked by the model
    """Leave the confidences out."""
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise MappingInvalid(f"{where} is not a mapping of names to values")
    for key in tree:
        if not isinstance(key, str):
            raise MappingInvalid(
                f"{where}: {key} is no text as YAML reads it: put it in quotes, as the State writes it"
            )
    return {key: _value(value, f"{where}: {key}") for key, value in tree.items()}


def _value(value: object, where: str) -> object:
    if not isinstance(value, dict):
        return value
    if "value" in value and value.keys() <= LEAF:
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
    words = (dume["states"], dume["procedures"], chorus_pro["reform_codes"])
    refusals = (chorus_pro["refusals"], dume["refusals"])
    return base in (*words, *refusals, *(codes for table in refusals for codes in table.values()))
