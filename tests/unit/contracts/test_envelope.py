"""Events are received in both modes, and leave an identity behind when they are wrong."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from contracts.envelope import (
    MAX_BODY_BYTES,
    STRUCTURED_CONTENT_TYPE,
    Envelope,
    EnvelopeInvalid,
    Identity,
    identity_of,
    receive,
    structured_form,
)
from contracts.reasons import Reason

_DATA = {"invoice_number": "F-1"}
_REQUEST = Envelope(
    id="e-1",
    source="/billing/example",
    type="invoice.status.requested.v1",
    subject="F-1",
    time=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    account="north",
    correlationid="c-1",
    businessref="b-1",
    expirytime=datetime(2026, 12, 1, tzinfo=UTC),
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)
_HEADERS: dict[str, object] = {
    f"cloudEvents:{name}": value for name, value in _REQUEST.model_dump(mode="json", exclude_none=True).items()
}


def _event(**changes: object) -> bytes:
    event = {"specversion": "1.0", "id": "e-1", "source": "/s", "type": "a.requested.v1", "data": {}}
    return orjson.dumps({name: value for name, value in {**event, **changes}.items() if value is not ...})


def test_should_read_back_what_structured_form_wrote() -> None:
    """The two directions of the structured mode agree."""
    received = receive(structured_form(_REQUEST, _DATA), STRUCTURED_CONTENT_TYPE, {})

    assert received.envelope.model_copy(update={"datacontenttype": None}) == _REQUEST
    assert received.data == _DATA


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=UTF-8",
        "Application/CloudEvents+JSON",
        "application/json",
        None,
        "",
        "text/plain",
    ],
)
def test_should_read_a_structured_event_under(content_type: str | None) -> None:
    """A whole CloudEvent in the body is one, even when the content type does not say so."""
    assert receive(_event(), content_type, {}).envelope.id == "e-1"


@pytest.mark.parametrize("separator", [":", "_"])
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", None, "text/json"])
def test_should_read_the_binary_mode(separator: str, content_type: str | None) -> None:
    """Attributes may be headers, with either separator."""
    headers = {name.replace(":", separator): value for name, value in _HEADERS.items()}
    received = receive(orjson.dumps(_DATA), content_type, headers)

    assert received.envelope.model_copy(update={"datacontenttype": None}) == _REQUEST
    assert received.data == _DATA


def test_should_read_header_values_of_other_amqp_types() -> None:
    """Clients write headers as bytes, numbers and timestamps."""
    headers: dict[str, object] = {
        **_HEADERS,
        "cloudEvents:id": b"e-1",
        "cloudEvents:businessref": 42,
        "cloudEvents:time": datetime(2026, 11, 23, 9, 0),  # noqa: DTZ001 - AMQP timestamps come without a zone
        "x-other": object(),
    }
    envelope = receive(b"{}", "application/json", headers).envelope

    assert (envelope.id, envelope.businessref, envelope.time) == ("e-1", "42", _REQUEST.time)


def test_should_have_the_same_digest_in_both_modes() -> None:
    """The mode of transport is no content."""
    structured = receive(structured_form(_REQUEST, _DATA), STRUCTURED_CONTENT_TYPE, {})
    binary = receive(orjson.dumps(_DATA), "application/json", _HEADERS)

    assert structured.digest == binary.digest


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"time": "2026-11-24T00:00:00Z"}, True),
        ({"subject": "other"}, True),
        ({"traceparent": "other"}, True),
        ({"unknown": "attribute"}, True),
        ({"data_base64": "e30=", "data": ...}, True),
        ({"account": "other"}, False),
        ({"type": "b.requested.v1"}, False),
        ({"data": {"a": 1}}, False),
        ({"data": None}, False),
    ],
)
def test_should_digest_type_account_and_data_alone(change: dict[str, object], same: bool) -> None:  # noqa: FBT001
    """What is asked for is content; when and how it is asked is not."""
    plain, changed = (receive(_event(**changes), None, {}).digest for changes in ({}, change))

    assert (plain == changed) is same


def test_should_keep_the_offset_of_a_time() -> None:
    """Times are not moved to another zone."""
    expected = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1)))

    assert receive(_event(expirytime="2026-11-23T09:00:00+01:00"), None, {}).envelope.expirytime == expected


def test_should_keep_file_content_out_of_the_repr() -> None:
    """A received event may be printed without showing what it carries."""
    assert "secret" not in repr(receive(_event(data={"content": "secret"}), None, {}))


def test_should_give_the_whole_identity_of_an_envelope() -> None:
    """An answer echoes what its request said."""
    expected = Identity("/billing/example", "e-1", _REQUEST.type, "F-1", "c-1", "b-1", "north")

    assert identity_of(_REQUEST) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"type": ...},
        {"type": 5},
        {"specversion": "0.3"},
        {"specversion": ...},
        {"time": "yesterday"},
        {"time": "2026-11-23T09:00:00"},
        {"time": 1764000000},
        {"expirytime": "2026-13-01T00:00:00Z"},
        {"expirytime": "0001-01-01T00:00:00+14:00"},
        {"expirytime": "9999-12-31T23:59:59-14:00"},
        {"subject": {"a": 1}},
        {"businessref": True},
        {"account": ["north"]},
        {"correlationid": "x" * 256},
        {"datacontenttype": "application/xml"},
        {"data": ..., "data_base64": "*"},
        {"data_base64": "e30="},
    ],
)
def test_should_know_who_asked_although_something_else_is_wrong(change: dict[str, object]) -> None:
    """An event with a readable source and id can be answered."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(_event(**change), STRUCTURED_CONTENT_TYPE, {})

    assert caught.value.identity is not None
    assert (caught.value.identity.source, caught.value.identity.id) == ("/s", "e-1")
    assert caught.value.reason == Reason.INVALID_EVENT


def test_should_echo_the_good_attributes_of_a_wrong_event() -> None:
    """Whatever could be read is there for the answer."""
    body = _event(time="never", subject="S", correlationid="C", businessref=7, account="A")
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(body, None, {})

    assert caught.value.identity == Identity("/s", "e-1", "a.requested.v1", "S", "C", "7", "A")


@pytest.mark.parametrize(
    "change",
    [
        {"id": ...},
        {"id": ""},
        {"id": "  "},
        {"id": 5},
        {"id": None},
        {"id": "a\u0000b"},
        {"id": "a\nb"},
        {"id": "a\u0085b"},
        {"id": "é" * 128},
        {"source": ...},
        {"source": []},
        {"source": "x" * 256},
    ],
)
def test_should_not_invent_an_identity(change: dict[str, object]) -> None:
    """Without source and id there is nobody to answer."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(_event(**change), STRUCTURED_CONTENT_TYPE, {})

    assert caught.value.identity is None


def test_should_accept_an_id_of_255_bytes() -> None:
    """The longest id is what an AMQP property holds."""
    longest = "é" * 127 + "e"

    assert receive(_event(id=longest), None, {}).envelope.id == longest


def test_should_answer_a_binary_event_whose_body_is_no_json() -> None:
    """In binary mode the identity does not depend on the body."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(b"\xff", "application/json", _HEADERS)

    assert caught.value.identity == identity_of(_REQUEST)


def test_should_refuse_headers_that_are_not_text() -> None:
    """Bytes that are no UTF-8 make no attribute."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(b"{}", "application/json", {**_HEADERS, "cloudEvents:subject": b"\xff"})

    assert caught.value.detail == "subject: holds control characters."


@pytest.mark.parametrize("headers", [{}, _HEADERS], ids=["structured", "binary"])
def test_should_say_that_an_event_is_too_large_to_whoever_sent_it(headers: dict[str, object]) -> None:
    """A file beyond the limit is answered, not lost."""
    body = structured_form(_REQUEST, {"content": "A" * MAX_BODY_BYTES})
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(body, None, headers)

    assert caught.value.reason == Reason.FILE_TOO_LARGE
    assert caught.value.identity == identity_of(_REQUEST)


def test_should_not_read_an_enormous_body_at_all() -> None:
    """Beyond twice the limit the body is not even looked into."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(b" " * (2 * MAX_BODY_BYTES + 1), STRUCTURED_CONTENT_TYPE, {})

    assert (caught.value.reason, caught.value.identity) == (Reason.FILE_TOO_LARGE, None)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b'"\\ud800"', id="lone surrogate"),
        pytest.param(b'"\xff"', id="stray byte"),
        pytest.param(b"[" * 100 + b"]" * 100, id="deep"),
        pytest.param(b"[" + b"1," * 250_000 + b"1]", id="many values"),
    ],
)
def test_should_answer_the_sender_of_what_is_nearly_json(content: bytes) -> None:
    """Who asked is read from the rest of the body, and the event is refused all the same."""
    body = _event()[:-1] + b',"more":' + content + b"}"
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(body, STRUCTURED_CONTENT_TYPE, {})

    assert caught.value.reason == Reason.INVALID_EVENT
    assert caught.value.identity == Identity("/s", "e-1", "a.requested.v1")


def test_should_not_answer_under_an_id_it_could_not_read() -> None:
    """An id with bytes that are no UTF-8 is no id."""
    with pytest.raises(EnvelopeInvalid) as caught:
        receive(_event().replace(b"e-1", b"\xe9-1"), STRUCTURED_CONTENT_TYPE, {})

    assert caught.value.identity is None


@pytest.mark.parametrize(
    "traceparent", ["other", "00-4bf92f-00f067-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01", 7, ["a"]]
)
def test_should_ignore_a_trace_that_is_none(traceparent: object) -> None:
    """It comes back on results, where nothing but a trace belongs; the event is good without it."""
    received = receive(_event(traceparent=traceparent), STRUCTURED_CONTENT_TYPE, {})

    assert received.envelope.traceparent is None
