"""Registered secrets disappear from whatever is printed, in every spelling."""

import base64
import json
from urllib.parse import quote

import pytest

from service.observability.secrets import MASK, PASSING_KEPT, Secrets

SECRET = 'pä$$ "word"/1'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_should_mask_every_spelling_of_a_secret(spelling: str) -> None:
    """A secret is printed escaped, quoted or encoded more often than as it is."""
    secrets = Secrets()
    secrets.register(SECRET)

    assert secrets.mask(f"before {spelling} after") == f"before {MASK} after"


def test_should_mask_the_longer_of_two_secrets_whole() -> None:
    """No tail of a secret stays behind because another one begins like it."""
    secrets = Secrets()
    secrets.register("abcdef")
    secrets.register("abcdefghij")

    assert secrets.mask("abcdefghij") == MASK


def test_should_mask_documents_in_base64() -> None:
    """A file never reaches a log, whatever field it was in."""
    document = base64.b64encode(bytes(range(256))).decode()

    assert Secrets().mask(f"content={document}.") == f"content={MASK}."


@pytest.mark.parametrize("number", ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189"])
def test_should_mask_account_numbers(number: str) -> None:
    """Bank details are nobody's business in a log."""
    assert Secrets().mask(f"paid to {number}.") == f"paid to {MASK}."


def test_should_leave_short_values_and_identifiers_readable() -> None:
    """Masking what is not a secret would hide the log."""
    secrets = Secrets()
    secrets.register("abc")

    assert secrets.mask("abc CPP00000000000001 0f8fad5b-d9cb-469f-a165-70867728950e") == (
        "abc CPP00000000000001 0f8fad5b-d9cb-469f-a165-70867728950e"
    )


def test_should_forget_old_tokens_and_keep_lasting_secrets() -> None:
    """A worker runs for months, and its register does not grow."""
    secrets = Secrets()
    secrets.register("the-lasting-one")
    for number in range(PASSING_KEPT + 1):
        secrets.register_passing(f"token-{number:04}")

    assert secrets.mask("the-lasting-one token-0000 token-0064") == f"{MASK} token-0000 {MASK}"
