"""Reads the file of technical accounts, JSON or YAML, into accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from contracts.changes import FeedRole
from service.core.account import Account

# YAML reads 99900001100018 as a number and 00012345678901 perhaps as an octal one; both were meant as text.
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]
Siret = Annotated[Text, Field(pattern=r"^\d{14}$")]
# It also reads a plain `off` as false.
Level = Annotated[Literal["off", "warn", "enforce"], BeforeValidator(lambda value: "off" if value is False else value)]


class AccountsInvalid(ValueError):
    """The accounts cannot be used; the text is one or more sentences without secrets."""


class _Loader(yaml.SafeLoader):
    """Takes no name twice: of two accounts with one name, the first would be nobody's, its events the other's."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """What a mapping holds; raises AccountsInvalid naming what it holds twice."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                line = key.start_mark.line + 1
                raise AccountsInvalid(f"In the accounts file, line {line}: {str(key.value)[:64]} is there twice.")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _ChorusPro(_Part):
    login: Annotated[str, Field(min_length=1)]
    password: SecretStr | None = None
    password_file: Path | None = None
    password_changed: date | None = None

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if (self.password is None) == (self.password_file is None):
            raise ValueError("give either password or password_file")
        return self


class _Account(_Part):
    chorus_pro: _ChorusPro | None = None
    suppliers: frozenset[Siret] = frozenset()
    preflight: Level | None = None
    lookup: bool | None = None
    feed: frozenset[FeedRole] | None = None


ACCOUNTS = TypeAdapter(dict[Annotated[Text, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")], _Account])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One account of the file, and the file its password comes from."""

    account: Account
    password_file: Path | None


def parse(text: str, *, folder: Path) -> tuple[Entry, ...]:
    """The accounts by name, or under `accounts`; password files count from `folder`. Raises AccountsInvalid."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader that takes no name twice
    except AccountsInvalid:
        raise
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise AccountsInvalid(f"The accounts file is neither JSON nor YAML{where}.") from None
    if isinstance(content, Mapping) and set(content) == {"accounts"}:
        content = content["accounts"]
    if not content:
        raise AccountsInvalid("The accounts file names no account.")
    try:
        accounts = ACCOUNTS.validate_python(content)
    except ValidationError as error:
        raise AccountsInvalid(" ".join(_sentences(error))) from None
    return tuple(_entry(name, account, folder) for name, account in accounts.items())


def _sentences(error: ValidationError) -> list[str]:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        f"In the accounts file, {'.'.join(str(part) for part in p['loc']) or 'the content'}:"
        f" {p['msg'].removeprefix('Value error, ')}."
        for p in problems
    ]


def _entry(name: str, given: _Account, folder: Path) -> Entry:
    chorus_pro = given.chorus_pro
    password = chorus_pro.password.get_secret_value() if chorus_pro and chorus_pro.password else None
    account = Account(
        name=name,
        login=chorus_pro.login if chorus_pro else None,
        password=password,
        suppliers=given.suppliers,
        preflight=given.preflight,
        lookup=given.lookup,
        feed=given.feed,
        password_changed=chorus_pro.password_changed if chorus_pro else None,
    )
    file = chorus_pro.password_file if chorus_pro else None
    return Entry(account=account, password_file=folder / file if file else None)
