"""Lets tests and people look into the simulator and change it: the JSON API under /_sim/."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.sandbox.simulator import stock, treatment
from service.sandbox.simulator.answers import to_json
from service.sandbox.simulator.back_end import json_object
from service.sandbox.simulator.catalogue import CATALOGUE
from service.sandbox.simulator.dume import HEALTH_CHECK
from service.sandbox.simulator.dume_domains import ALL
from service.sandbox.simulator.faults import EVERYTHING, TOKEN, Fault
from service.sandbox.simulator.front import UNKNOWN
from service.sandbox.simulator.injection import FaultParamsInvalid, check_params
from service.sandbox.simulator.rules import Rule
from service.sandbox.simulator.settings import Account, Application, Seconds
from service.sandbox.simulator.wire import Refused
from service.sandbox.simulator.world import World

PREFIX: Final = "/_sim"
_MEANT: Final = frozenset(
    {EVERYTHING, TOKEN, UNKNOWN, HEALTH_CHECK, "gateway", "chorus-pro", "dume"}
    | {operation.name for operation in CATALOGUE}
    | {operation.name for operation in ALL}
)
"""What a fault can be meant for."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _StatusSet(_Asked):
    """Any status, or what the recipient does, which is refused where a real one could not do it."""

    status: str | None = Field(default=None, min_length=1)
    recipient: str | None = None
    comment: str | None = None


class _FlowSet(_Asked):
    state: str | None = None
    integrate: bool = False


class _DumeSet(_Asked):
    state: str


class _ClockMoved(_Asked):
    advance: Seconds


class Admin:
    """The functions behind /_sim/. A wrong request is answered with 400 and one sentence for each mistake."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[web.RouteDef]:
        """Every route, GET to look and POST or DELETE to change."""
        return [
            web.get(f"{PREFIX}/health", _guarded(self._health)),
            web.get(f"{PREFIX}/operations", _guarded(self._operations)),
            web.get(f"{PREFIX}/journal", _guarded(self._journal)),
            web.delete(f"{PREFIX}/journal", _guarded(self._clear_journal)),
            web.get(f"{PREFIX}/state", _guarded(self._state)),
            web.post(f"{PREFIX}/reset", _guarded(self._reset)),
            web.get(f"{PREFIX}/settings", _guarded(self._settings)),
            web.post(f"{PREFIX}/settings", _guarded(self._change_settings)),
            web.get(f"{PREFIX}/clock", _guarded(self._clock)),
            web.post(f"{PREFIX}/clock", _guarded(self._move_clock)),
            web.get(f"{PREFIX}/faults", _guarded(self._faults)),
            web.post(f"{PREFIX}/faults", _guarded(self._add_fault)),
            web.delete(f"{PREFIX}/faults", _guarded(self._remove_faults)),
            web.delete(f"{PREFIX}/faults/{{id}}", _guarded(self._remove_faults)),
            web.get(f"{PREFIX}/rules", _guarded(self._rules)),
            web.post(f"{PREFIX}/rules", _guarded(self._add_rule)),
            web.delete(f"{PREFIX}/rules", _guarded(self._remove_rules)),
            web.delete(f"{PREFIX}/rules/{{id}}", _guarded(self._remove_rules)),
            web.post(f"{PREFIX}/tokens/revoke", _guarded(self._revoke)),
            web.post(f"{PREFIX}/invoices", _guarded(self._put_invoices)),
            web.post(f"{PREFIX}/invoices/{{id}}/status", _guarded(self._set_status)),
            web.post(f"{PREFIX}/flows/{{id}}", _guarded(self._set_flow)),
            web.post(f"{PREFIX}/dumes/{{id}}/state", _guarded(self._set_dume)),
            web.post(f"{PREFIX}/accounts", _guarded(self._put_account)),
            web.post(f"{PREFIX}/applications", _guarded(self._put_application)),
            web.route("*", f"{PREFIX}{{rest:(/.*)?}}", _guarded(self._nothing)),
        ]

    async def _nothing(self, request: web.Request) -> object:
        raise KeyError(f"{request.method} {request.path}")

    async def _health(self, _: web.Request) -> object:
        return {"status": "ok", "now": self.world.clock(), "calls": len(self.world.journal.calls())}

    async def _operations(self, _: web.Request) -> object:
        return {"operations": [{"name": one.name, "method": one.method, "path": one.path} for one in CATALOGUE]}

    async def _journal(self, request: web.Request) -> object:
        calls = self.world.journal.calls(request.query.get("operation"), since=_whole(request.query.get("since", "0")))
        return {"calls": [call.to_json() for call in calls]}

    async def _clear_journal(self, _: web.Request) -> object:
        self.world.journal.clear()
        return {}

    async def _state(self, _: web.Request) -> object:
        return {
            **self.world.chorus_pro.to_json(),
            "dumes": self.world.dume.state(),
            "tokens": self.world.gateway.tokens,
        }

    async def _reset(self, _: web.Request) -> object:
        self.world.reset()
        return {}

    async def _settings(self, _: web.Request) -> object:
        hidden = {"applications": {"__all__": {"client_secret"}}, "accounts": {"__all__": {"password"}}}
        return self.world.settings.model_dump(mode="json", exclude=hidden)

    async def _change_settings(self, request: web.Request) -> object:
        self.world.apply(self.world.settings.changed(**await _body(request)))
        return await self._settings(request)

    async def _clock(self, _: web.Request) -> object:
        return {"now": self.world.clock(), "moved": self.world.clock.moved.total_seconds()}

    async def _move_clock(self, request: web.Request) -> object:
        self.world.clock.move(_ClockMoved.model_validate(await _body(request)).advance)
        return await self._clock(request)

    async def _faults(self, _: web.Request) -> object:
        return {"faults": [fault.to_json() for fault in self.world.faults.all()]}

    async def _add_fault(self, request: web.Request) -> object:
        fault = Fault.model_validate(await _body(request))
        _check_meant(fault)
        check_params(fault)
        return self.world.faults.add(fault, self.world.clock()).to_json()

    async def _remove_faults(self, request: web.Request) -> object:
        return {"removed": self.world.faults.remove(request.match_info.get("id"))}

    async def _rules(self, _: web.Request) -> object:
        return {"rules": [rule.to_json() for rule in self.world.chorus_pro.rules.all()]}

    async def _add_rule(self, request: web.Request) -> object:
        return self.world.chorus_pro.rules.add(Rule.model_validate(await _body(request))).to_json()

    async def _remove_rules(self, request: web.Request) -> object:
        return {"removed": self.world.chorus_pro.rules.remove(request.match_info.get("id"))}

    async def _revoke(self, _: web.Request) -> object:
        return {"revoked": self.world.gateway.revoke()}

    async def _put_invoices(self, request: web.Request) -> object:
        put = stock.put(self.world.chorus_pro, stock.Stock.model_validate(await _body(request)))
        return {"count": len(put), "first": put[0].facts.number, "last": put[-1].facts.number}

    async def _set_status(self, request: web.Request) -> object:
        asked = _StatusSet.model_validate(await _body(request))
        chorus_pro, invoice_id = self.world.chorus_pro, _whole(request.match_info["id"])
        if (asked.status is None) == (asked.recipient is None):
            raise ValueError("takes exactly one of status and recipient")
        if asked.status is not None:
            invoice = chorus_pro.move_status(invoice_id, asked.status, asked.comment)
        else:
            invoice = chorus_pro.invoices[invoice_id]
            treatment.received(chorus_pro, invoice, _deed(asked.recipient), asked.comment)
        return {"id": invoice.id, "status": invoice.status(chorus_pro.clock()).code}

    async def _set_flow(self, request: web.Request) -> object:
        asked = _FlowSet.model_validate(await _body(request))
        now = self.world.chorus_pro.advance()
        flow = self.world.chorus_pro.flows[request.match_info["id"]]
        if flow.invoice_ids:
            raise ValueError("the invoices of this flow exist already")
        if asked.integrate:
            self.world.chorus_pro.finish(flow)
        elif asked.state is not None:
            self.world.chorus_pro.set_state(flow, asked.state)
        state = flow.state(now)
        return {"number": flow.number, "state": state[0] if state else None}

    async def _set_dume(self, request: web.Request) -> object:
        return self.world.dume.set_state(request.match_info["id"], _DumeSet.model_validate(await _body(request)).state)

    async def _put_account(self, request: web.Request) -> object:
        asked = await _body(request)
        known = {account.login: account for account in self.world.settings.accounts}.get(str(asked.get("login")))
        account = Account.model_validate((known.model_dump() if known else {}) | asked)
        self.world.put_account(account)
        return account.model_dump(mode="json", exclude={"password"})

    async def _put_application(self, request: web.Request) -> object:
        asked = await _body(request)
        known = {one.client_id: one for one in self.world.settings.applications}.get(str(asked.get("client_id")))
        application = Application.model_validate((known.model_dump() if known else {}) | asked)
        self.world.put_application(application)
        return application.model_dump(mode="json", exclude={"client_secret"})


def _guarded(answer: Callable[[web.Request], Awaitable[object]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def guarded(request: web.Request) -> web.Response:
        try:
            return _json(200, await answer(request))
        except ValidationError as error:
            mistakes = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()]
            return _json(400, {"errors": mistakes})
        except KeyError as error:
            return _json(404, {"errors": [f"there is no {error}"]})
        except Refused as refused:
            return _json(400, {"errors": [f"Chorus Pro would refuse that: {refused.text}"]})
        except (FaultParamsInvalid, ValueError) as error:
            return _json(400, {"errors": [str(error)]})

    return guarded


async def _body(request: web.Request) -> dict[str, Any]:  # Any: JSON of whoever calls
    content = await request.read()
    body = json_object(content) if content.strip() else {}
    if body is None:
        raise ValueError("the body must be a JSON object")
    return body


def _deed(recipient: str | None) -> str:
    if recipient not in treatment.RECIPIENT_DOES:
        raise ValueError(f"a recipient {', '.join(treatment.RECIPIENT_DOES)}; not {recipient!r}")
    return treatment.RECIPIENT_DOES[recipient]


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def _check_meant(fault: Fault) -> None:
    """Refuse a fault that no call could ever meet, naming what is spelt like it."""
    for name in (fault.operation, *fault.spare):
        if name not in _MEANT:
            near = difflib.get_close_matches(name, _MEANT, n=3) or sorted(_MEANT)
            raise ValueError(f"there is no operation {name!r} here; did you mean {', '.join(near)}?")


def _json(status: int, document: object) -> web.Response:
    return web.Response(status=status, body=to_json(document), content_type="application/json")
