"""Whatever arrives ends as an event or as one kind of error, with a reason and as much identity as there is."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import contracts
from contracts.base import Incoming
from contracts.envelope import STRUCTURED_CONTENT_TYPE, EnvelopeInvalid, Received, receive
from contracts.events import data_invalid
from contracts.reasons import Reason
from contracts.registry import REQUESTS
from contracts.results import failure_reply, publish_form

pytestmark = pytest.mark.contract
_EXAMPLES = Path(contracts.__file__).parent / "examples"
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "account", "expirytime", "data", "data_base64")
_BOUNDED = settings(deadline=None, database=None, max_examples=300)

_text = st.text(st.characters(exclude_categories=["Cs"]))
_leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | _text
)
_json = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3), max_leaves=15
)
_events = st.fixed_dictionaries(
    {}, optional={name: _json | st.sampled_from(["1.0", "a.b.v1", "2026-11-23T09:00:00Z"]) for name in _ATTRIBUTES}
)
_headers = st.dictionaries(
    st.sampled_from([f"{prefix}{name}" for prefix in ("cloudEvents:", "cloudEvents_", "") for name in _ATTRIBUTES]),
    _json | st.binary(max_size=30) | st.datetimes() | st.text(max_size=300) | st.decimals(),
)
_content_types = st.none() | st.text(max_size=40) | st.sampled_from([STRUCTURED_CONTENT_TYPE, "application/json"])


def _outcome(body: bytes, content_type: str | None, headers: dict[str, object]) -> Received | EnvelopeInvalid:
    """Receive, and let nothing but the one error through."""
    try:
        return receive(body, content_type, headers)
    except EnvelopeInvalid as error:
        return error


def _is_answerable(outcome: Received | EnvelopeInvalid) -> bool:
    """Whether its answer can be published: the names fit AMQP, the text is text. Nobody to answer is fine too."""
    asked = outcome.envelope if isinstance(outcome, Received) else outcome.identity
    if asked is None:
        return True
    answer = failure_reply(asked, Reason.INVALID_EVENT, "Detail.", profile="local", now=_NOW)
    sizes = [len(text.encode()) for text in (answer.type, answer.causationid or "")]
    return max(sizes) <= 255 and bool(publish_form(answer))


@given(st.binary(), _content_types, _headers)
@_BOUNDED
def test_should_end_any_bytes_one_way_or_the_other(
    body: bytes, content_type: str | None, headers: dict[str, object]
) -> None:
    """No body, content type or header makes another error than the one."""
    assert _is_answerable(_outcome(body, content_type, headers))


@given(_events, _headers)
@_BOUNDED
def test_should_end_any_json_one_way_or_the_other(event: dict[str, object], headers: dict[str, object]) -> None:
    """Nearly right events are the dangerous ones."""
    assert _is_answerable(_outcome(orjson.dumps(event), STRUCTURED_CONTENT_TYPE, headers))


@given(_json)
@_BOUNDED
def test_should_read_the_same_event_in_both_modes(content: object) -> None:
    """Data and digest do not depend on the mode."""
    attributes = {"specversion": "1.0", "id": "e-1", "source": "/s", "type": "a.requested.v1"}
    structured = receive(orjson.dumps({**attributes, "data": content}), STRUCTURED_CONTENT_TYPE, {})
    headers: dict[str, object] = {f"cloudEvents:{name}": value for name, value in attributes.items()}
    binary = receive(orjson.dumps(content), "application/json", headers)

    assert (structured.digest, structured.data) == (binary.digest, binary.data)


@pytest.mark.parametrize("model", REQUESTS.values(), ids=lambda model: model.__name__)
@given(content=_json)
@settings(deadline=None, database=None, max_examples=50)
def test_should_say_what_is_wrong_with_any_data(model: type[Incoming], content: object) -> None:
    """Data is read, or refused with one bounded sentence."""
    try:
        model.model_validate(content)
    except ValidationError as error:
        sentence = data_invalid(error)

        assert sentence.startswith("data")
        assert len(sentence) < 2000


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_should_refuse_a_body_that_was_cut(name: str, cut: float) -> None:
    """Half an event is none."""
    body = (_EXAMPLES / f"{name}.json").read_bytes().rstrip()
    outcome = _outcome(body[: int(len(body) * cut)], STRUCTURED_CONTENT_TYPE, {})

    assert isinstance(outcome, EnvelopeInvalid)
    assert (outcome.reason, outcome.identity) == (Reason.INVALID_EVENT, None)


@pytest.mark.parametrize(
    ("body", "content_type", "detail"),
    [
        pytest.param(b"", None, "The body is not JSON", id="nothing"),
        pytest.param(b"hello", "text/plain", "The body is not JSON", id="text"),
        pytest.param(b"<event/>", "application/xml", "The body is not JSON", id="xml"),
        pytest.param(b"\x00\x01\x02", None, "The body is not JSON", id="bytes"),
        pytest.param(b"\xff\xfe", None, "The body is not JSON", id="not UTF-8"),
        pytest.param(b"null", None, "The body is not a JSON object", id="null"),
        pytest.param(b"[]", "application/cloudevents-batch+json", "The body is not a JSON object", id="batch"),
        pytest.param(b'"text"', STRUCTURED_CONTENT_TYPE, "The body is not a JSON object", id="string"),
        pytest.param(b"{}", STRUCTURED_CONTENT_TYPE, "The message is not a CloudEvent", id="empty object"),
        pytest.param(b'{"file": {}}', "application/json", "The message is not a CloudEvent", id="data alone"),
        pytest.param(b'{"id": "1"}', None, "source: is missing; type: is missing; specversion", id="id alone"),
        pytest.param(b"[" * 100_000, STRUCTURED_CONTENT_TYPE, "The body is not JSON", id="brackets"),
        pytest.param(b'{"a":' * 500 + b"1" + b"}" * 500, None, "The body is nested deeper", id="deep"),
    ],
)
def test_should_refuse(body: bytes, content_type: str | None, detail: str) -> None:
    """What is no CloudEvent says so in one sentence, and names nobody."""
    outcome = _outcome(body, content_type, {})

    assert isinstance(outcome, EnvelopeInvalid)
    assert outcome.detail.startswith(detail)
    assert outcome.identity is None


def test_should_not_repeat_what_it_refuses() -> None:
    """No reason given holds any of the body."""
    outcome = _outcome(b'{"id": "secret-id\\u0000", "time": "secret-time", "data": secret}', None, {})

    assert isinstance(outcome, EnvelopeInvalid)
    assert "secret" not in outcome.detail
