"""Writes the generated parts of README.md and docs/: modules, settings, the names and operations of the upstreams."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from contracts.reason_table import REASONS
from contracts.reasons import Reason
from service import wiring
from service.core.doubt import Doubt
from service.preflight import packaged_rules
from service.settings import Settings, variables
from service.settings.durations import to_text
from service.settings.groups import Days, Seconds, Steps
from service.upstream.entries import ANY
from service.upstream.mapping import load_mapping, packaged_text
from service.upstream.operation import Operation

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("contracts", "service")
MAPPING_LEAF = {"value", "confidence"}
REFUSALS = ("chorus_pro.refusals", "dume.refusals")


class Unit(StrEnum):
    """What a setting is counted in, where it is counted."""

    SECONDS = "seconds"
    DAYS = "days"
    DURATIONS = "durations"
    NONE = ""


def module_map() -> str:
    """Every module with its promise, in the order of the file system, packages first."""
    paths = sorted(
        (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")),
        key=lambda path: (path.parts[:-1], path.name != "__init__.py", path.name),
    )
    shown = [(_shown(path), promise(ROOT / path)) for path in paths]
    return "\n".join(["| Module | Promise |", "|---|---|", *(f"| `{name}` | {said} |" for name, said in shown)])


def promise(path: Path) -> str:
    """The first line of a module's docstring."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0].replace("|", "\\|")


def settings_table() -> str:
    """Every variable: what it means, what it is counted in or chosen from, and its default."""
    rows = ["| Variable | Unit or choice | Default | Meaning |", "|---|---|---|---|"]
    for variable, path in variables().items():
        field = _field(path)
        said = " ".join((field.description or "").split()).replace("|", "\\|")
        rows.append(f"| `{variable}` | {_counted_in(field)} | {_default(field)} | {said} |")
    return "\n".join(rows)


def mapping_table() -> str:
    """Every entry of the packaged mapping: its value, and how sure it is."""
    rows = ["| Entry | Value | How sure |", "|---|---|---|"]
    for name, value, confidence in mapping_entries(yaml.safe_load(packaged_text())):
        if name.startswith(REFUSALS):
            continue  # they have a table of their own
        listed = value if isinstance(value, list) else [value]
        shown = ", ".join(f"`{one}`" for one in listed) or "(none)"
        rows.append(f"| `{name}` | {shown} | {confidence} |")
    return "\n".join(rows)


def mapping_entries(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, object, str]]:  # Any: a tree of YAML
    """Dotted name, value and confidence of each entry."""
    for name, entry in tree.items():
        here = f"{path}.{name}" if path else str(name)
        if not isinstance(entry, dict):
            continue  # the version of the document, which nobody has to be sure of
        if entry and entry.keys() <= MAPPING_LEAF:
            yield here, entry["value"], entry["confidence"]
        else:
            yield from mapping_entries(entry, here)


def refusals_table() -> str:
    """Every code of a refusal with a reason of its own: where it comes, what it means, and how sure that is."""
    rows = ["| Code | Of | Reason | Meaning | How sure |", "|---|---|---|---|---|"]
    packaged = yaml.safe_load(packaged_text())
    for operation, codes in (*packaged["chorus_pro"]["refusals"].items(), *packaged["dume"]["refusals"].items()):
        place = "any operation" if operation == ANY else f"`{operation}`"
        for code, entry in codes.items():
            meaning = REASONS[Reason(entry["value"])].meaning
            rows.append(f"| `{code}` | {place} | `{entry['value']}` | {meaning} | {entry['confidence']} |")
    return "\n".join(rows)


def rules_table() -> str:
    """Every rule of preflight: what it is about, what breaking it means, how sure it is, and where it comes from."""
    rows = ["| Rule | Says | How sure | By default | From |", "|---|---|---|---|---|"]
    for name, rule in packaged_rules().rules.items():
        said = rule.says.format(limit=rule.limit, length="so many", allowed=", ".join(rule.allowed)).replace("|", "\\|")
        level = {"enforce": "forbids", "warn": "warns", "off": "is off"}[rule.severity]
        rows.append(f"| `{name}` | {said} | {rule.certainty} | {level} | {rule.source} |")
    return "\n".join(rows)


def operations_table() -> str:
    """Every operation: what for, where, what it needs, what follows a lost answer, and how sure its description is."""
    rows = [
        "| Operation | What it does | Where | Needs | After a lost answer | How sure |",
        "|---|---|---|---|---|---|",
    ]
    prefixes = load_mapping().prefixes
    for one in wiring.operations():
        name = f"`{one.name}` ({one.purpose})" if one.purpose else f"`{one.name}`"
        where = f"`{one.method} {prefixes[one.upstream][one.api]}{one.path}`"
        rows.append(f"| {name} | {one.does} | {where} | {_needed(one)} | {_after_doubt(one)} | {one.certainty} |")
    return "\n".join(rows)


def _needed(one: Operation[Any, Any]) -> str:  # Any: each has models of its own
    """The fields nobody may leave out; those of DUME are entries of the mapping."""
    if one.upstream == "dume":
        return "see the entries below"
    fields = {field.alias or name: field for name, field in one.request.model_fields.items() if name != "root"}
    return ", ".join(f"`{name}`" for name, field in fields.items() if field.is_required()) or "nothing"


def _after_doubt(one: Operation[Any, Any]) -> str:  # Any: as above
    match one.doubt:
        case Doubt.REPEAT:
            return "asked again" if one.is_read else "sent again: it leaves one effect"
        case Doubt.LOOK_UP:
            return "looked for first"
        case Doubt.ASK:
            return "a person decides"


GENERATED: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"modules": module_map, "settings": settings_table},
    "docs/upstream-mapping.md": {"mapping": mapping_table, "operations": operations_table, "refusals": refusals_table},
    "docs/preflight.md": {"rules": rules_table},
}


def renewed(text: str, part: str, content: str) -> str:
    """The text with what stands between the marks of a part replaced; raises ValueError when the marks are missing."""
    begin, end = f"<!-- {part}: written by make map -->\n", f"<!-- end of {part} -->"
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the marks of the part {part} are missing")
    return f"{before}{begin}\n{content}\n\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Write what changed; with `--check` only name it, and fail when there is any."""
    check, stale = "--check" in arguments, []
    for name, parts in GENERATED.items():
        path = ROOT / name
        present = text = path.read_text(encoding="utf-8")
        for part, make in parts.items():
            text = renewed(text, part, make())
        if text != present:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date: run make map" if check else f"{name} renewed")
    return int(check and bool(stale))


def _shown(path: Path) -> str:
    return f"{path.parent}/" if path.name == "__init__.py" else str(path)


def _field(path: tuple[str, ...]) -> FieldInfo:
    model: type[BaseModel] = Settings
    for name in path[:-1]:
        inner = model.model_fields[name].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            raise TypeError(f"{name} is no group of settings")
        model = inner
    return model.model_fields[path[-1]]


def _counted_in(field: FieldInfo) -> str:
    counted = ((Seconds, Unit.SECONDS), (Days, Unit.DAYS), (Steps, Unit.DURATIONS))
    marks = {id(get_args(kind)[1]): unit for kind, unit in counted}
    unit = next((marks[id(mark)] for mark in field.metadata if id(mark) in marks), Unit.NONE)
    if unit or get_origin(field.annotation) is not Literal:
        return unit or _kind(field)
    return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))


def _kind(field: FieldInfo) -> str:
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not NoneType]
    words = {bool: "`true`, `false`", int: "number", Path: "file", SecretStr: "secret"}
    return next((words[kind] for kind in kinds if kind in words), "text")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "derived"
    match field.get_default():
        case None | frozenset():
            return "none"
        case SecretStr() as secret:
            written = secret.get_secret_value()
        case bool() as switch:
            written = str(switch).lower()
        case float() as number:
            written = f"{number:g}"
        case tuple() as steps:
            written = ",".join(to_text(step) for step in steps if isinstance(step, timedelta))
        case other:
            written = str(other)
    return f"`{written}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
