"""What each answer of the gateway, of Chorus Pro and of DUME means."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from service.core.errors import (
    AccountRejected,
    AnswerLost,
    AnswerUnreadable,
    CallFacts,
    CredentialsRejected,
    NotSubscribed,
    RequestRejected,
    Throttled,
    Unavailable,
)
from service.upstream.interpret import (
    Reader,
    TokenRefused,
    interpret,
    messages,
    read_chorus_pro,
    read_dume,
    read_health,
    still_refused,
)
from service.upstream.operation import Refusal
from service.upstream.transport import HttpAnswer

pytestmark = pytest.mark.unit

CHORUS_PRO = CallFacts(upstream="chorus-pro", operation="deposerFluxFacture")
DUME = CallFacts(upstream="dume", operation="creerDumeSimple")
PAGE = b"<html><body><h1>Maintenance en cours</h1></body></html>"
NO_TOKEN = (
    'Bearer realm="DefaultRealm", error="invalid_request", error_description="Unable to find token in the message"'
)
EXPIRED = 'Bearer realm="DefaultRealm",error="invalid_token",error_description="The access token expired."'
UNKNOWN = 'Bearer realm="DefaultRealm",error="invalid_token",error_description="Unable to find the access token"'
DISABLED = 'Bearer realm="DefaultRealm",error="invalid_token",error_description="The client app was not found"'
BAD_ACCOUNT = 'Bearer realm="PISTE",error="Unauthorized", error_description="login or password incorrects"'
SCOPE = 'Bearer realm="DefaultRealm",error="insufficient_scope",scope="resource.WRITE"'


def answer(status: int, body: object = b"", **headers: str) -> HttpAnswer:
    """An answer; objects are written as JSON with its content type."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    if isinstance(body, bytes):
        return HttpAnswer(status=status, headers=named, body=body)
    return HttpAnswer(
        status=status,
        headers={"content-type": "application/json;charset=utf-8", **named},
        body=json.dumps(body).encode(),
    )


GATEWAY = [
    pytest.param(answer(400, www_authenticate=NO_TOKEN), TokenRefused, id="no token"),
    pytest.param(answer(401, www_authenticate=UNKNOWN), TokenRefused, id="unknown token"),
    pytest.param(answer(401, www_authenticate=EXPIRED), TokenRefused, id="expired token"),
    pytest.param(answer(401, www_authenticate=DISABLED), TokenRefused, id="application disabled"),
    pytest.param(answer(401), TokenRefused, id="401 without a word"),
    pytest.param(
        answer(401, {"codeRetour": 401, "libelle": "no"}, www_authenticate=EXPIRED), TokenRefused, id="401 with both"
    ),
    pytest.param(answer(401, PAGE, content_type="text/html"), TokenRefused, id="401 with a page"),
    pytest.param(answer(403, www_authenticate=SCOPE), NotSubscribed, id="scope too small"),
    pytest.param(answer(403), NotSubscribed, id="not granted, rights not opened, or unknown route"),
    pytest.param(answer(404), NotSubscribed, id="unknown path"),
    pytest.param(answer(405), NotSubscribed, id="wrong method"),
    pytest.param(answer(423), NotSubscribed, id="blocked"),
    pytest.param(answer(400), RequestRejected, id="empty 400"),
    pytest.param(answer(400, b"<e/>", content_type="application/xml"), RequestRejected, id="malformed request"),
    pytest.param(answer(413), RequestRejected, id="too large, said by the gateway"),
    pytest.param(answer(415), RequestRejected, id="wrong content type"),
    pytest.param(answer(429, retry_after="10"), Throttled, id="quota used up"),
    pytest.param(answer(429, PAGE, content_type="text/html"), Throttled, id="quota used up, in a page"),
    pytest.param(answer(500), AnswerLost, id="empty 500"),
    pytest.param(answer(500, {"error": "boom"}), AnswerLost, id="500 in foreign JSON"),
    pytest.param(answer(502, PAGE, content_type="text/html"), AnswerLost, id="bad gateway"),
    pytest.param(answer(504), AnswerLost, id="back end too slow"),
    pytest.param(answer(408), AnswerLost, id="request time-out"),
    pytest.param(answer(503, PAGE, content_type="text/html"), Unavailable, id="maintenance page"),
    pytest.param(answer(503), Unavailable, id="empty 503"),
    pytest.param(answer(503, {"codeRetour": 503, "libelle": "Service Unavailable"}), Unavailable, id="503 in JSON"),
    pytest.param(answer(200, PAGE, content_type="text/html"), Unavailable, id="page in place of an answer"),
    pytest.param(answer(200), Unavailable, id="empty 200"),
    pytest.param(answer(302, location="https://elsewhere.example/"), Unavailable, id="sent elsewhere"),
    pytest.param(answer(200, [1, 2]), AnswerUnreadable, id="JSON that is no object"),
    pytest.param(answer(200, {"unexpected": True}), AnswerUnreadable, id="JSON of another shape"),
    pytest.param(answer(200, b'{"codeRe', content_type="application/json"), AnswerLost, id="JSON that breaks off"),
    pytest.param(answer(200, b'{"a": NaN}', content_type="application/json"), AnswerLost, id="JSON with NaN"),
]


@pytest.mark.parametrize(("given", "expected"), GATEWAY)
@pytest.mark.parametrize(("facts", "read", "account"), [(CHORUS_PRO, read_chorus_pro, "main"), (DUME, read_dume, None)])
def test_should_name_what_the_gateway_means(
    given: HttpAnswer, expected: type[Exception], facts: CallFacts, read: Reader, account: str | None
) -> None:
    """The same answer of the gateway means the same in front of both upstreams."""
    with pytest.raises(expected):
        interpret(facts, given, read, account)


LOST = [row.values[0] for row in GATEWAY if row.values[1] in {AnswerLost, Unavailable}]


@pytest.mark.parametrize("given", LOST)
def test_should_say_that_the_work_may_have_been_done(given: HttpAnswer) -> None:
    """After a 5xx or a page nobody knows, so a write is in doubt."""
    with pytest.raises((AnswerLost, Unavailable)) as caught:
        interpret(CHORUS_PRO, given, read_chorus_pro, "main")

    assert caught.value.sent


@pytest.mark.parametrize("status", [403, 404, 405, 423, 400, 415])
def test_should_say_that_nothing_was_done(status: int) -> None:
    """A refusal by the gateway comes before any work."""
    with pytest.raises((NotSubscribed, RequestRejected)) as caught:
        interpret(CHORUS_PRO, answer(status), read_chorus_pro, "main")

    assert not caught.value.sent


def test_should_blame_the_technical_account_at_once() -> None:
    """A wrong password is not tried again with another token: accounts lock."""
    with pytest.raises(AccountRejected) as caught:
        interpret(CHORUS_PRO, answer(401, www_authenticate=BAD_ACCOUNT), read_chorus_pro, "main")

    assert caught.value.account == "main"


@pytest.mark.parametrize(
    ("error", "account", "expected"),
    [
        ("invalid_token", "main", CredentialsRejected),
        ("no reason given", "main", AccountRejected),
        ("invalid_token", None, CredentialsRejected),
        ("no reason given", None, CredentialsRejected),
    ],
)
def test_should_decide_who_is_to_blame_for_a_second_refusal(
    error: str, account: str | None, expected: type[Exception]
) -> None:
    """With a token just issued, it is the application, or else the account that was sent along."""
    said = still_refused(TokenRefused(CHORUS_PRO, error), account)

    assert type(said) is expected


@pytest.mark.parametrize("status", [200, 400, 401, 403, 413, 422, 500])
def test_should_read_the_return_code_whatever_the_status(status: int) -> None:
    """A functional refusal may come with HTTP 200 or with an error status."""
    given = answer(status, {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"})

    said = interpret(CHORUS_PRO, given, read_chorus_pro, "main")

    expected = Refusal(operation="deposerFluxFacture", code="GDP_MSG_11.022", text="GDP_MSG_11.022", http_status=status)
    assert expected == said


@pytest.mark.parametrize(
    ("libelle", "code"),
    [
        ("TRA_MSG_00.015", "TRA_MSG_00.015"),
        ("GCU_MSG_01_000 : refus", "GCU_MSG_01_000"),
        ("Statut incorrect", "20002"),
        (None, "20002"),
    ],
)
def test_should_key_a_refusal_on_its_stable_code(libelle: str | None, code: str) -> None:
    """The number means something else in each operation; the code in the text does not."""
    said = interpret(CHORUS_PRO, answer(200, {"codeRetour": 20002, "libelle": libelle}), read_chorus_pro, "main")

    assert isinstance(said, Refusal)
    assert code == said.code


def test_should_take_a_success_as_it_is() -> None:
    """Numbers with decimals are exact, and unknown fields stay."""
    given = answer(200, b'{"codeRetour": "0", "montant": 1234567890123.123456}', content_type="application/json")

    said = interpret(CHORUS_PRO, given, read_chorus_pro, "main")

    assert said == {"codeRetour": "0", "montant": Decimal("1234567890123.123456")}


def test_should_not_believe_a_success_with_an_error_status() -> None:
    """400 with a return code of 0 contradicts itself: nobody knows what was done."""
    with pytest.raises(AnswerUnreadable) as caught:
        interpret(CHORUS_PRO, answer(400, {"codeRetour": 0, "libelle": ""}), read_chorus_pro, "main")

    assert caught.value.sent


def test_should_take_413_in_json_for_a_refusal() -> None:
    """The service itself says that the file is too large."""
    said = interpret(CHORUS_PRO, answer(413, {"libelle": "Fichier trop volumineux"}), read_chorus_pro, "main")

    assert isinstance(said, Refusal)
    assert said.code == "413"


@pytest.mark.parametrize("header", ["X-CorrelationID", "x-piste-request-id"])
def test_should_keep_the_name_of_the_call_for_support(header: str) -> None:
    """Whatever the gateway calls it."""
    given = HttpAnswer(status=403, headers={header.lower(): "Id-1"}, body=b"")

    with pytest.raises(NotSubscribed) as caught:
        interpret(CHORUS_PRO, given, read_chorus_pro, "main")

    assert caught.value.facts.correlation_id == "Id-1"
    assert caught.value.facts.http_status == 403


def test_should_say_how_long_to_wait() -> None:
    """The quota of the gateway tells the whole process to wait."""
    with pytest.raises(Throttled) as caught:
        interpret(CHORUS_PRO, answer(429, retry_after="28"), read_chorus_pro, "main")

    assert caught.value.retry_after == 28


def test_should_refuse_when_dume_says_erreur_with_200() -> None:
    """The messages decide, not the status."""
    said = interpret(
        DUME,
        answer(
            200,
            {
                "response": {
                    "messageList": [
                        {"type": "INFO", "message": "lu"},
                        {"type": "ERREUR", "code": "X-1", "message": "Non"},
                        {"type": "erreur", "code": "X-2", "message": "Toujours non"},
                    ]
                }
            },
        ),
        read_dume,
        None,
    )

    assert said == Refusal(operation="creerDumeSimple", code="X-1", text="Non | Toujours non", http_status=200)


@pytest.mark.parametrize("listed", [None, [], {"type": "AVERTISSEMENT", "message": "m"}, [{"type": None}], "odd"])
def test_should_accept_every_way_of_saying_that_nothing_is_wrong(listed: object) -> None:
    """The list of messages may be absent in spirit: null, empty, a single one, or no refusal in it."""
    said = interpret(DUME, answer(200, {"response": {"messageList": listed, "idDume": "k7p2x9qd"}}), read_dume, None)

    assert isinstance(said, dict)
    assert said["idDume"] == "k7p2x9qd"


def test_should_keep_messages_that_are_no_refusals() -> None:
    """A single message may come without its list."""
    assert messages({"messageList": {"type": "INFO", "message": "m"}}) == [{"type": "INFO", "message": "m"}]


def test_should_not_blame_an_account_at_dume() -> None:
    """No technical account is sent there, so 401 is about the token whatever it says."""
    with pytest.raises(TokenRefused):
        interpret(DUME, answer(401, www_authenticate=BAD_ACCOUNT), read_dume, None)


def test_should_know_the_health_check_without_return_code() -> None:
    """The one answer of Chorus Pro that has none."""
    body = {"body": "disponible", "statusCodeValue": 200, "statusCode": "OK"}

    assert interpret(CHORUS_PRO, answer(200, body), read_health, "main") == body


def test_should_mask_account_numbers_in_refusals() -> None:
    """The text goes into a result, the account number does not."""
    given = answer(400, {"codeRetour": 20010, "libelle": "IBAN FR76 3000 6000 0112 3456 7890 189 inconnu"})

    said = interpret(CHORUS_PRO, given, read_chorus_pro, "main")

    assert isinstance(said, Refusal)
    assert said.text == "IBAN FR76… inconnu"
