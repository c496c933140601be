"""Reads the rules of preflight as one checked value: what is packaged, with an operator's changes over it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contracts.results.findings import Certainty
from service.core.preflight.places import is_path

Level = Literal["off", "warn", "enforce"]
Kind = Literal[
    "max_length", "pattern", "one_of", "required", "absent", "siret", "iban", "file_type", "max_bytes", "recipient"
]
Fault = Literal[
    "unknown",
    "inactive",
    "service_missing",
    "commitment_missing",
    "either_missing",
    "commitment_missing_for_service",
    "service_unknown",
    "service_inactive",
]
SURE = frozenset({"official", "live"})
"""Certainties of rules that forbid a deposit unless they say otherwise."""

_NEEDS: Mapping[str, str] = {
    "max_length": "limit",
    "max_bytes": "limit",
    "pattern": "pattern",
    "one_of": "allowed",
    "file_type": "allowed",
    "recipient": "fault",
}


class RulesInvalid(ValueError):
    """The rules cannot be used; the text is one sentence that names the rule."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _word(value: object) -> object:
    """YAML reads a plain `off` as false."""
    return "off" if value is False else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_listed)]
LevelWord = Annotated[Level, BeforeValidator(_word)]


class _Entries(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Places(_Entries):
    """Where a rule looks in each syntax, the first path being the one that is named when nothing is there."""

    ubl: Paths = ()
    cii: Paths = ()

    @model_validator(mode="after")
    def _readable(self) -> Self:
        wrong = [path for name in ("ubl", "cii") for path in getattr(self, name) if not is_path(path, name)]
        if wrong:
            raise ValueError(f"{wrong[0]} is no path of elements with the usual prefixes")
        return self


class Where(_Entries):
    """What the invoice must say elsewhere for a rule to concern it; it does too when nothing is said there."""

    at: Places
    words: Annotated[frozenset[str], Field(alias="is", min_length=1)]


class Rule(_Entries):
    """One rule: what it asks, where, how sure it is, and what it says when it is broken."""

    kind: Kind
    certainty: Certainty
    source: str
    says: str
    level: LevelWord | None = None
    at: Places = Places()
    only: Literal["invoice", "credit_note"] | None = None
    where: Where | None = None
    limit: Annotated[int, Field(ge=0)] | None = None
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    of: Literal["attachment", "file"] = "attachment"
    fault: Fault | None = None
    secret: bool = False

    @property
    def severity(self) -> Level:
        """What breaking it means: its own level, else by how sure it is."""
        return self.level or ("enforce" if self.certainty in SURE else "warn")

    def sentence(self, length: int = 0) -> str:
        """What is wrong and what to do."""
        return self.says.format(limit=self.limit, length=length, allowed=", ".join(self.allowed))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = _NEEDS.get(self.kind)
        if needed and getattr(self, needed) in {None, ()}:
            raise ValueError(f"a rule of kind {self.kind} needs {needed}")
        try:
            re.compile(self.pattern or "")
            self.sentence()
        except re.error:
            raise ValueError("pattern is no regular expression") from None
        except (LookupError, ValueError, AttributeError):
            raise ValueError("says may name {limit}, {length} and {allowed} only") from None
        return self


class Rules(_Entries):
    """A version of the rules by their names, which are the codes of findings."""

    version: Annotated[str, BeforeValidator(str)]
    rules: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,63}$")], Rule]


def parse_rules(packaged: str, override: str | None = None, where: str = "the packaged rules") -> Rules:
    """The rules of a packaged text with those of `override` over them; `where` names that. Raises RulesInvalid."""
    tree = _tree(packaged, "the packaged rules")
    if override is not None:
        tree = _merged(tree, _tree(override, where), where)
    try:
        return Rules.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise RulesInvalid(f"{where}: {place}: {said[:1].lower()}{said[1:]}.") from None


def _tree(text: str, where: str) -> dict[str, Any]:  # Any: a tree of YAML, checked by the model
    try:
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise RulesInvalid(f"{where} is not YAML.") from None
    if tree is None:
        return {}
    if not isinstance(tree, dict) or not isinstance(tree.get("rules", {}), dict):
        raise RulesInvalid(f"{where} is not a mapping with `version` and `rules`.")
    return tree


def _merged(base: dict[str, Any], over: dict[str, Any], where: str) -> dict[str, Any]:  # Any: as above
    """Field by field for a rule that is there; a rule that is not must be complete."""
    unknown = sorted(str(key) for key in over.keys() - base.keys())
    if unknown:
        raise RulesInvalid(f"{where}: {unknown[0]} is not an entry; write `version` and `rules`.")
    rules = dict(base["rules"])
    for name, changes in (over.get("rules") or {}).items():
        if not isinstance(changes, dict):
            raise RulesInvalid(f"{where}: rules.{name} is not a mapping of fields.")
        if name not in rules and "kind" not in changes:
            near = difflib.get_close_matches(str(name), rules, n=1)
            hint = f", did you mean {near[0]}?" if near else "; a new rule needs its kind and all that goes with it."
            raise RulesInvalid(f"{where}: rules.{name} is not a rule{hint}")
        rules[name] = {**rules.get(name, {}), **changes}
    return {"version": over.get("version", base["version"]), "rules": rules}
