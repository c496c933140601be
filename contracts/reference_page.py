"""The reference page of the contracts, in Markdown."""

from collections.abc import Iterator

from contracts.reason_table import REASONS
from contracts.registry import FAMILIES, NOTICES
from contracts.words import DelayCause, PauseCause

_INTRODUCTION = """# Contracts

Generated from the models in `contracts/`; do not edit. `piste-relay contracts --write` renews it.

Every message is a CloudEvent 1.0. Requests are read in structured mode (content type
`application/cloudevents+json`) and in binary mode (headers `cloudEvents:<name>` or `cloudEvents_<name>`, the body is
`data`); results are published in structured mode. The routing key is the type of the event.

- The identity of an event is `source` + `id`. The same identity with the same content gives the same results; with
  other content it ends as `failed`, reason `id_reused`. The content is type, account and data: another time, subject,
  trace or delivery mode makes no difference.
- Each request gets exactly one terminal result (`final` true): `done` or `reported`, `refused`, or `failed`. Its id
  depends on the identity of the request alone.
- Results may arrive in any order; the terminal one repeats everything. Order is not promised between requests either:
  when B needs A, wait for A's result.
- Requests may carry unknown fields, which are ignored. Results carry no field that is not in their schema. Fields
  marked optional in the schema are left out when empty; all others are always there, `null` when unknown.
- An event has at most 20 MB, its attributes at most 255 bytes each (`subject` and `dataschema` 1024).
- Amounts are decimals in strings, dates ISO 8601, times with their offset.
"""


def reference_page() -> str:
    """Return the page, the same text for the same contracts."""
    sections = (_types(), _notices(), _causes(), _reasons("failed"), _reasons("refused"))
    return _INTRODUCTION + "".join("\n" + "\n".join(section) + "\n" for section in sections)


def _types() -> Iterator[str]:
    yield "## Requests and what they end in\n"
    yield "Schemas are in `contracts/schemas/`, an example of each in `contracts/examples/`.\n"
    yield "| Request | On the way | In the end, one of |"
    yield "|---|---|---|"
    for family in FAMILIES:
        ends = ", ".join(f"`{name}`" for name in family.terminal_types)
        told = ", ".join(f"`{name}`" for name, _ in family.results() if name not in family.terminal_types)
        yield from (f"| `{asked}` | {told} | {ends} |" for asked in family.requests)


def _notices() -> Iterator[str]:
    yield "## Published without such a request\n"
    yield "| Type | Says |"
    yield "|---|---|"
    for name, model in NOTICES.items():
        said = (model.__doc__ or "").strip()
        if name == "request.failed.v1":
            said = "Answers a request whose type cannot be part of a name. " + said
        yield f"| `{name}` | {said} |"


def _causes() -> Iterator[str]:
    yield "## Causes\n"
    yield f"- of `X.delayed`: {', '.join(f'`{cause}`' for cause in DelayCause)}"
    yield f"- of `upstream.paused`: {', '.join(f'`{cause}`' for cause in PauseCause)}"


def _reasons(ending: str) -> Iterator[str]:
    yield f"## Reasons of `{ending}`\n"
    if ending == "failed":
        yield "Effect says whether the State may have the document. The table gives the usual one; the result counts.\n"
    yield "| Reason | Means | Retryable | Effect | Next step |"
    yield "|---|---|---|---|---|"
    for row in REASONS.values():
        if row.ending == ending:
            retryable = "yes" if row.retryable else "no"
            yield f"| `{row.reason}` | {row.meaning} | {retryable} | {row.effect} | {row.next_step} |"
