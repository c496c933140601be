"""The one token of a worker: who asks, how often, and what happens when it is refused."""

from __future__ import annotations

import asyncio
import json

import pytest

from service.upstream.oauth import Credentials, Token, TokenFailure, TokenProvider, TokenTrouble, read_token
from service.upstream.transport import HttpAnswer

pytestmark = pytest.mark.unit


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TokenHost:
    """Grants numbered tokens, or fails as told; `opened` holds its answers back."""

    def __init__(self, lifetime: float = 3600.0) -> None:
        self.lifetime = lifetime
        self.asked = 0
        self.failure: TokenFailure | None = None
        self.opened = asyncio.Event()
        self.opened.set()

    async def __call__(self) -> Token:
        self.asked += 1
        number = self.asked
        await self.opened.wait()
        if self.failure is not None:
            raise self.failure
        return Token(value=f"token-{number}", lifetime=self.lifetime)


def refused() -> TokenFailure:
    return TokenFailure(TokenTrouble.REFUSED, "token host: invalid_client", status=400)


async def settle() -> None:
    """Let every task that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_should_ask_once_for_fifty_tasks() -> None:
    """However many tasks want a token, one request is under way."""
    host = TokenHost()
    tokens = TokenProvider(host)

    given = await asyncio.gather(*(tokens.token() for _ in range(50)))

    assert (host.asked, set(given)) == (1, {"token-1"})


async def test_should_go_on_when_the_first_to_ask_is_cancelled() -> None:
    """The request is shared: one task that gives up does not take it from the others."""
    host = TokenHost()
    host.opened.clear()
    tokens = TokenProvider(host)
    first, second = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
    await settle()

    first.cancel()
    await settle()
    host.opened.set()

    assert await second == "token-1"
    assert host.asked == 1


async def test_should_renew_once_for_a_hundred_refusals() -> None:
    """Calls refused with the same token share one renewal, however late they hear of it."""
    host = TokenHost()
    tokens = TokenProvider(host)
    old = await tokens.token()

    given = await asyncio.gather(*(tokens.instead_of(old) for _ in range(99)))
    late = await tokens.instead_of(old)

    assert (host.asked, {*given, late}) == (2, {"token-2"})


@pytest.mark.parametrize(("lifetime", "early"), [(3600.0, 60.0), (100.0, 20.0), (10.0, 2.0)])
async def test_should_renew_before_it_expires(lifetime: float, early: float) -> None:
    """A minute early, or a fifth of a short life; nobody waits for it."""
    host, clock = TokenHost(lifetime), Clock()
    tokens = TokenProvider(host, clock=clock)
    await tokens.token()

    clock.now += lifetime - early - 0.5
    before = (await tokens.token(), host.asked)
    clock.now += 1.0
    during = await tokens.token()
    await settle()

    assert before == ("token-1", 1)
    assert (during, await tokens.token(), host.asked) == ("token-1", "token-2", 2)


async def test_should_live_on_its_token_while_the_token_host_fails() -> None:
    """An early renewal that fails costs nothing until the token expires."""
    host, clock = TokenHost(100.0), Clock()
    tokens = TokenProvider(host, clock=clock)
    await tokens.token()
    host.failure = TokenFailure(TokenTrouble.UNAVAILABLE, "token host: HTTP 503")

    clock.now += 90.0
    given = await tokens.token()
    await settle()
    again = await tokens.token()
    clock.now += 20.0

    assert (given, again, host.asked) == ("token-1", "token-1", 2)
    with pytest.raises(TokenFailure):
        await tokens.token()


async def test_should_never_give_a_token_that_has_expired() -> None:
    """However short its life, and though its early renewal has just failed."""
    host, clock = TokenHost(1.0), Clock()
    tokens = TokenProvider(host, clock=clock)
    await tokens.token()
    host.failure = TokenFailure(TokenTrouble.UNAVAILABLE, "token host: HTTP 503")

    clock.now += 0.9
    early = (tokens.ready(), await tokens.token())
    await settle()
    clock.now += 0.2

    assert early == (None, "token-1")
    assert tokens.ready() is None


async def test_should_not_ask_again_in_a_loop_with_refused_credentials() -> None:
    """Wrong credentials are remembered for a while, unless somebody insists."""
    host, clock = TokenHost(), Clock()
    host.failure = refused()
    tokens = TokenProvider(host, clock=clock)

    failures = [await asyncio.gather(tokens.token(), return_exceptions=True) for _ in range(3)]
    asked = host.asked
    host.failure = None

    assert all(isinstance(failure, TokenFailure) for (failure,) in failures)
    assert asked == 1
    assert await tokens.token(insist=True) == "token-2"


async def test_should_try_refused_credentials_again_after_a_while() -> None:
    """Somebody may have corrected them at PISTE."""
    host, clock = TokenHost(), Clock()
    host.failure = refused()
    tokens = TokenProvider(host, clock=clock)
    with pytest.raises(TokenFailure):
        await tokens.token()

    clock.now += 301.0
    host.failure = None

    assert await tokens.token() == "token-2"


async def test_should_give_each_waiter_a_failure_of_its_own() -> None:
    """A shared exception would gather the tracebacks of all of them."""
    host = TokenHost()
    host.failure = TokenFailure(TokenTrouble.UNREACHABLE, "token host: time-out")
    tokens = TokenProvider(host)

    failures = await asyncio.gather(*(tokens.token() for _ in range(3)), return_exceptions=True)

    assert [type(failure) for failure in failures] == [TokenFailure] * 3
    assert len({id(failure) for failure in failures}) == 3


async def test_should_tell_of_each_new_token() -> None:
    """Whoever masks secrets learns each token before it is used."""
    told: list[str] = []
    tokens = TokenProvider(TokenHost(), on_renewal=told.append)

    given = await tokens.token()

    assert told == [given]


async def test_should_free_its_waiters_when_it_closes() -> None:
    """A worker that stops does not wait for the token host."""
    host = TokenHost()
    host.opened.clear()
    tokens = TokenProvider(host)
    waiting = asyncio.create_task(tokens.token())
    await settle()

    await tokens.close()

    with pytest.raises(TokenFailure):
        await waiting


def said(status: int, body: object = None, **headers: str) -> HttpAnswer:
    """An answer of the token host."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return HttpAnswer(status=status, headers=named, body=b"")
    content = {"content-type": "application/json", **named}
    return HttpAnswer(status=status, headers=content, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("expires_in", "lifetime"),
    [
        (3600, 3600.0),
        ("3600", 3600.0),
        (None, 300.0),
        ("soon", 300.0),
        (0, 300.0),
        (-1, 300.0),
        (True, 300.0),
        (1, 1.0),
    ],
)
def test_should_read_how_long_a_token_lasts(expires_in: object, lifetime: float) -> None:
    """A number or a number in a string; five minutes when it is neither."""
    body = {"access_token": "a" * 54, "token_type": "Bearer", "expires_in": expires_in}

    assert read_token(said(200, body)) == Token(value="a" * 54, lifetime=lifetime)


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        (said(400, {"error": "invalid_client"}), TokenTrouble.REFUSED),
        (said(401, {"error": "invalid_client", "error_description": "x"}), TokenTrouble.REFUSED),
        (said(400, {"error": "unsupported_grant_type"}), TokenTrouble.REFUSED),
        (said(400), TokenTrouble.UNAVAILABLE),
        (said(429, retry_after="7"), TokenTrouble.THROTTLED),
        (said(500), TokenTrouble.UNAVAILABLE),
        (said(503), TokenTrouble.UNAVAILABLE),
        (said(504), TokenTrouble.UNAVAILABLE),
        (HttpAnswer(status=200, headers={"content-type": "text/html"}, body=b"<html>"), TokenTrouble.UNAVAILABLE),
        (said(200, {"token_type": "Bearer"}), TokenTrouble.UNAVAILABLE),
        (said(200, {"access_token": "a\r\nb"}), TokenTrouble.UNAVAILABLE),
        (said(200, ["a"]), TokenTrouble.UNAVAILABLE),
    ],
)
def test_should_name_why_there_is_no_token(given: HttpAnswer, trouble: TokenTrouble) -> None:
    """Wrong credentials are told apart from a token host that does not work."""
    with pytest.raises(TokenFailure) as caught:
        read_token(given)

    assert caught.value.trouble is trouble


def test_should_print_no_secret() -> None:
    """Neither a token nor the credentials show in what is printed of them."""
    shown = f"{Token(value='s3cret-token', lifetime=1.0)!r} {Credentials(client_id='id', client_secret='s3cret')!r}"

    assert "s3cret" not in shown


def test_should_not_repeat_what_the_token_host_says_at_length() -> None:
    """An error may hold anything; only a code of OAuth is repeated."""
    with pytest.raises(TokenFailure) as caught:
        read_token(said(400, {"error": "the secret hunter2 is wrong"}))

    assert "hunter2" not in str(caught.value)
