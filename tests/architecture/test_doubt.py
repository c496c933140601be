"""Every operation that changes something says how doubt about it is resolved, and says it once."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from service import wiring
from service.core.doubt import Doubt
from service.handlers.base import Write
from service.routes import ROUTES
from service.upstream import Operation
from tests.support.sources import modules, named, parsed

ALL = {operation.title: operation for operation in wiring.operations()}
WRITES = [route.handler for route in ROUTES.values() if isinstance(route.handler, Write)]
LOOKS = ("rechercher", "consulter", "lister", "recuperer", "Recuperer", "telecharger", "healthCheck", "Fusionner")
"""How the State begins the names of what only looks, or makes a document that it does not keep."""

SAID_ELSEWHERE = {"doubt", "doubt_about"}


@pytest.mark.parametrize("operation", ALL.values(), ids=ALL)
def test_should_declare_how_doubt_ends(operation: Operation[Any, Any]) -> None:
    """A read is simply repeated; only what the State names a search or a consultation is one.

    A domain in front of a name tells two operations of one name apart.
    """
    assert operation.doubt in Doubt
    assert operation.does
    if operation.is_read:
        assert (operation.doubt, operation.name.rpartition(".")[2].startswith(LOOKS)) == (Doubt.REPEAT, True)


def test_should_make_every_change_through_one_write() -> None:
    """No operation that changes something is called by anybody who does not write it down first."""
    called = {call.title for write in WRITES for call in _calls(write)}
    changing = {title for title, operation in ALL.items() if not operation.is_read}

    assert called == changing


@pytest.mark.parametrize("write", WRITES, ids=[write.operation for write in WRITES])
def test_should_be_able_to_look_for_what_is_looked_up(write: Write[Any, Any]) -> None:
    """A write whose doubt ends with a look has one."""
    looked_up = any(call.doubt is Doubt.LOOK_UP for call in _calls(write))

    assert looked_up is (type(write).look is not Write.look)


def test_should_say_it_once() -> None:
    """No handler declares a doubt of its own beside that of its operation."""
    said = [
        f"{named(path)}: {name}"
        for path in modules("service")
        if named(path).startswith("service/handlers/") and not named(path).endswith("base.py")
        for name in _defined(path)
        if name in SAID_ELSEWHERE
    ]

    assert said == []


def _calls(write: Write[Any, Any]) -> set[Operation[Any, Any]]:
    """The operations that a write may make: those its module names, and that change something."""
    module = vars(__import__(type(write).__module__, fromlist=["*"]))
    named_there = {value for value in module.values() if isinstance(value, Operation) and not value.is_read}
    return named_there | {write.call}


def _defined(path: Any) -> Iterator[str]:  # Any: what `modules` gives
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
