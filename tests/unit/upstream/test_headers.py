"""What the headers of an answer say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.upstream.headers import challenge, correlation_id, is_json, retry_after

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("10", 10.0),
        ("0", 0.0),
        ("86400", 3600.0),
        ("Mon, 23 Nov 2026 10:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 10:00:00 GMT", 3600.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("", 0.0),
    ],
)
def test_should_read_how_long_to_wait(value: str, seconds: float) -> None:
    """As seconds or as a date, an hour at most, and nothing when it cannot be read."""
    assert retry_after({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b"{}", True),
        ("application/json;charset=utf-8", b"[]", True),
        ("application/problem+json", b"{}", True),
        ("application/json", b"", False),
        ("application/json", b"  ", False),
        ("text/html", b'{"codeRetour": 0}', False),
        ("text/plain", b' {"codeRetour": 0}', True),
        ("", b'{"codeRetour": 0}', True),
        ("", b"<html>", False),
    ],
)
def test_should_look_at_the_kind_before_parsing(kind: str, body: bytes, expected: bool) -> None:  # noqa: FBT001 - the column of a table
    """Only what is declared as JSON, or undeclared and like an object, is parsed."""
    assert is_json({"content-type": kind}, body) is expected


def test_should_read_a_challenge() -> None:
    """Its parameters, by lower-case name."""
    said = challenge({"www-authenticate": 'Bearer realm="PISTE",error="Unauthorized", error_description="a b"'})

    assert said == {"realm": "PISTE", "error": "Unauthorized", "error_description": "a b"}


def test_should_read_a_challenge_for_a_login() -> None:
    """The old addresses ask for the technical account this way."""
    assert challenge({"www-authenticate": 'Basic realm="x"'}) == {"realm": "x"}


@pytest.mark.parametrize("headers", [{}, {"www-authenticate": 'Negotiate realm="x"'}])
def test_should_know_when_no_token_is_asked_for(headers: dict[str, str]) -> None:
    """Another kind of challenge is none of ours."""
    assert challenge(headers) is None


def test_should_cut_an_endless_correlation_id() -> None:
    """It is printed in every line, so it has a limit."""
    assert correlation_id({"x-correlationid": "a" * 1000}) == "a" * 200
    assert correlation_id({"date": "today"}) is None
