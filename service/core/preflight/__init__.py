"""Decides before anything is sent whether Chorus Pro would refuse a file, by rules that are data."""

from service.core.preflight.inspection import NO_INSPECTION, Examiner, Inspection, is_forbidden
from service.core.preflight.routing import routing_findings
from service.core.preflight.rules import Level, Rule, Rules, RulesInvalid, parse_rules

__all__ = [
    "NO_INSPECTION",
    "Examiner",
    "Inspection",
    "Level",
    "Rule",
    "Rules",
    "RulesInvalid",
    "is_forbidden",
    "parse_rules",
    "routing_findings",
]
