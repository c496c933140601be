"""Follows each request by the results heard on the bus, in words a person reads at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from service.sandbox.demo.requests import Request

Result = Mapping[str, Any]
"""A result as it is on the wire; Any because every type has fields of its own."""

UPSTREAMS: Final = {"chorus-pro": "Chorus Pro", "dume": "DUME"}
PARKED: Final = "parked"
BACK: Final = "back"
FOUND: Final = "found again"
IN_DOUBT: Final = "in doubt"
_CAUSES: Final = {"maintenance": PARKED, "in_doubt": IN_DOUBT}
_GOOD: Final = ("done", "reported")


@dataclass(slots=True, kw_only=True)
class Row:
    """One request: the steps of its way, and its terminal results by their ids (one, if all is well)."""

    request: Request
    asked_at: float
    steps: list[str] = field(default_factory=list)
    terminals: dict[str, Result] = field(default_factory=dict)
    asked: int = 1
    ended_at: float | None = None
    parked_at: float | None = None
    parked_for: float | None = None
    _integrated: int = 0
    _not_integrated: int = 0

    @property
    def ending(self) -> str | None:
        """How it ended: `done`, `refused: reason`; None while it has not."""
        for result in self.terminals.values():
            ending = str(result["type"]).split(".")[-2]
            reason = result["data"].get("reason")
            return f"{ending}: {reason}" if reason else ending
        return None

    @property
    def was_parked(self) -> bool:
        """Whether it waited for an upstream in maintenance."""
        return self.parked_at is not None or self.parked_for is not None

    @property
    def is_good(self) -> bool:
        """Whether it was carried out."""
        return self.ending in _GOOD

    def take(self, result: Result, at: float) -> str | None:
        """Note a result; gives the new step in words, None when it says nothing new."""
        if result.get("final"):
            return self._end(result, at)
        step = self._step(str(result["type"]), result["data"], at)
        if step is None:
            return None
        if self.parked_at is not None and step != PARKED:
            self._come_back(at)
        self.steps.append(step)
        return step

    def invoices(self) -> str | None:
        """What became of the invoices of a file, as far as it was said."""
        said = []
        if self._integrated:
            said.append("integrated" if not self.is_in_parts else f"{self._integrated} integrated")
        if self._not_integrated:
            said.append("not integrated" if not self.is_in_parts else f"{self._not_integrated} not")
        return ", ".join(said) or None

    @property
    def is_in_parts(self) -> bool:
        """Whether several invoices of the file were told of, each with its own fate."""
        return self._integrated + self._not_integrated > 1

    def _end(self, result: Result, at: float) -> str | None:
        is_new = not self.terminals
        self.terminals[str(result["id"])] = result
        if not is_new:
            return None
        if self.parked_at is not None:
            self._come_back(at)
        self.ended_at = at
        detail = _detail(result["data"])
        if detail is not None:
            self.steps.append(detail)
        return self.ending

    def _step(self, type_: str, data: Mapping[str, Any], at: float) -> str | None:
        match type_.removesuffix(".v1").split(".")[-1]:
            case "received":
                return FOUND if data["adopted"] else _short(data["flow_number"])
            case "integrated":
                self._integrated += 1
            case "not_integrated":
                self._not_integrated += 1
            case "delayed":
                cause = str(data["cause"])
                if cause == "maintenance":
                    self.parked_at = at
                return _CAUSES.get(cause, cause)
            case _:
                return None
        return None

    def _come_back(self, at: float) -> None:
        self.steps.append(BACK)
        self.parked_for = at - (at if self.parked_at is None else self.parked_at)
        self.parked_at = None


@dataclass(slots=True)
class Story:
    """Everything that happened so far. Times are seconds since the beginning."""

    rows: dict[str, Row] = field(default_factory=dict)
    scene: str = ""
    paused: dict[str, float] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    strangers: list[Result] = field(default_factory=list)

    def ask(self, request: Request, at: float) -> str:
        """Note that a request was published."""
        if request.id in self.rows:
            self.rows[request.id].asked += 1
            return f"{request.title}: published once more"
        self.rows[request.id] = Row(request=request, asked_at=at)
        return f"{request.title}: published"

    def hear(self, result: Result, at: float) -> str | None:
        """Note a result; gives what happened in one line, None when nothing did."""
        type_ = str(result.get("type", ""))
        if type_.startswith("upstream."):
            return self._gate(type_, str(result["data"]["upstream"]), at)
        row = self.rows.get(str(result.get("causationid")))
        if row is None:
            self.strangers.append(result)
            return f"a result nobody asked for: {type_}"
        happened = row.take(result, at)
        return f"{row.request.title}: {happened}" if happened else None

    def unfinished(self) -> Iterator[Row]:
        """The requests without a terminal result."""
        return (row for row in self.rows.values() if row.ended_at is None)

    def find(self, request: Request) -> Row:
        """The row of a request."""
        return self.rows[request.id]

    def _gate(self, type_: str, upstream: str, at: float) -> str:
        name = UPSTREAMS.get(upstream, upstream)
        if type_.startswith("upstream.paused"):
            self.paused.setdefault(upstream, at)
            return f"{name} is not called any more: it is in maintenance"
        self.paused.pop(upstream, None)
        return f"{name} answers again"


def _short(flow_number: object) -> str:
    """A flow number by its end: its 24 characters begin alike."""
    return f"flow …{str(flow_number)[-4:]}"


def _detail(data: Mapping[str, Any]) -> str | None:
    if data.get("dume_id") and data.get("state"):
        return f"{data['dume_id']} {data['state']}"
    if "status" in data:
        return str(data["status"]).replace("_", " ")
    if "total" in data:
        return f"{data['total']} found"
    return None
