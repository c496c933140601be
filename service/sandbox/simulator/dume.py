"""Answers as the DUME Service does: one address per domain, the operation in the body, refusals as messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.sandbox.simulator.dume_bids import Bids
from service.sandbox.simulator.dume_call import Books, Call, CompanyService, Done, Effect, Operation
from service.sandbox.simulator.dume_domains import DOMAINS, operation_of
from service.sandbox.simulator.dume_essential_register import EssentialRegister, Rules
from service.sandbox.simulator.dume_reference import CODE_LISTS, CodeLists
from service.sandbox.simulator.dume_register import KeptDume, Register, State, to_state
from service.sandbox.simulator.dume_request import Code, Fields, Refused, check_platform

HEALTH_CHECK: Final = "healthCheck"

_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DumeAnswer:
    """What goes back as JSON, what it did to the register, and a summary for the journal."""

    json: dict[str, object]
    effect: Effect
    summary: dict[str, object]
    operation: str


class DumeService:
    """The service and every DUME it keeps; nothing in it waits, so it is whole between two requests.

    `platforms` are pairs of platform identifier and technical identifier. `simplified_state` is the state in which
    creerDumeSimple leaves a DUME, which no public page says. `search_lag`: seconds that searches stay behind.
    `attachment_size`: the bytes of what is attached to a bid.
    `company_service`: how the service behind it is that knows companies.
    `essential_data`: how the service treats those.
    `code_lists` go over those there are.
    """

    def __init__(
        self,
        *,
        platforms: Collection[tuple[str, str]],
        simplified_state: str = State.DRAFT,
        search_lag: float = 0.0,
        seed: int = 0,
        attachment_size: int = 1_000,
        company_service: CompanyService = "up",
        essential_data: Rules | None = None,
        code_lists: CodeLists | None = None,
    ) -> None:
        self.platforms = set(platforms)
        self.attachment_size = attachment_size
        self.company_service = company_service
        self.simplified_state = to_state(simplified_state)
        self._seed = seed
        self._books = _empty(timedelta(seconds=search_lag), seed, essential_data or Rules())
        self.put_code_lists(code_lists or {})

    @property
    def search_lag(self) -> float:
        """Seconds that searches stay behind; may be changed at any time."""
        return self._books.buyers.search_lag.total_seconds()

    @search_lag.setter
    def search_lag(self, seconds: float) -> None:
        self._books.buyers.search_lag = self._books.bids.search_lag = timedelta(seconds=seconds)
        self.essential_data.search_lag = timedelta(seconds=seconds)

    @property
    def essential_data(self) -> EssentialRegister:
        """The essential data of contracts and concessions, and how they are treated."""
        return self._books.essential_data

    def reset(self) -> None:
        """Forget every DUME; the same identifiers will be given again."""
        kept = self._books.code_lists
        self._books = _empty(self._books.buyers.search_lag, self._seed, self.essential_data.rules)
        self.put_code_lists(kept)

    def put_code_lists(self, code_lists: CodeLists) -> None:
        """Lay these lists of codes over those that are made up; at any time."""
        self._books.code_lists = {**CODE_LISTS, **code_lists}

    def answer(self, domain: str, body: Mapping[str, object], now: datetime) -> DumeAnswer:
        """Answer one request to a domain. Whatever is wrong with it becomes a message of type ERREUR."""
        fields = Fields(body)
        name = _asked(fields)
        if domain in DOMAINS and name.lower() == HEALTH_CHECK.lower():
            return _answer(HEALTH_CHECK, fields, Done(fields={"etat": "OK"}))
        operation = operation_of(domain, name)
        if operation is None:
            return _refusal(name, fields, Refused(Code.OPERATION, f"Operation inconnue de {domain} : {name}"))
        try:
            return self._work(operation, fields, now)
        except Refused as refused:
            return _refusal(operation.name, fields, refused)

    def hangs(self, domain: str, body: Mapping[str, object]) -> bool:
        """Whether a request waits for the service of company data in vain."""
        operation = operation_of(domain, _asked(Fields(body)))
        return self.company_service == "timeout" and operation is not None and operation.asks_company

    def state(self) -> dict[str, object]:
        """Every DUME as JSON, those of bidders apart, and how many there are in each state."""
        dumes = self._books.buyers.dumes
        return {
            "count": len(dumes),
            "by_state": {state.value: sum(dume.state is state for dume in dumes) for state in State},
            "dumes": [_shown(dume) for dume in dumes],
            "bids": [bid.to_json() for bid in self._books.bids.all()],
            "essential_data": [kept.to_json() for kept in self.essential_data.all()],
        }

    @property
    def dumes(self) -> tuple[KeptDume, ...]:
        """Every DUME of a buyer, the oldest first, with all that it says."""
        return self._books.buyers.dumes

    def document(self, dume_id: str) -> bytes:
        """The document of a buyer's DUME; raises StopIteration for an unknown one."""
        return next(dume.document for dume in self._books.buyers.dumes if dume.dume_id == dume_id)

    def set_state(self, dume_id: str, state: str) -> dict[str, object]:
        """Put a DUME into a state, seen by searches at once; raises KeyError or ValueError for an unknown one."""
        return _shown(self._books.buyers.set_state(dume_id, to_state(state)))

    def _work(self, operation: Operation, fields: Fields, now: datetime) -> DumeAnswer:
        platform = check_platform(fields, self.platforms, requester=operation.requester)
        call = Call(
            fields=fields,
            platform=platform,
            books=self._books,
            simplified_state=self.simplified_state,
            now=now,
            attachment_size=self.attachment_size,
            company_service=self.company_service,
        )
        return _answer(operation.name, fields, operation.work(call))


def _empty(search_lag: timedelta, seed: int, rules: Rules) -> Books:
    buyers = Register(search_lag=search_lag, seed=seed)
    return Books(
        buyers=buyers,
        bids=Bids(search_lag=search_lag, new_id=buyers.new_id),
        essential_data=EssentialRegister(search_lag=search_lag, seed=seed, rules=rules),
        code_lists=CODE_LISTS,
    )


def _asked(fields: Fields) -> str:
    """The operation asked for, short enough to repeat; "?" when there is none to read."""
    try:
        return (fields.text("operation") or "?")[:_LONGEST_NAME]
    except Refused:
        return "?"


def _answer(operation: str, fields: Fields, done: Done) -> DumeAnswer:
    summary = _summary(fields) | dict(done.about)
    if (dume := done.dume) is not None:
        summary |= {"idDume": dume.dume_id, "idConsultation": dume.tender.consultation_id, "statut": dume.state.value}
    return DumeAnswer(
        json={"response": {"messageList": list(done.notices), **done.fields}},
        effect=done.effect,
        summary=summary,
        operation=operation,
    )


def _refusal(operation: str, fields: Fields, refused: Refused) -> DumeAnswer:
    message = {"type": "ERREUR", "code": refused.code.value, "message": refused.text}
    return DumeAnswer(
        json={"response": {"messageList": [message]}},
        effect="none",
        summary={**_summary(fields), "code": refused.code.value},
        operation=operation,
    )


def _summary(fields: Fields) -> dict[str, object]:
    """What the request is about, as far as it says so."""
    summary: dict[str, object] = {}
    for name in ("idDume", "idConsultation"):
        try:
            value = fields.text(name)
        except Refused:
            continue
        if value is not None:
            summary[name] = value[:_LONGEST_NAME]
    return summary


def _shown(dume: KeptDume) -> dict[str, object]:
    return {
        "idDume": dume.dume_id,
        "statut": dume.state.value,
        "idConsultation": dume.tender.consultation_id,
        "idAcheteur": dume.tender.buyer_id,
        "lots": list(dume.tender.lots),
        "idDumeRemplace": dume.replaces,
        "idPlateforme": dume.platform.owner_id,
        "created_at": dume.history[0][0].isoformat(),
    }
