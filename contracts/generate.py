"""The files derived from the models: JSON Schemas, examples, the AsyncAPI document, the reference page."""

from datetime import UTC, datetime
from pathlib import Path

import orjson

from contracts.asyncapi import asyncapi_text
from contracts.envelope import Envelope, structured_form
from contracts.example_texts import example_data
from contracts.reference_page import reference_page
from contracts.registry import REQUESTS, RESULTS, family_for
from contracts.results import ResultEvent, notice, publish_form, reply
from contracts.results.publication import TERMINAL
from contracts.schema import event_schema

_TOLD_AT = datetime(2026, 11, 23, 8, 21, 48, tzinfo=UTC)
_SUBJECTS = {
    "invoice": "99900012300018/F-2026-0142",
    "recipient": "99900012800010",
    "tender": "2026-DSI-0142",
    "request": "deposit-0142",
}
_LEADING = ("specversion", "id", "source", "type", "subject", "time")


def generated_files() -> dict[str, bytes]:
    """Return every generated file by its path from the repository's root, its content always the same."""
    schemas = {f"contracts/schemas/{name}.json": _pretty(event_schema(name)) for name in (*REQUESTS, *RESULTS)}
    examples = {f"contracts/examples/{name}.json": _pretty(event) for name, event in example_events().items()}
    return {
        **schemas,
        **examples,
        "contracts/asyncapi.yaml": asyncapi_text().encode(),
        "docs/contracts.md": reference_page().encode(),
    }


def differences(root: Path) -> list[str]:
    """Return the generated paths under a root that are missing, different or left over, in order."""
    expected = generated_files()
    wrong = {path for path, content in expected.items() if _content(root / path) != content}
    folders = ("contracts/schemas", "contracts/examples")
    present = {found.relative_to(root).as_posix() for folder in folders for found in (root / folder).glob("*.json")}
    return sorted(wrong | (present - expected.keys()))


def write(root: Path) -> list[str]:
    """Bring the generated files under a root up to date; returns the paths that changed."""
    expected = generated_files()
    changed = differences(root)
    for path in changed:
        target = root / path
        if path in expected:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(expected[path])
        else:
            target.unlink()
    return changed


def example_events() -> dict[str, dict[str, object]]:
    """Return one complete event for every type, attributes first and data last."""
    texts = example_data()
    bodies = {name: structured_form(_request(name), texts[name]) for name in REQUESTS}
    bodies |= {name: publish_form(_result(name, texts[name])) for name in RESULTS}
    return {name: _readable(orjson.loads(body)) for name, body in bodies.items()}


def _request(name: str) -> Envelope:
    topic, _, rest = name.removesuffix(".v1").removesuffix(".requested").partition(".")
    return Envelope(
        id=f"{rest.rpartition('.')[2]}-0142",
        source="/billing/exempleville" if topic in {"invoice", "recipient"} else "/buying/exempleville",
        type=name,
        subject=_SUBJECTS[topic],
        time=_TOLD_AT,
        correlationid="order-2026-0042",
        businessref="DOSSIER-0142",
    )


def _result(name: str, data: dict[str, object]) -> ResultEvent:
    """Answer the example request of the family; a notice answers nothing."""
    validated = RESULTS[name].model_validate(data)
    family = family_for(name)
    if family is None and not name.startswith("request."):
        told, account = str(data.get("upstream") or _SUBJECTS["invoice"]), None if "upstream" in data else "default"
        key = f"{told}/1"
        return notice(name, validated, key=key, profile="production", now=_TOLD_AT, subject=told, account=account)
    asked = _request(family.request_type) if family else _request("request.unnamed.requested.v1")
    terminal = family is None or name in family.terminal_types
    kind = TERMINAL if terminal else name
    return reply(asked, type=name, data=validated, profile="production", now=_TOLD_AT, kind=kind)


def _readable(event: dict[str, object]) -> dict[str, object]:
    rest = sorted(event.keys() - {*_LEADING, "data"})
    return {name: event[name] for name in (*_LEADING, *rest, "data") if name in event}


def _pretty(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
