"""What people read agrees with the program: routes, settings, metrics, log lines, examples, links."""

import ast
import importlib.util
import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from contracts.registry import FAMILIES, NOTICES, REQUESTS, RESULTS
from contracts.results import parse_result
from service import wiring
from service.accounts_file import parse as parse_accounts
from service.core.calendar import parse as parse_calendar
from service.core.gate import LONGEST_BACKOFF
from service.core.preflight import parse_rules
from service.handlers.base import Write
from service.observability.metrics import Metrics
from service.preflight import packaged_text
from service.routes import ROUTES
from service.settings import load_settings, variables
from service.settings.durations import to_text
from service.upstream import load_mapping
from tests.support.sources import ROOT, modules, named, tracked_files

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
REQUESTERS = (ROOT / "docs/requesters.md").read_text(encoding="utf-8")
PREFLIGHT = (ROOT / "docs/preflight.md").read_text(encoding="utf-8")
MAPPING = (ROOT / "docs/upstream-mapping.md").read_text(encoding="utf-8")
DOCUMENTS = {named(path): path.read_text(encoding="utf-8") for path in tracked_files() if path.suffix == ".md"}
TEN_LINES = 12  # with the imports and the call


def _map_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_map", ROOT / ".make/map.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(".make/map.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


map_script = _map_script()


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a document in one language."""
    return re.findall(rf"(?m)^```{language}\n(.*?)^```", text, re.DOTALL)


def rows(text: str, first_cell: str) -> list[list[str]]:
    """The cells of each table row whose first cell matches."""
    lines = re.findall(rf"(?m)^\| {first_cell} \|.*$", text)
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


ROUTE = r"`(?:[a-z._]+\.requested|tender\.[a-z]+)\.v1`"
"""The first cell of a row about a route: a request, or a fact about a tender."""


def quoted(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("name", sorted(map_script.GENERATED))
def test_should_hold_what_the_code_says(name: str) -> None:
    """The map of modules and the tables of settings and upstream names are those `make map` writes."""
    text = DOCUMENTS[name]
    written = text
    for part, make in map_script.GENERATED[name].items():
        written = map_script.renewed(written, part, make())

    assert written == text


def test_should_list_every_route_with_its_results() -> None:
    """The table of routes has each request once, with the endings and the progress of its contract."""
    listed = {quoted(row[0])[0]: (quoted(row[2]), quoted(row[3])) for row in rows(README, ROUTE)}
    expected: dict[str, tuple[list[str], list[str]]] = {}
    for family in FAMILIES:
        ends = list(family.terminal_types)
        told = [name for name, _ in family.results() if name not in ends]
        expected |= dict.fromkeys(family.requests, (ends, told))

    assert listed == expected
    assert set(listed) == set(ROUTES)


def test_should_name_the_operations_of_each_route() -> None:
    """Every operation of the table of routes exists, and each write names the one that changes something."""
    known = {operation.name for operation in wiring.operations()}
    listed = {quoted(row[0])[0]: quoted(row[1]) for row in rows(README, ROUTE)}
    writes = {kind: route.handler.call.title for kind, route in ROUTES.items() if isinstance(route.handler, Write)}

    assert {name for names in listed.values() for name in names} <= known
    assert [kind for kind, name in writes.items() if name.partition(":")[0] not in listed[kind]] == []


def test_should_name_the_notices() -> None:
    """Results that belong to no request are named, by the README or the changelog."""
    text = README + DOCUMENTS["CHANGELOG.md"]

    assert [name for name in NOTICES if name.removesuffix(".v1") not in text] == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_should_name_only_variables_that_exist(name: str) -> None:
    """Every RELAY_ variable in a document is one the program reads."""
    known = {*variables(), "RELAY_SECRETS_DIR", "RELAY_TEST_AMQP_URL"}
    found = set(re.findall(r"\bRELAY_[A-Z0-9_]*[A-Z0-9]\b", DOCUMENTS[name]))

    assert found - known == set()


def test_should_name_every_metric_and_no_other() -> None:
    """The page for operators has each metric, and its alerts use no other."""
    exported = {family.name for family in Metrics().registry.collect()}
    own = {name for name in exported if name.startswith("piste_relay_")}
    found = {name.removesuffix("_total") for name in re.findall(r"piste_relay_[a-z_]+", OPERATIONS)}

    assert own
    assert found == own


def test_should_name_log_lines_that_are_written() -> None:
    """Every log line the page for operators explains is one some module writes."""
    start = OPERATIONS.index("| Other lines")
    table = OPERATIONS[start : OPERATIONS.index("\n\n", start)]
    listed = {name for line in table.splitlines()[2:] for name in quoted(line.split("|")[1])}
    written = {
        node.value
        for path in modules("service")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert listed
    assert listed - written == set()


def test_should_explain_every_field_of_a_settled_line() -> None:
    """Each field of the printed `event_settled` line is in the table below it."""
    line = json.loads(blocks(OPERATIONS, "json")[0])
    explained = set(quoted(OPERATIONS[OPERATIONS.index("| Field | Means |") : OPERATIONS.index("Reasons of `retry")]))

    assert set(line) - {"timestamp", "level", "event", "module"} <= explained


def test_should_print_a_result_of_the_contract() -> None:
    """The result on the first screen is read by the model of its type, and is the terminal one."""
    [block] = blocks(README, "json")
    result = parse_result(block.encode(), RESULTS)

    assert (result.type, result.final) == ("invoice.deposit.done.v1", True)


def test_should_publish_in_ten_lines() -> None:
    """The example on the first screen is Python, is short, and deposits a file that is there."""
    [block] = blocks(README, "python")
    [file] = re.findall(r'Path\("([^"]+)"\)', block)

    assert ast.parse(block).body
    assert len([line for line in block.splitlines() if line]) <= TEN_LINES
    assert (ROOT / file).is_file()


@pytest.mark.parametrize("number", range(3))
def test_should_show_python_that_compiles(number: int) -> None:
    """The examples for requesters are whole programs, or parts of one, without a syntax error."""
    assert ast.parse(blocks(REQUESTERS, "python")[number]).body


def test_should_show_requesters_one_of_each_request() -> None:
    """Type and data on one line each, as the contract takes them."""
    shown = [
        json.loads(line) for block in blocks(REQUESTERS, "json") for line in block.splitlines() if '"type": ' in line
    ]
    for request in shown:
        REQUESTS[request["type"]].model_validate(request["data"])

    assert sorted(request["type"] for request in shown) == sorted(REQUESTS)


def test_should_show_files_the_program_reads(tmp_path: Path) -> None:
    """The calendar, the accounts, the mapping and the rules that are shown are read without complaint."""
    _, calendar, accounts = blocks(OPERATIONS, "yaml")
    override = tmp_path / "mapping.yaml"
    override.write_text(blocks(MAPPING, "yaml")[0], encoding="utf-8")

    rules = parse_rules(packaged_text(), blocks(PREFLIGHT, "yaml")[0])

    assert rules.rules["order_in_our_form"].kind == "pattern"
    assert [window.upstream for window in parse_calendar(calendar)] == ["chorus-pro", "all"]
    assert [entry.account.name for entry in parse_accounts(accounts, folder=tmp_path)] == ["north", "south"]
    assert load_mapping(override).dume.fields.buyer_id == "acheteur.siret"


def test_should_show_alerts_that_are_rules() -> None:
    """The alerts are rules Prometheus can read: each has a name, an expression, a severity and a summary."""
    [group] = yaml.safe_load(blocks(OPERATIONS, "yaml")[0])["groups"]

    assert {rule["labels"]["severity"] for rule in group["rules"]} == {"page", "ticket"}
    assert [rule["alert"] for rule in group["rules"] if not (rule["expr"] and rule["annotations"]["summary"])] == []


def test_should_count_as_the_settings_do() -> None:
    """The arithmetic of the decision on retries is that of the default settings."""
    text = DOCUMENTS["docs/adr/0002-retry-arithmetic.md"]
    policies = wiring.policies(load_settings({}))
    steps = policies.retries.steps
    total = sum(steps, timedelta())

    assert f"`{','.join(to_text(step) for step in steps)}`" in text
    assert f"{total // timedelta(hours=1)} h {total % timedelta(hours=1) // timedelta(minutes=1)} min" in text
    assert (policies.doubt.wait, policies.doubt.looks, LONGEST_BACKOFF) == (900, 3, timedelta(minutes=15))


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_should_link_to_headings_that_are_there(name: str) -> None:
    """What stands behind the # of a link inside the repository is a heading of that document."""
    targets = re.findall(r"\]\((?!https?://)([^)#\s]*)#([^)\s]+)\)", DOCUMENTS[name])
    documents = [named(((ROOT / name).parent / path).resolve()) if path else name for path, _ in targets]
    headings = [re.findall(r"(?m)^#+ (.+)$", DOCUMENTS[document]) for document in documents]
    anchors = [{re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in texts} for texts in headings]

    assert [anchor for (_, anchor), known in zip(targets, anchors, strict=True) if anchor not in known] == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_should_link_to_what_is_there(name: str) -> None:
    """Every link inside the repository leads to a file or a folder."""
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)[^)]*\)", DOCUMENTS[name])

    assert [target for target in targets if not ((ROOT / name).parent / target).exists()] == []
