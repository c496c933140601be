"""The search for secrets fails when there is one, however it was written down."""

from __future__ import annotations

import base64
import html
import json
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.support import canaries
from tests.support.canaries import BODY, CLIENT_SECRET, IBAN, LOGIN, PASSWORD, TOKEN, leaks_in
from tests.support.evidence import Evidence

SECRETS = [CLIENT_SECRET, PASSWORD, TOKEN, canaries.BROKER_PASSWORD, canaries.DATABASE_PASSWORD, BODY, IBAN, LOGIN]


def _base64(before: int) -> Callable[[str], str]:
    return lambda secret: base64.b64encode(b"x" * before + secret.encode() + b"yz").decode()


def _traceback(secret: str) -> str:
    return "".join(traceback.format_exception(ValueError(f"before {secret} after")))


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "with others around": lambda secret: f"a line\npassword is {secret}, really\nanother",
    "in JSON": json.dumps,
    "in JSON with letters as they are": lambda secret: json.dumps(secret, ensure_ascii=False),
    "in JSON in JSON": lambda secret: json.dumps(json.dumps({"x": secret})),
    "as Python writes it": repr,
    "as Python writes its bytes": lambda secret: repr(secret.encode()),
    "in an address": lambda secret: f"amqp://user:{quote(secret, safe='')}@host/",
    "in a form": lambda secret: f"client_secret={quote_plus(secret)}&x=1",
    "in a page": html.escape,
    "in small letters": str.lower,
    "in capitals": str.upper,
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal capitals": lambda secret: secret.encode().hex().upper(),
    "in base64": _base64(0),
    "in base64, one byte later": _base64(1),
    "in base64, two bytes later": _base64(2),
    "in base64 without its end": lambda secret: _base64(1)(secret).rstrip("="),
    "in base64 for addresses": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "in base64 in lines": lambda secret: base64.encodebytes(b"x" * 50 + secret.encode()).decode(),
    "in a traceback": _traceback,
    "wrapped": lambda secret: "\n    ".join(textwrap.wrap(f"could not use {secret} at all", 7)),
    "in fours": lambda secret: " ".join(textwrap.wrap(secret, 4)),
    "over two strings": lambda secret: f'("{secret[:5]}"\n "{secret[5:13]}"\n "{secret[13:]}")',
    "half of it": lambda secret: secret[: len(secret) * 3 // 4],
    "the other half": lambda secret: secret[len(secret) // 4 :] if "TECH" not in secret else secret,
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WAYS)
def test_should_find_a_secret_however_it_is_written(way: str, secret: str) -> None:
    """Escaped, encoded, broken into pieces or cut short: one written secret is one leak at least."""
    written = "{}\n{}\n{}".format('{"event":"started"}', WAYS[way](secret), '{"event":"stopped"}')

    assert leaks_in(written) != []


def test_should_find_nothing_where_there_is_nothing() -> None:
    """The documents, with examples of addresses, accounts and logs, hold no secret of the tests."""
    documents = Path(__file__).resolve().parents[3].glob("docs/*.md")

    assert [leak for path in documents for leak in leaks_in(path.read_text(encoding="utf-8"))] == []


def test_should_let_stand_only_what_is_allowed() -> None:
    """A login that is shown on purpose does not excuse the password beside it."""
    assert leaks_in(f"login {LOGIN}", (LOGIN,)) == []
    assert leaks_in(f"login {LOGIN} {PASSWORD}", (LOGIN,)) != []


def test_should_name_the_place(tmp_path: Path) -> None:
    """Which test, which file, which line: also of a secret that was written in two goes."""
    evidence, log = Evidence(), tmp_path / "worker.log"
    evidence.follow(log, "the log")
    log.write_text("one\ntwo\n" + PASSWORD[:4])
    evidence.look()
    with log.open("a") as file:
        file.write(PASSWORD[4:] + "\n")
    evidence.close(log)
    log.unlink()
    (found,) = evidence.take()

    assert "test_should_name_the_place the log" in found
    assert "line 3" in found
    assert evidence.take() == []


def test_should_look_into_headers_of_any_type() -> None:
    """Headers hold text, bytes and tables."""
    evidence = Evidence()
    evidence.headers("a message", {"x": {"deep": [PASSWORD.encode()]}})
    evidence.headers("another", {"y": bytearray(IBAN.encode())})
    evidence.headers("a good one", {"relay-turn": 1, "relay-detail": "fine"})
    found = "\n".join(evidence.take())

    assert "a message, line 1" in found
    assert "another, line 1" in found
    assert "a good one" not in found


def test_should_go_on_where_it_closed(tmp_path: Path) -> None:
    """The log of a worker that is killed again and again is read once."""
    evidence, log = Evidence(), tmp_path / "worker.log"
    log.write_text(f"{PASSWORD}\n" + "nothing\n" * 200)
    evidence.follow(log, "the log")
    evidence.close(log)
    first = evidence.take()
    evidence.follow(log, "the log")
    evidence.close(log)
    again = evidence.take()
    evidence.follow(log, "the log")
    with log.open("a") as file:
        file.write(f"{TOKEN}\n")
    (last,) = evidence.take()

    assert (len(first), again) == (1, [])
    assert "line 202" in last or "after line 1" in last
