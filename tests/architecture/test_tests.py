"""The tests keep their own promises: named for a behaviour, said in a line, without sleeps in unit tests."""

import ast
import re

from tests.support.sources import FunctionNode, functions, modules, named, parsed

TESTS = [path for path in modules("tests") if path.name.startswith("test_")]
UNIT = [path for path in TESTS if named(path).startswith("tests/unit/")]
NETWORK = {
    "aiohttp",
    "aio_pika",
    "requests",
}


def cases() -> list[tuple[str, FunctionNode]]:
    """Every test function with where it is."""
    found = ((named(path), node) for path in TESTS for node in functions(path))
    return [(f"{name}:{node.name}", node) for name, node in found if node.name.startswith("test_")]


def test_should_state_a_behaviour() -> None:
    """Every test has a docstring of one sentence."""
    without = [name for name, node in cases() if not (ast.get_docstring(node) or "").rstrip().endswith((".", "?"))]

    assert cases()
    assert without == []


def test_should_be_named_for_what_should_happen() -> None:
    """Every test is called test_should_…."""
    assert [name for name, node in cases() if not node.name.startswith("test_should_")] == []


def test_should_replace_none_of_our_classes() -> None:
    """No test mocks or patches: local servers stand in for the network."""
    banned = re.compile(r"unittest\.mock|mocker|monkeypatch\.setattr")
    text = {named(path): path.read_text(encoding="utf-8") for path in TESTS if "architecture" not in path.parts}

    assert [name for name, source in text.items() if banned.search(source)] == []


def test_should_open_no_connection_in_unit_tests() -> None:
    """Unit tests import nothing that talks over a network."""
    found = [(named(path), name) for path in UNIT for name in _imported(path.read_text(encoding="utf-8"))]

    assert UNIT
    assert [(path, name) for path, name in found if name in NETWORK] == []


def test_should_not_sleep_in_unit_tests() -> None:
    """Unit tests wait for nothing but their turn: a sleep of more than zero is a clock in disguise."""
    slept = [(named(path), call) for path in UNIT for call in ast.walk(parsed(path)) if isinstance(call, ast.Call)]

    assert [name for name, call in slept if _sleeps(call)] == []


def _imported(source: str) -> set[str]:
    return {
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }


def _sleeps(call: ast.Call) -> bool:
    is_sleep = isinstance(call.func, ast.Attribute) and call.func.attr == "sleep"
    is_zero = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    return is_sleep and not is_zero
