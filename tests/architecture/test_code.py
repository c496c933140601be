"""The code keeps the promises of its layout: small modules, one promise each, one place that catches everything."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.sources import functions, length, modules, named, parsed

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
CODE = ("contracts", "service")

# Exceptions, each with its reason.
LONG_MODULES: dict[str, str] = {}
LONG_TESTS = {
    "tests/contract/test_recorded_answers.py": "one case per recorded answer",
    "tests/unit/core/test_gate.py": "one case per way a gate may move",
    "tests/integration/upstream/test_calls.py": "one case per way a call can go",
}
LONG_FUNCTIONS: dict[str, str] = {}
CATCH_ALL = {
    "service/pipeline.py": "the relay's own mistakes end here: the event is kept",
    "service/feed/__init__.py": "ticks stand beside the pipeline: given back to the broker, one comes again at once",
    "service/ledger/batch.py": "an error of one job belongs to its caller, not to the other jobs of the transaction",
}
MAY_PRINT = ("service/cli/", "service/sandbox/")


def test_should_keep_modules_short() -> None:
    """No module of the program or of its tests is longer than three hundred lines, but those listed."""
    long = {named(path) for path in modules(*CODE, "tests") if _lines(path) > LONGEST_MODULE}

    assert long - {*LONG_MODULES, *LONG_TESTS} == set()


def test_should_keep_functions_short() -> None:
    """No function is longer than forty lines, its docstring aside."""
    found = ((f"{named(path)}:{node.name}", length(node)) for path in modules(*CODE) for node in functions(path))

    assert {name for name, lines in found if lines > LONGEST_FUNCTION} == set(LONG_FUNCTIONS)


def test_should_open_every_module_with_its_promise() -> None:
    """Every module begins with one line that ends like a sentence and does not speak of itself."""
    without = [named(path) for path in modules(*CODE, "tests") if not _is_promise(ast.get_docstring(parsed(path)))]

    assert without == []


def test_should_catch_everything_in_one_place() -> None:
    """Only the modules listed, each for its reason, catch Exception or more."""
    found = {named(path) for path in modules(*CODE) for node in ast.walk(parsed(path)) if _catches_everything(node)}

    assert found == set(CATCH_ALL)


def test_should_print_only_for_a_person() -> None:
    """Only commands and the sandbox print."""
    found = [named(path) for path in modules(*CODE) if "print" in _names_called(path)]

    assert [name for name in found if not name.startswith(MAY_PRINT)] == []


def test_should_never_let_the_library_settle() -> None:
    """Nothing uses aio-pika's message.process(): on cancellation it rejects without requeue."""
    found = [named(path) for path in modules("service") for name in _attributes_called(path) if name == "process"]

    assert found == []


def test_should_await_nothing_in_decisions() -> None:
    """The core has no coroutine and reads no clock: time arrives as an argument."""
    core = [path for path in modules("service") if named(path).startswith("service/core/")]
    coroutines = [named(path) for path in core for node in functions(path) if isinstance(node, ast.AsyncFunctionDef)]
    clocks = [
        named(path) for path in core for name in _attributes_called(path) if name in {"now", "utcnow", "monotonic"}
    ]

    assert core
    assert (coroutines, clocks) == ([], [])


def test_should_use_the_words_of_the_project() -> None:
    """No module or class is called a manager, a helper or a util."""
    names = [*(path.stem for path in modules(*CODE)), *(name for path in modules(*CODE) for name in _classes(path))]

    assert [name for name in names if name.lower().endswith(("manager", "helper", "helpers", "util", "utils"))] == []


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def _is_promise(docstring: str | None) -> bool:
    first = (docstring or "").partition("\n")[0]
    return first.endswith((".", "?", "!")) and not first.lower().startswith("this module")


def _catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = [] if node.type is None else [name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)]
    reraises = any(isinstance(line, ast.Raise) and line.exc is None for line in node.body)
    return node.type is None or (bool({"Exception", "BaseException"} & set(caught)) and not reraises)


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))


def _names_called(path: Path) -> set[str]:
    return {call.func.id for call in _calls(path) if isinstance(call.func, ast.Name)}


def _attributes_called(path: Path) -> list[str]:
    return [call.func.attr for call in _calls(path) if isinstance(call.func, ast.Attribute)]


def _classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
