"""Tells what an answer means: a document of the service, a refusal for a business reason, or a failure by name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from contracts.words import Upstream
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
from service.core.masking import masked
from service.upstream.headers import challenge, correlation_id, is_json, retry_after
from service.upstream.operation import Refusal
from service.upstream.reply_names import SEEN, ReplyNames
from service.upstream.transport import HttpAnswer

Document = dict[str, object]
Reader = Callable[[CallFacts, Document], "Document | Refusal | None"]
"""Reads a JSON object as its API means it; None when it is not of the shape of that API."""

_CODE = re.compile(r"\b[A-Z]{2,5}_MSG_\d{2}[._]\d{3}\b")
_HALF = re.compile(
    r"\\\\"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    "|[\ud800-\udfff]"
)
"""An escaped backslash, or one half of a character without the other, as an escape or as it is."""
_NOT_OURS = frozenset({403, 404, 405, 423})
_PASSING = frozenset({429, 502, 503, 504})
_TOO_LARGE = 413
ORGANISATION = "through PISTE, DUME is open to applications of the DUME organisation alone, never to Universal ones"


class TokenRefused(Exception):
    """The gateway wants another token; `error` is what its challenge says, and names a fault of the token or not."""

    def __init__(self, facts: CallFacts, error: str) -> None:
        super().__init__(error)
        self.facts = facts
        self.error = error

    @property
    def names_token(self) -> bool:
        """Whether the challenge blames the token, rather than leaving open what was wrong."""
        return "token" in self.error


def interpret(facts: CallFacts, answer: HttpAnswer, read: Reader, account: str | None) -> Document | Refusal:
    """Return the document or the refusal, else raise what the answer means.

    `account` names the technical account sent along. Raises TokenRefused and the failures of core.errors.
    """
    facts = replace(facts, http_status=answer.status, correlation_id=correlation_id(answer.headers))
    document = _document(facts, answer)
    said = None
    # A challenge comes from the gateway, whatever body stands beside it.
    if document is not None and answer.status not in _PASSING and challenge(answer.headers) is None:
        said = read(facts, document)
    if isinstance(said, Refusal):
        return said
    if answer.status < 300:  # noqa: PLR2004 - success
        if said is not None:
            return said
        return _unexpected(facts, document)
    _refused_access(facts, answer, account)
    return _failed(facts, answer, document)


def read_chorus_pro(facts: CallFacts, document: Document) -> Document | Refusal | None:
    """Read `codeRetour`, which decides whatever the HTTP status is."""
    code = document.get("codeRetour")
    if isinstance(code, str) and code.strip().lstrip("-").isdecimal():
        code = int(code)
    if not isinstance(code, int) or isinstance(code, bool):
        return _too_large(facts, document)
    if code == 0:
        return document
    text = str(document.get("libelle") or "")
    found = _CODE.search(text)
    return _refusal(facts, found.group() if found else str(code), text or str(code))


def read_health(facts: CallFacts, document: Document) -> Document | Refusal | None:
    """Read the health check of Chorus Pro, the one answer without `codeRetour`."""
    if "statusCode" in document or "statusCodeValue" in document:
        return document
    return read_chorus_pro(facts, document)


def read_dume(facts: CallFacts, document: Document, names: ReplyNames = SEEN) -> Document | Refusal | None:
    """Read the messages of DUME, which refuses with HTTP 200."""
    response = document.get(names.response)
    if not isinstance(response, dict):
        return None
    refusing = {word.strip().upper() for word in names.refusing}
    said = messages(response, names)
    errors = [message for message in said if str(message.get(names.type, "")).strip().upper() in refusing]
    if not errors:
        return response
    code = next((str(error[names.code]) for error in errors if error.get(names.code)), None)
    texts = (str(error.get(names.text) or error.get(names.code) or "") for error in errors)
    return _refusal(facts, code, " | ".join(texts))


def messages(response: Mapping[str, object], names: ReplyNames = SEEN) -> list[Mapping[str, object]]:
    """The messages of a DUME answer, whichever way an empty or a single one is written."""
    listed = response.get(names.messages)
    if isinstance(listed, Mapping):
        listed = [listed]
    return [message for message in listed if isinstance(message, Mapping)] if isinstance(listed, list) else []


def still_refused(refused: TokenRefused, account: str | None) -> CredentialsRejected | AccountRejected:
    """What a refusal amounts to that no other token would change: a second one, or one of a call without a token."""
    if account is None or refused.names_token:
        return CredentialsRejected(refused.facts, f"what proves who calls is refused ({refused.error})")
    return AccountRejected(refused.facts, f"the technical account is refused ({refused.error})", account=account)


def _document(facts: CallFacts, answer: HttpAnswer) -> Document | None:
    if not is_json(answer.headers, answer.body):
        return None
    try:
        text = answer.body.decode(json.detect_encoding(answer.body), "surrogatepass")
        document = _DECODER.decode(_HALF.sub(_whole, text))
    except (ValueError, RecursionError) as error:
        if answer.status < 300:  # noqa: PLR2004 - success
            raise AnswerLost(facts, "JSON that breaks off or is garbled") from error
        return None
    if not isinstance(document, dict):
        if answer.status < 300:  # noqa: PLR2004 - success
            raise AnswerUnreadable(facts, "JSON that is not an object")
        return None
    return document


def _whole(found: re.Match[str]) -> str:
    """Half of a character can be written nowhere: neither into the ledger nor into a result."""
    return found.group() if found.group() == r"\\" else r"\ufffd"


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)


def _refusal(facts: CallFacts, code: str | None, text: str) -> Refusal:
    return Refusal(
        operation=facts.operation,
        code=code,
        text=masked(text),
        http_status=facts.http_status,
        correlation_id=facts.correlation_id,
    )


def _too_large(facts: CallFacts, document: Document) -> Refusal | None:
    """A 413 in JSON comes from the service itself, whether or not it has a `codeRetour`."""
    if facts.http_status != _TOO_LARGE:
        return None
    return _refusal(facts, str(_TOO_LARGE), str(document.get("libelle") or "file too large"))


def _unexpected(facts: CallFacts, document: Document | None) -> NoReturn:
    if document is None:
        raise Unavailable(facts, "a page in place of the service's JSON")
    raise AnswerUnreadable(facts, "JSON of another shape than documented")


def _refused_access(facts: CallFacts, answer: HttpAnswer, account: str | None) -> None:
    """Raise when the answer is about who calls, rather than about what is asked."""
    said = challenge(answer.headers)
    if answer.status not in {400, 401} or (answer.status == 400 and said is None):  # noqa: PLR2004 - the two statuses
        return
    error = (said or {}).get("error", "")
    facts = replace(facts, code=error or None)
    if account is not None and error.lower() == "unauthorized":
        # Not tried again with another token: each wrong password brings the account nearer to being locked.
        raise AccountRejected(facts, "the technical account is refused", account=account)
    raise TokenRefused(facts, (error or "no reason given").lower())


def _barred(facts: CallFacts, status: int) -> str:
    if status == 403 and facts.upstream == Upstream.DUME:  # noqa: PLR2004 - the one status of the organisation
        return f"not subscribed or not granted, or a wrong path; {ORGANISATION}"
    return "not subscribed, not granted, or a wrong path"


def _failed(facts: CallFacts, answer: HttpAnswer, document: Document | None) -> NoReturn:
    status = answer.status
    if status == 429:  # noqa: PLR2004 - the one status that means this
        raise Throttled(facts, "the quota is used up", retry_after=retry_after(answer.headers))
    if status in _NOT_OURS:
        reason = (challenge(answer.headers) or {}).get("error")
        raise NotSubscribed(replace(facts, code=reason), f"HTTP {status}: {_barred(facts, status)}")
    if status == 503 or status < 400:  # noqa: PLR2004 - out of service, or sent elsewhere
        raise Unavailable(facts, f"HTTP {status}")
    if status >= 500 or status == 408:  # noqa: PLR2004 - the back end may have gone on
        raise AnswerLost(facts, f"HTTP {status}")
    if document is not None and document.get("codeRetour") is not None:
        raise AnswerUnreadable(facts, f"HTTP {status} with a return code that says success")
    raise RequestRejected(facts, f"HTTP {status} without a functional answer")
