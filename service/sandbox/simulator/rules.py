"""Decides beforehand how the integration of certain invoices ends, so that any ending can be had on demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from service.core.documents import InvoiceFacts
from service.sandbox.simulator.flows import INCIDENT, STUCK, Ending, FileError

Outcome = Literal["refused", "state", "stuck", "incident", "technical_error"]


class Rule(BaseModel):
    """An ending for the invoice with this number, or for those whose number contains a text.

    `refused` concerns the invoice, everything else the whole flow that holds it. `state` is any state, known or not.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = ""
    number: str | None = None
    contains: str | None = None
    outcome: Outcome
    text: str = "Demande de paiement refusee par une regle du simulateur."
    state: str | None = None
    count: int | None = Field(default=None, ge=1)
    """How many flows it decides; None for all."""
    _used: int = PrivateAttr(default=0)

    @model_validator(mode="after")
    def _is_complete(self) -> Rule:
        if self.number is None and self.contains is None:
            raise ValueError("a rule needs a number, or a text that numbers contain")
        if (self.outcome == "state") != (self.state is not None):
            raise ValueError("a state goes with the outcome 'state', and with no other")
        return self

    def to_json(self) -> dict[str, object]:
        """The rule as the admin API shows it."""
        return self.model_dump(mode="json", exclude_none=True) | {"used": self._used}

    def concerns(self, facts: InvoiceFacts) -> bool:
        """Whether an invoice is meant."""
        by_number = self.number is None or facts.number == self.number
        return by_number and (self.contains is None or self.contains in facts.number)

    def use(self) -> None:
        """Count one flow."""
        self._used += 1

    @property
    def is_used_up(self) -> bool:
        """Whether it decides no further flow."""
        return self.count is not None and self._used >= self.count

    def ending(self) -> Ending | None:
        """The ending of the whole flow; None when the rule concerns one invoice only."""
        match self.outcome:
            case "refused":
                return None
            case "technical_error":
                return Ending(state="IN_REJETE", file_errors=(FileError(code="SIM-RULE", text=self.text),))
            case "stuck":
                return Ending(state=STUCK)
            case "incident":
                return Ending(state=INCIDENT)
            case "state":
                return Ending(state=self.state or "")


class Rules:
    """The rules in force, in the order they were added."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}
        self._last = 0

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force, in place of one of the same id; an id is made when it has none."""
        self._last += 1
        added = rule.model_copy(update={"id": rule.id or f"rule-{self._last}"})
        self._rules[added.id] = added
        return added

    def remove(self, id: str | None = None) -> bool:
        """Take one rule away, or all of them; tells whether there was any."""
        if id is not None:
            return self._rules.pop(id, None) is not None
        found = bool(self._rules)
        self._rules.clear()
        return found

    def all(self) -> list[Rule]:
        """Every rule, those that are used up included."""
        return list(self._rules.values())

    def for_flow(self, facts: Sequence[InvoiceFacts]) -> Ending | None:
        """The ending of a whole flow that a rule decides, which counts as one use."""
        for rule in self._in_force():
            ending = rule.ending()
            if ending is not None and any(rule.concerns(one) for one in facts):
                rule.use()
                return ending
        return None

    def refusal(self, facts: InvoiceFacts) -> str | None:
        """The text with which a rule refuses one invoice, which counts as one use."""
        for rule in self._in_force():
            if rule.outcome == "refused" and rule.concerns(facts):
                rule.use()
                return rule.text
        return None

    def _in_force(self) -> Iterable[Rule]:
        return (rule for rule in list(self._rules.values()) if not rule.is_used_up)
