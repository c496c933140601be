"""A value shows nothing of itself that must not be printed: values end up in tracebacks, failures and debug lines."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from contracts.envelope import Envelope
from service.core.account import Account
from service.core.delivery import Delivery
from service.handlers.base import Event
from service.observability.log import HIDDEN
from service.settings import load_settings
from service.upstream.entries import Entries
from service.upstream.oauth import Credentials, Token
from service.upstream.transport import HttpAnswer
from service.upstream.values import TechnicalAccount
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD, TOKEN, leaks_in, piece
from tests.support.desk import BEGINNING
from tests.support.sources import modules, named

TELLING = re.compile(rf"{HIDDEN.pattern}|login|headers|prepared", re.IGNORECASE)
"""Names of fields that hold secrets, documents, or what strangers wrote."""

PLAIN = re.compile(r"^(?:bytes|str|object|Any|Mapping\[str, (?:str|object|Any)\])(?: \| None)?$")

# Exceptions, each with its reason.
SHOWN = {
    "service.upstream.dume.mapping.DumeOperations.document": "the name of an operation",
    "service.upstream.dume.mapping.DumeFields.document": "the name of a field",
    "service.core.preflight.rules.Rule.kind": "what a rule asks",
    "service.core.documents.archive._Entry.kind": "one byte that says what an entry is",
    "service.accounts_file._ChorusPro.login": "read from the file and turned into an account at once",
    "service.settings.groups.ChorusProGroup.login": "settings show which account is meant; only its password is secret",
    "contracts.results.publication.ResultEvent.data": "results are published",
}
SHOWS_INPUT = (Entries,)  # an operator's own file, in which a wrong name is best shown


def _classes() -> Iterator[type]:
    found = (named(path) for path in modules("service", "contracts"))
    for name in found:
        if "sandbox" in name or name.endswith("__main__.py"):
            continue
        module = importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        yield from (
            value
            for value in vars(module).values()
            if inspect.isclass(value) and value.__module__ == module.__name__ and "[" not in value.__name__
        )


def _fields(of: type) -> Iterator[tuple[str, str, bool]]:
    """Name, type and whether it is shown, of each field."""
    if dataclasses.is_dataclass(of):
        yield from ((field.name, str(field.type), field.repr) for field in dataclasses.fields(of))
    elif issubclass(of, BaseModel):
        for name, field in of.model_fields.items():
            kind = field.annotation.__name__ if inspect.isclass(field.annotation) else str(field.annotation)
            yield name, kind, field.repr


def test_should_show_no_secret_and_no_document() -> None:
    """Fields that hold one, by their name or because they are bytes, are left out of what a value shows of itself."""
    shown = {
        f"{found.__module__}.{found.__name__}.{name}"
        for found in _classes()
        for name, kind, is_shown in _fields(found)
        if is_shown and ("bytes" in kind or (TELLING.fullmatch(name) and PLAIN.match(kind)))
    }

    assert shown - set(SHOWN) == set()


def test_should_repeat_no_input_in_errors() -> None:
    """An error about a message, an answer or a setting names the field and not what stood there."""
    models = [found for found in _classes() if issubclass(found, BaseModel)]
    telling = [
        f"{model.__module__}.{model.__name__}"
        for model in models
        if not _hides(model) and not issubclass(model, SHOWS_INPUT)
    ]

    assert len(models) > 50
    assert telling == []


def _hides(model: type[BaseModel]) -> bool:
    return bool(model.model_config.get("hide_input_in_errors"))


@pytest.mark.parametrize(
    "value",
    [
        Account(name="default", login=LOGIN, password=PASSWORD),
        TechnicalAccount(name="default", login=LOGIN, password=PASSWORD),
        Token(value=TOKEN, lifetime=60.0),
        Credentials(client_id="an-id", client_secret=CLIENT_SECRET),
        HttpAnswer(status=200, headers={"set-cookie": TOKEN}, body=TOKEN.encode()),
        Delivery(
            body=piece(""), queue="invoices", origin="invoices", first_seen=BEGINNING, headers={"authorization": TOKEN}
        ),
        Event(
            envelope=Envelope(id="e", source="s", type="t"),
            data={"file": piece("").decode()},
            digest="d",
            account="default",
            now=BEGINNING,
            key="k",
        ),
        load_settings({"RELAY_PISTE__CLIENT_SECRET": CLIENT_SECRET, "RELAY_CHORUS_PRO__PASSWORD": PASSWORD}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_should_show_itself_without_its_secrets(value: object) -> None:
    """Printed in any way, and inside of other values."""
    assert leaks_in(f"{value!r} {value!s} {[value]} { {'x': value} }") == []
