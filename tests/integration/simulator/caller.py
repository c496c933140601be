"""A client of the simulator that sends what it is told and reads whatever comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from service.sandbox.simulator import Simulator

LOGIN = "TECH_1_1@cpro.fr"
PASSWORD = "sim-password-1"
APPLICATION = {"client_id": "sim-client", "client_secret": "sim-secret-not-for-production"}
FACTURES = "/cpro/factures/v1"
TRANSVERSES = "/cpro/transverses/v1"
STRUCTURES = "/cpro/structures/v1"
HEALTH = f"{TRANSVERSES}/health-check"
DEPOSIT = f"{FACTURES}/deposer/flux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An answer; `json` is None when the body is something else."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # Any: JSON of any shape
        return json.loads(self.text) if self.headers.get("content-type", "").startswith("application/json") else None

    @property
    def challenge(self) -> str:
        return self.headers.get("www-authenticate", "")


@dataclass(slots=True, kw_only=True)
class Caller:
    """One session with a simulator, a token and the usual technical account."""

    simulator: Simulator
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, method: str, path: str, **options: Any) -> Seen:
        """One request, answered or not within a few seconds."""
        usual: dict[str, Any] = {"headers": self.headers, "timeout": aiohttp.ClientTimeout(total=5)}
        async with self.session.request(method, self.simulator.url + path, **(usual | options)) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Seen(status=answer.status, headers=headers, text=await answer.text())

    async def post(self, path: str, body: object = None, **options: Any) -> Seen:
        """A POST of JSON, `{}` by default."""
        return await self.send("POST", path, json={} if body is None else body, **options)

    async def ask_token(self, **fields: str) -> Seen:
        """A request for a token, with the usual credentials unless told otherwise."""
        form = {"grant_type": "client_credentials", "scope": "openid"} | APPLICATION | fields
        return await self.send("POST", "/api/oauth/token", data={k: v for k, v in form.items() if v}, headers={})

    async def sign_in(self, **fields: str) -> None:
        """Take a new token into use."""
        token = (await self.ask_token(**fields)).json["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "cpro-account": account(LOGIN, PASSWORD)}

    async def deposit(self, content: bytes, *, name: str = "F-1.xml", syntax: str = "IN_DP_E1_UBL_INVOICE") -> Seen:
        """A deposit of a file, UBL unless told otherwise."""
        body = {"fichierFlux": base64.b64encode(content).decode(), "nomFichier": name, "syntaxeFlux": syntax}
        return await self.post(DEPOSIT, body)

    async def integrated(self, content: bytes, **options: str) -> str:
        """A deposit long enough ago for its invoices to show; gives the number of its flow."""
        number: str = (await self.deposit(content, **options)).json["numeroFluxDepot"]
        self.simulator.world.clock.move(10)
        return number

    async def report(self, flow_number: str) -> Any:
        """The report of a flow."""
        return (await self.post(f"{TRANSVERSES}/consulterCRDetaille", {"numeroFluxDepot": flow_number})).json

    async def search(self, page: Mapping[str, object] | None = None, /, **filters: object) -> Any:
        """The invoices that fit, as one page."""
        body = {"rechercheFactureParFournisseur": dict(page or {}), **filters}
        return (await self.post(f"{FACTURES}/rechercher/fournisseur", body)).json

    async def fault(self, kind: str, **fields: object) -> Seen:
        """Put a fault in force."""
        return await self.post("/_sim/faults", {"kind": kind, **fields})


def account(login: str, password: str) -> str:
    """The header of a technical account."""
    return base64.b64encode(f"{login}:{password}".encode()).decode()
