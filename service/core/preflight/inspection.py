"""Checks the invoices of a file by the rules in force, and gives everything that was found in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from contracts.base import sentence
from contracts.results.findings import Finding
from service.core.documents import InvoiceFacts, Syntax
from service.core.masking import masked
from service.core.preflight.kinds import Broken, broken
from service.core.preflight.rules import Level, Rule, Rules

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_FINDINGS: Final = 500
"""Findings of one file; whoever has more begins with these."""
MOST_OF_A_RULE: Final = 10
"""Findings of one rule in one invoice."""
LONGEST_VALUE: Final = 100
LONGEST_READ: Final = 10 * LONGEST_VALUE
"""Characters looked through for account numbers: more than is shown, so that none is cut in two and not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """How files of one account are checked: by which rules, how strictly, and whether recipients are looked up.

    `mode` is the account's: `off` checks nothing, `warn` makes warnings of all, `enforce` leaves it to the rules.
    """

    rules: Rules = field(repr=False)
    mode: Level
    looks_up: bool = False

    def level(self, rule: Rule) -> Level:
        """What breaking a rule means for this account."""
        if self.mode == "enforce" or rule.severity == "off":
            return rule.severity
        return self.mode

    def milder(self) -> Inspection:
        """The same, switched on where it is off: for those who ask only to know."""
        return replace(self, mode="warn") if self.mode == "off" else self


NO_INSPECTION: Final = Inspection(rules=Rules(version="", rules={}), mode="off")


class Examiner:
    """Collects what is found in the files of one request."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._found: list[Finding] = []
        rules = inspection.rules.rules.items()
        self._rules = [(name, rule) for name, rule in rules if inspection.level(rule) != "off"]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, invoice by invoice; where that is too much, errors first."""
        if len(self._found) <= MOST_FINDINGS:
            return tuple(self._found)
        return tuple(sorted(self._found, key=lambda found: found.severity != "error")[:MOST_FINDINGS])

    def file(self, size: int) -> None:
        """Check the whole file."""
        for name, rule in self._rules:
            if rule.kind == "max_bytes" and rule.of == "file" and size > (rule.limit or 0):
                found = Broken(path=None, length=size)
                self._found.append(to_finding(self._inspection, name, found, None))

    def invoice(self, root: Element, facts: InvoiceFacts) -> None:
        """Check one invoice of it; once there is too much, only until something forbids it."""
        is_full = len(self._found) >= MOST_FINDINGS
        if is_full and is_forbidden(self._found):
            return
        for name, rule in self._rules:
            if is_full and self._inspection.level(rule) != "enforce":
                continue
            if rule.kind == "recipient" or rule.only not in {None, facts.kind}:
                continue
            found = list(broken(rule, root, syntax_of(facts)))[:MOST_OF_A_RULE]
            self._found += [to_finding(self._inspection, name, one, facts) for one in found]


def to_finding(inspection: Inspection, name: str, found: Broken, facts: InvoiceFacts | None) -> Finding:
    """One finding as it is published: its value only where it may be shown."""
    rule = inspection.rules.rules[name]
    is_shown = found.text is not None and not rule.secret and rule.kind != "iban"
    return Finding(
        rule=name,
        severity="error" if inspection.level(rule) == "enforce" else "warning",
        certainty=rule.certainty,
        invoice_number=sentence(facts.number) if facts else None,
        file=sentence(facts.member) if facts and facts.member else None,
        path=found.path,
        value=sentence(masked((found.text or "")[:LONGEST_READ])[:LONGEST_VALUE]) if is_shown else None,
        message=sentence(rule.sentence(found.length)),
    )


def syntax_of(facts: InvoiceFacts) -> str:
    """Whose paths count for an invoice: Factur-X carries a CII."""
    return "ubl" if facts.syntax is Syntax.UBL else "cii"


def is_forbidden(findings: Sequence[Finding]) -> bool:
    """Whether one of them forbids the deposit."""
    return any(finding.severity == "error" for finding in findings)
