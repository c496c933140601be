"""Does the work of a call that the gateway let through: the checks of the service first, then the operation."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from service.sandbox.simulator.answers import Answer, challenge
from service.sandbox.simulator.operations import Caller, Operation
from service.sandbox.simulator.settings import Account
from service.sandbox.simulator.wire import FieldMissing, Refused, TooLarge
from service.sandbox.simulator.world import World

_WRONG_ACCOUNT = Answer(status=401, headers=challenge("Unauthorized", "login or password incorrects", realm="PISTE"))


def technical_account(world: World, header: str) -> Account | None:
    """The technical account that `sent_account` proves; None when it proves none, or its password expired."""
    login, password = credentials(header)
    for account in world.settings.accounts:
        if account.login == login and hmac.compare_digest(account.password.encode(), password.encode()):
            return None if world.chorus_pro.passwords.has_expired(account) else account
    return None


def sent_account(headers: Mapping[str, str], *, by_certificate: bool) -> str:
    """Login and password in base64 as a call carries them: by HTTP Basic at the old addresses."""
    if not by_certificate:
        return headers.get("cpro-account", "")
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "basic" else ""


def credentials(header: str) -> tuple[str, str]:
    """Login and password of `sent_account`, empty texts when it cannot be read."""
    try:
        login, _, password = base64.b64decode(header, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return login, password


def json_object(content: bytes) -> dict[str, Any] | None:  # Any: JSON of a client
    """The JSON object in a body; None when it is something else, or holds text that could not be written again."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


async def answer_chorus_pro(world: World, operation: Operation, sent: str, content_type: str, content: bytes) -> Answer:
    """Answer a call to Chorus Pro that `sent` this account."""
    account = technical_account(world, sent)
    if account is None:
        return _WRONG_ACCOUNT
    body: dict[str, Any] | None = {}
    if operation.method == "POST":
        if content_type != "application/json":
            return Answer(status=415)
        body = json_object(content)
    if body is None:
        return Answer(status=400)
    try:
        done = await operation.work(world.chorus_pro, Caller(login=account.login), body)
    except (FieldMissing, TooLarge, Refused) as objection:
        return _objected(objection, world.settings.refusal_status)
    return Answer(body=done.reply, effect=done.effect, summary=done.summary)


def _objected(objection: FieldMissing | TooLarge | Refused, status: int) -> Answer:
    match objection:
        case FieldMissing():
            return Answer(status=400, summary={"missing": str(objection)})
        case TooLarge():
            return Answer(status=413)
        case Refused():
            reply = {"codeRetour": objection.code, "libelle": objection.text}
            return Answer(status=status, body=reply, summary={"refused": objection.text})


def answer_dume(world: World, domain: str, content_type: str, content: bytes) -> Answer:
    """Answer a call to DUME, which refuses inside an HTTP 200."""
    if content_type != "application/json":
        return Answer(status=415)
    body = json_object(content)
    if body is None:
        return Answer(status=400)
    said = world.dume.answer(domain, body, world.clock())
    return Answer(body=said.json, effect=said.effect, summary=said.summary)
