"""Talks to the simulated State behind its back: what it saw, what it keeps, and what shall go wrong next."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self, cast

import aiohttp

_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
Json = dict[str, Any]  # reason: bodies of the admin API differ by path


class State:
    """The admin API of the simulator; raises aiohttp.ClientError when it is gone."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_sim"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_PATIENCE, raise_for_status=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def begin_maintenance(self) -> None:
        """Let Chorus Pro answer with its maintenance page; the gateway goes on giving tokens."""
        await self._ask("POST", "/faults", {"id": "maintenance", "kind": "maintenance", "upstream": "chorus-pro"})

    async def end_maintenance(self) -> None:
        """Let Chorus Pro work again."""
        await self._ask("DELETE", "/faults/maintenance")

    async def lose_answer(self, text: str) -> None:
        """Let the next deposit that holds this text work, and cut the connection before its answer."""
        fault = {"kind": "lost_answer", "operation": "deposerFluxFacture", "contains": text, "count": 1}
        await self._ask("POST", "/faults", fault)

    async def calls(self) -> list[Json]:
        """The journal."""
        return cast("list[Json]", (await self._ask("GET", "/journal"))["calls"])

    async def invoices(self) -> list[Json]:
        """The invoices that exist."""
        return cast("list[Json]", (await self._ask("GET", "/state"))["invoices"]["list"])

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        if self._session is None:
            raise RuntimeError("the state is asked outside of its block")
        async with self._session.request(method, self._url + path, json=body) as answer:
            return cast("Json", await answer.json())
