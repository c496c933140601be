"""Results are strict, deterministic, and tied to the identity of their request."""

from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.base import Outgoing
from contracts.envelope import Envelope, Identity
from contracts.reasons import Reason
from contracts.registry import RESULTS
from contracts.results import (
    Conflict,
    ConflictSide,
    Delayed,
    InvoiceDepositReceived,
    InvoiceDepositRefused,
    InvoiceIntegrated,
    ResultEvent,
    UpstreamPaused,
    delay_reply,
    failure_reply,
    notice,
    parse_result,
    publish_form,
    reply,
    result_id,
)
from contracts.words import DelayCause, PauseCause, Upstream

_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_ASKED = Envelope(
    id="e-1", source="/s", type="invoice.deposit.requested.v1", subject="S", account="A", correlationid="C",
    businessref="B", traceparent="T",
)  # fmt: skip
_RECEIVED = InvoiceDepositReceived(flow_number="CPP1", deposited_on=date(2026, 11, 23))


def _failure(request: Envelope | Identity = _ASKED, reason: Reason = Reason.EXPIRED) -> ResultEvent:
    return failure_reply(request, reason, "Too late.", profile="local", now=_NOW)


def _progress(data: Outgoing = _RECEIVED) -> ResultEvent:
    return reply(
        _ASKED, type="invoice.deposit.received.v1", data=data, profile="local", now=_NOW, kind="received"
    )  # fmt: skip


def test_should_echo_what_the_request_said() -> None:
    """A requester finds its own references on the result."""
    event = orjson.loads(publish_form(_failure()))
    expected = {
        "subject": "S", "account": "A", "correlationid": "C", "businessref": "B", "traceparent": "T",
        "causationid": "e-1", "source": "/piste-relay/local", "type": "invoice.deposit.failed.v1", "final": True,
        "time": "2026-11-23T09:00:00.000Z", "specversion": "1.0", "datacontenttype": "application/json",
    }  # fmt: skip

    assert {name: event[name] for name in expected} == expected


def test_should_leave_out_what_the_request_did_not_say() -> None:
    """An attribute that is absent is no null."""
    event = orjson.loads(publish_form(_failure(Identity("/s", "e-1"))))

    assert event.keys() == {
        "specversion", "id", "source", "type", "time", "datacontenttype", "final", "causationid", "data",
    }  # fmt: skip


def test_should_give_two_terminal_results_of_a_request_the_same_id() -> None:
    """Two can never both look genuine, whatever they say."""
    done = reply(_ASKED, type="invoice.deposit.done.v1", data=_RECEIVED, profile="production", now=datetime.now(UTC))

    assert done.id == _failure().id == _failure(Identity("/s", "e-1"), Reason.CANCELLED).id


def test_should_not_let_a_terminal_id_depend_on_more() -> None:
    """The rule cannot be broken by mistake."""
    with pytest.raises(ValueError, match="request alone"):
        reply(_ASKED, type="a.done.v1", data=_RECEIVED, profile="local", now=_NOW, discriminator="x")


def test_should_mark_only_terminal_results_as_final() -> None:
    """Progress and delays are not the end."""
    delayed = delay_reply(_ASKED, Delayed(cause=DelayCause.MAINTENANCE), profile="local", now=_NOW)

    assert (_failure().final, _progress().final, delayed.final) == (True, False, False)


def test_should_give_each_cause_of_delay_an_id_of_its_own() -> None:
    """A delay is told once per cause."""
    causes = (*DelayCause, *DelayCause)
    ids = {delay_reply(_ASKED, Delayed(cause=cause), profile="local", now=_NOW).id for cause in causes}

    assert len(ids) == len(DelayCause)


@given(st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), min_size=2, max_size=2, unique=True))
@settings(deadline=None, database=None, max_examples=200)
def test_should_give_different_things_different_ids(parts: list[tuple[str, str, str, str]]) -> None:
    """No two requests share a result id, wherever their parts are cut."""
    one, other = (result_id(*part) for part in parts)

    assert one != other


def test_should_keep_its_ids_from_version_to_version() -> None:
    """Consumers remember ids; a new version of the relay must not change them."""
    assert result_id("/s", "e-1", "terminal") == "e23c0959-f744-5d2a-95d1-f9f6d774d532"


def test_should_tell_an_episode_once() -> None:
    """A notice has the same id for the same episode and another for the next."""
    data = UpstreamPaused(upstream=Upstream.DUME, cause=PauseCause.ANNOUNCED, since=_NOW)
    first, again, later = (
        notice("upstream.paused.v1", data, key=key, profile="local", now=_NOW, subject="dume").id
        for key in ("dume/1", "dume/1", "dume/2")
    )

    assert (first == again, first == later) == (True, False)


def test_should_leave_out_an_optional_field_that_is_empty() -> None:
    """A conflict is there when there is one, and only then."""
    empty = InvoiceDepositRefused(reason=Reason.FLOW_REJECTED, stage="integration").model_dump(mode="json")

    assert "conflict" not in empty
    assert empty["upstream_text"] is None


def test_should_show_both_sides_of_a_conflict() -> None:
    """A number already used is told with what was sent and what was found."""
    conflict = Conflict(
        sent=ConflictSide(total_including_tax=Decimal(1200)), found=ConflictSide(total_including_tax=Decimal("310.5"))
    )
    refused = InvoiceDepositRefused(reason=Reason.NUMBER_ALREADY_USED, stage="preflight", conflict=conflict)
    shown = refused.model_dump(mode="json")["conflict"]

    assert (shown["sent"]["total_including_tax"], shown["found"]["total_including_tax"]) == ("1200.00", "310.50")


@pytest.mark.parametrize("name", RESULTS)
def test_should_publish_no_field_that_is_not_in_the_contract(name: str) -> None:
    """Every result forbids extra fields and change."""
    config = RESULTS[name].model_config

    assert (config.get("extra"), config.get("frozen")) == ("forbid", True)


def test_should_refuse_to_make_a_result_with_an_extra_field() -> None:
    """A slip is an error before it is published."""
    with pytest.raises(ValidationError):
        InvoiceDepositReceived.model_validate({"flow_number": "1", "deposited_on": "2026-11-23", "more": 1})


@given(
    amount=st.decimals(min_value=-(10**14), max_value=10**14, places=4),
    number=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    now=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.timezones()),  # noqa: DTZ001 - hypothesis adds the zone
)
@settings(deadline=None, database=None, max_examples=200)
def test_should_publish_a_stored_result_to_the_byte(amount: Decimal, number: str, now: datetime) -> None:
    """What was stored is republished word for word."""
    data = InvoiceIntegrated(
        invoice_number=number, type="invoice", chorus_pro_id=1, status="deposited", status_code="DEPOSEE",
        total_including_tax=amount,
    )  # fmt: skip
    body = publish_form(reply(_ASKED, type="invoice.integrated.v1", data=data, profile="local", now=now, kind=number))

    assert publish_form(parse_result(body, RESULTS)) == body


def test_should_read_back_the_failure_of_a_request_nobody_knows() -> None:
    """A request of an unknown type is answered under its own name, and that answer is stored too."""
    body = publish_form(_failure(Identity("/s", "e-1", "parcel.lost.requested.v1")))
    read = parse_result(body, RESULTS)

    assert (read.type, publish_form(read)) == ("parcel.lost.failed.v1", body)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"type": "a.b.v1"}', b'{"type": 5}', b"{", b'{"type": "a.failed.v1"}']
)
def test_should_not_read_as_a_result(body: bytes) -> None:
    """Whatever is not one of our results is an error of value."""
    with pytest.raises(ValueError, match=r"."):
        parse_result(body, RESULTS)
