"""What the directory tells of a recipient is held against the invoice, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.documents import read
from service.core.preflight import Inspection, routing_findings
from service.core.recipient import Demands, Recipient, Service, demands_of
from service.preflight import packaged_rules
from service.sandbox.samples import RECIPIENT, make_cii, make_ubl

pytestmark = pytest.mark.unit

SERVICES = {
    "S1": Service(id=1, code="S1", label="One", is_active=True, demands_commitment=False),
    "S2": Service(id=2, code="S2", label="Two", is_active=True, demands_commitment=True),
    "OLD": Service(id=3, code="OLD", label="Old", is_active=False, demands_commitment=False),
}
INSPECTION = Inspection(rules=packaged_rules(), mode="enforce", looks_up=True)
IGNORED = frozenset({"FACTURES_PUBLIQUES"})


def body(demands: Demands = "nothing", **changes: Any) -> Recipient:
    """A public body with three services."""
    known: dict[str, Any] = {"id": 7, "name": "VILLE FICTIVE", "is_active": True, "services": SERVICES}
    return Recipient(**{"siret": RECIPIENT, "exists": True, "demands": demands, **known, **changes})


@pytest.mark.parametrize(
    ("demands", "service", "commitment", "expected"),
    [
        ("nothing", None, None, []),
        ("service_code", None, "E1", ["service_code_missing"]),
        ("service_code", "FACTURES_PUBLIQUES", None, ["service_code_missing"]),
        ("service_code", "S1", None, []),
        ("service_code", "S2", None, ["commitment_number_missing_for_service"]),
        ("service_code", "S2", "E1", []),
        ("service_code", "S9", None, ["service_code_unknown"]),
        ("service_code", "OLD", None, ["service_code_inactive"]),
        ("commitment_number", None, None, ["commitment_number_missing"]),
        ("commitment_number", None, "E1", []),
        ("both", None, None, ["service_code_missing", "commitment_number_missing"]),
        ("both", "S2", None, ["commitment_number_missing"]),
        ("both", "S1", "E1", []),
        ("either", None, None, ["service_code_or_commitment_number_missing"]),
        ("either", "S1", None, []),
        ("either", None, "E1", []),
    ],
)
def test_should_tell_what_is_missing(
    demands: Demands, service: str | None, commitment: str | None, expected: list[str]
) -> None:
    """Each kind of recipient, with and without what it demands."""
    (facts,) = read(make_ubl("F-1", service=service, commitment=commitment)).invoices

    assert [one.rule for one in routing_findings(INSPECTION, facts, body(demands), ignored=IGNORED)] == expected


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        (Recipient(siret=RECIPIENT, exists=False), [("recipient_unknown", "warning", RECIPIENT)]),
        (body(is_active=False), [("recipient_inactive", "warning", RECIPIENT)]),
        (body(services=None), []),
    ],
)
def test_should_tell_of_the_recipient_itself(recipient: Recipient, expected: list[tuple[str, str, str]]) -> None:
    """One that is unknown or gone is a warning: no source says that it is refused."""
    (facts,) = read(make_ubl("F-1", service="S9")).invoices
    found = routing_findings(INSPECTION, facts, recipient, ignored=IGNORED)

    assert [(one.rule, one.severity, one.value) for one in found if "service" not in one.rule] == expected


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (make_ubl("F-1"), "//cbc:BuyerReference"),
        (
            make_cii("F-1"),
            "//rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerReference",
        ),
    ],
)
def test_should_say_where_it_belongs(content: bytes, path: str) -> None:
    """The place is that of the syntax of the invoice."""
    (facts,) = read(content).invoices
    (finding,) = routing_findings(INSPECTION, facts, body("service_code"), ignored=IGNORED)

    assert (finding.path, finding.severity, finding.certainty) == (path, "error", "official")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"either": True, "service": True, "commitment": True}, "either"),
        ({"either": False, "service": True, "commitment": True}, "both"),
        ({"either": None, "service": True, "commitment": None}, "service_code"),
        ({"either": False, "service": False, "commitment": True}, "commitment_number"),
        ({"either": None, "service": None, "commitment": None}, "nothing"),
    ],
)
def test_should_read_the_three_flags(flags: dict[str, bool | None], expected: str) -> None:
    """The flag about either goes before the others; an absent flag demands nothing."""
    assert demands_of(**flags) == expected
