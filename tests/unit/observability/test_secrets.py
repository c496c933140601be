"""Registered secrets disappear from whatever is printed, in every spelling; what is none stays readable."""

import base64
import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from contracts.reasons import Reason
from service.observability import events
from service.observability.secrets import MASK, PASSING_KEPT, Secrets
from service.observability.settled import WORDS as OUTCOMES
from service.observability.words import is_ordinary
from service.routes import ROUTES

SECRET = 'pä$$ "word"/1 + \\x<\U0001f511>'
OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations.md"


def knowing(*values: str) -> Secrets:
    """A register that holds these."""
    secrets = Secrets()
    for value in values:
        secrets.register(value)
    return secrets


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(SECRET),
        quote_plus(SECRET),
        quote(quote(SECRET, safe=""), safe=""),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(SECRET))[3:-3],
        repr(SECRET)[1:-1],
        ascii(SECRET)[1:-1],
        repr(repr(SECRET)[1:-1])[1:-1],
        repr(SECRET.encode())[2:-1],
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
    ],
)
def test_should_mask_every_spelling_of_a_secret(spelling: str) -> None:
    """A secret is printed escaped, quoted or encoded more often than as it is."""
    assert knowing(SECRET).mask(f"before {spelling} after") == f"before {MASK} after"


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_should_mask_a_secret_in_the_midst_of_base64(before: int, encode: object) -> None:
    """Login and password are encoded together: of the password nothing but a bit of its ends stays."""
    secret = "correct-horse-9>?battery"
    assert callable(encode)
    text = encode(b"login:abc"[-before or 9 :] + secret.encode() + b"xy").decode()
    masked = knowing(secret).mask(text)
    left = masked.partition(MASK)

    assert MASK in masked
    assert len(left[0]) + len(left[2]) <= 12 + 8


def test_should_mask_the_longer_of_two_secrets_whole() -> None:
    """No tail of a secret stays behind because another one begins like it."""
    assert knowing("abcdefghijkl", "abcdefghijklmnop").mask("abcdefghijklmnop") == MASK


def test_should_mask_documents_in_base64() -> None:
    """A file never reaches a log, whatever field it was in."""
    document = base64.b64encode(bytes(range(256))).decode()

    assert Secrets().mask(f"content={document}.") == f"content={MASK}."


@pytest.mark.parametrize(
    "number",
    ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189", "DE89370400440532013000",
     "30006 00001 12345678901 89"],
)  # fmt: skip
def test_should_mask_account_numbers(number: str) -> None:
    """Bank details are nobody's business in a log."""
    assert Secrets().mask(f"paid to {number}.") == f"paid to {MASK}."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amqps://relay:p%40ss@broker:5671/x", f"amqps://relay:{MASK}@broker:5671/x"),
        ("cannot reach 'amqp://relay:a@b@broker/'", f"cannot reach 'amqp://relay:{MASK}@broker/'"),
        ("https://host:8080/a@b and http://host/x:y@z", "https://host:8080/a@b and http://host/x:y@z"),
        ("Authorization: Bearer abc", f"Authorization: {MASK}"),
        ("{'Authorization': 'Bearer a\"b', 'Accept': '*'}", f"{{'Authorization': '{MASK}', 'Accept': '*'}}"),
        ("sent Bearer 0123456789abcdef to them", f"sent Bearer {MASK} to them"),
        ("the bearer instruments of the company", "the bearer instruments of the company"),
        ("cpro-account: VEVDSDpx", f"cpro-account: {MASK}"),
        ("host=db user=relay password=1 dbname=x", f"host=db user=relay password={MASK} dbname=x"),
        ("postgresql://db/x?user=u&sslpassword=k&x=1", f"postgresql://db/x?user=u&sslpassword={MASK}&x=1"),
        ('{"client_secret": "a\\"b", "scope": "openid"}', f'{{"client_secret": "{MASK}", "scope": "openid"}}'),
        ("client_id=x&client_secret=y%2B&scope=z", f"client_id=x&client_secret={MASK}&scope=z"),
        ("Properties(headers={}, body=b'<Invoice>a whole invoice')", "Properties(headers={}, body=[bytes])"),
        ("check user, password and virtual host", "check user, password and virtual host"),
        ("the client secret: it is refused", "the client secret: it is refused"),
    ],
)
def test_should_mask_what_its_place_gives_away(text: str, expected: str) -> None:
    """A secret nobody registered, or one too short to be looked for, still does not stand where secrets stand."""
    assert Secrets().mask(text) == expected


@pytest.mark.parametrize("value", ["1", "x", "12345", "relay", "Relay", "guest", "chorus-pro", "event_settled", "true"])
def test_should_not_mask_an_ordinary_word_everywhere(value: str) -> None:
    """It would hide half of each line, and tell every reader what the secret is; at its place it is masked."""
    secrets = Secrets()
    line = OPERATIONS.read_text(encoding="utf-8").split("```json\n")[1].split("\n```")[0]

    assert secrets.register(value) is False
    assert secrets.mask(line) == line
    assert secrets.mask(f"amqp://relay:{value}@broker/") == f"amqp://relay:{MASK}@broker/"


def test_should_know_every_word_of_its_own_log() -> None:
    """None of the names, reasons and types a line may hold is ever taken for a secret."""
    names = [value for value in vars(events).values() if isinstance(value, str) and value.isidentifier()]
    fields = json.loads(OPERATIONS.read_text(encoding="utf-8").split("```json\n")[1].split("\n```")[0])
    said = [*names, *fields, *OUTCOMES.values(), *ROUTES, *(reason.value for reason in Reason)]

    assert [word for word in said if not is_ordinary(word)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it was azerty7", f"it was {MASK}"),
        ("'azerty7'", f"'{MASK}'"),
        ("azerty77 and xazerty7 and CPP0azerty7", "azerty77 and xazerty7 and CPP0azerty7"),
    ],
)
def test_should_mask_a_short_secret_where_it_stands_alone(text: str, expected: str) -> None:
    """Inside of a longer word or number it is a coincidence."""
    assert knowing("azerty7").mask(text) == expected


def test_should_leave_identifiers_readable() -> None:
    """What support asks for is never masked."""
    line = "CPP00000000000000001 0f8fad5b-d9cb-469f-a165-70867728950e 4bf92f3577b34da6a3ce929d0e0e4736 F-2026-0142"

    assert Secrets().mask(line) == line


def test_should_forget_old_tokens_and_keep_lasting_secrets() -> None:
    """A worker runs for months, and its register does not grow; a rotated password stays masked."""
    secrets = knowing("the-1st-password", "the-2nd-password")
    for number in range(PASSING_KEPT + 1):
        secrets.register_passing(f"granted-{number:04}")

    assert secrets.mask(f"the-1st-password the-2nd-password granted-0000 granted-{PASSING_KEPT:04}") == (
        f"{MASK} {MASK} granted-0000 {MASK}"
    )
