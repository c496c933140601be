"""The generated files are those the models give, and the command says so."""

import shutil
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

import contracts
from contracts.generate import differences, generated_files, write
from contracts.registry import REQUESTS, RESULTS
from service.cli.contracts import contracts_command

pytestmark = pytest.mark.contract
_ROOT = Path(contracts.__file__).parent.parent
_app = typer.Typer()
_app.command()(contracts_command)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the generated files to spoil."""
    for path in generated_files():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_ROOT / path, target)
    return tmp_path


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(_app, list(arguments))
    return result.exit_code, result.output


def test_should_be_up_to_date() -> None:
    """Whoever changes a model writes the files again."""
    assert differences(_ROOT) == []


def test_should_give_the_same_files_each_time() -> None:
    """Nothing generated depends on the moment."""
    assert generated_files() == generated_files()


@pytest.mark.parametrize(
    "path", ["contracts/asyncapi.yaml", "docs/contracts.md", "contracts/schemas/upstream.paused.v1.json"]
)
def test_should_fail_the_check_when_a_file_differs(root: Path, path: str) -> None:
    """A stale file is named."""
    (root / path).write_text("stale")
    code, output = _run("--check", "--root", str(root))

    assert code == 1
    assert f"differs: {path}" in output


def test_should_fail_the_check_when_a_file_is_missing(root: Path) -> None:
    """A new type without its files is named."""
    (root / "contracts/examples/upstream.paused.v1.json").unlink()

    assert differences(root) == ["contracts/examples/upstream.paused.v1.json"]


def test_should_fail_the_check_when_a_file_is_left_over(root: Path) -> None:
    """A type that is gone leaves nothing behind."""
    (root / "contracts/schemas/gone.v1.json").write_text("{}")

    assert differences(root) == ["contracts/schemas/gone.v1.json"]


def test_should_repair_what_differs(root: Path) -> None:
    """Writing makes the check pass."""
    (root / "contracts/schemas/gone.v1.json").write_text("{}")
    (root / "docs/contracts.md").unlink()
    code, _ = _run("--write", "--root", str(root))

    assert (code, write(root), _run("--check", "--root", str(root))[0]) == (0, [], 0)


def test_should_list_every_type() -> None:
    """The command without a type shows them all."""
    code, output = _run()

    assert code == 0
    assert all(name in output for name in (*REQUESTS, *RESULTS))


@pytest.mark.parametrize(("option", "folder"), [("--example", "examples"), ("--schema", "schemas")])
def test_should_print_one_type(option: str, folder: str) -> None:
    """What is printed is what is in the repository."""
    code, output = _run("invoice.deposit.requested.v1", option)

    assert code == 0
    assert output == (_ROOT / "contracts" / folder / "invoice.deposit.requested.v1.json").read_text()


def test_should_say_when_there_is_no_such_type() -> None:
    """A slip in the name is told apart from a failure."""
    code, output = _run("invoice.lost.v1")

    assert code == 2
    assert "No such type" in output


def test_should_describe_every_message_in_asyncapi() -> None:
    """The document is YAML, names both exchanges and all types, and points at schemas that exist."""
    document = yaml.safe_load((_ROOT / "contracts/asyncapi.yaml").read_text())
    channels = document["channels"]
    messages = document["components"]["messages"]
    schemas = [message["payload"]["schema"]["$ref"] for message in messages.values()]

    assert document["asyncapi"].startswith("3.")
    assert [channel["address"] for channel in channels.values()] == ["relay.events", "relay.results"]
    assert [list(channel["messages"]) for channel in channels.values()] == [list(REQUESTS), list(RESULTS)]
    assert all((_ROOT / "contracts" / schema).is_file() for schema in schemas)


def test_should_point_only_at_what_asyncapi_holds() -> None:
    """No reference inside the document leads nowhere."""
    document = yaml.safe_load((_ROOT / "contracts/asyncapi.yaml").read_text())

    def references(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if str(value.get("$ref", "")).startswith("#") else []
            return own + [found for item in value.values() for found in references(item)]
        return [found for item in value for found in references(item)] if isinstance(value, list) else []

    for reference in references(document):
        target = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]

        assert isinstance(target, dict)
