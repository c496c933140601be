"""Every type of the published language and its model; what is generated or routed is derived from here."""

from collections.abc import Mapping
from types import MappingProxyType

from contracts import events, results
from contracts.base import Incoming, Outgoing
from contracts.families import Family, family
from contracts.names import Ending
from contracts.results import Failed
from contracts.tender_families import TENDERS

FAMILIES = (
    family(
        "invoice.deposit",
        events.InvoiceDepositRequested,
        results.InvoiceDepositDone,
        results.InvoiceDepositRefused,
        on_the_way={
            "invoice.deposit.received.v1": results.InvoiceDepositReceived,
            "invoice.integrated.v1": results.InvoiceIntegrated,
            "invoice.not_integrated.v1": results.InvoiceNotIntegrated,
        },
    ),
    family(
        "invoice.check",
        events.InvoiceCheckRequested,
        results.InvoiceCheckReported,
        results.InvoiceCheckRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "invoice.status",
        events.InvoiceStatusRequested,
        results.InvoiceStatusReported,
        results.InvoiceStatusRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "recipient.lookup",
        events.RecipientLookupRequested,
        results.RecipientLookupReported,
        results.RecipientLookupRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "invoice.recipient.decision",
        events.InvoiceRecipientDecisionRequested,
        results.InvoiceRecipientDecisionDone,
        results.InvoiceRecipientDecisionRefused,
    ),
    family(
        "invoice.validator.decision",
        events.InvoiceValidatorDecisionRequested,
        results.InvoiceValidatorDecisionDone,
        results.InvoiceValidatorDecisionRefused,
    ),
    family(
        "invoice.validator.correction",
        events.InvoiceValidatorCorrectionRequested,
        results.InvoiceValidatorCorrectionDone,
        results.InvoiceValidatorCorrectionRefused,
    ),
    family(
        "invoice.search",
        events.InvoiceSearchRequested,
        results.InvoiceSearchReported,
        results.InvoiceSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"invoice.search.page.v1": results.InvoiceSearchPage},
    ),
    family(
        "invoice.download",
        events.InvoiceDownloadRequested,
        results.InvoiceDownloadReported,
        results.InvoiceDownloadRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "invoice.submission",
        events.InvoiceSubmissionRequested,
        results.InvoiceSubmissionDone,
        results.InvoiceSubmissionRefused,
    ),
    family(
        "invoice.supplement",
        events.InvoiceSupplementRequested,
        results.InvoiceSupplementDone,
        results.InvoiceSupplementRefused,
    ),
    family(
        "invoice.recycling",
        events.InvoiceRecyclingRequested,
        results.InvoiceRecyclingDone,
        results.InvoiceRecyclingRefused,
    ),
    family(
        "invoice.rejection.acknowledgement",
        events.InvoiceRejectionAcknowledgementRequested,
        results.InvoiceRejectionAcknowledgementDone,
        results.InvoiceRejectionAcknowledgementRefused,
    ),
    *TENDERS,
    family(
        "request.cancellation",
        events.RequestCancellationRequested,
        results.RequestCancellationDone,
        results.RequestCancellationRefused,
    ),
)

# Results that belong to no request, and the one that answers a request whose type cannot be part of a name.
NOTICES: Mapping[str, type[Outgoing]] = MappingProxyType(
    {
        "invoice.status.changed.v1": results.InvoiceStatusChanged,
        "upstream.paused.v1": results.UpstreamPaused,
        "upstream.resumed.v1": results.UpstreamResumed,
        "request.failed.v1": Failed,
    }
)

REQUESTS: Mapping[str, type[Incoming]] = MappingProxyType(
    {name: model for family in FAMILIES for name, model in family.requests.items()}
)
RESULTS: Mapping[str, type[Outgoing]] = MappingProxyType(
    {
        **{name: model for family in FAMILIES for name, model in family.results()},
        **NOTICES,
    }
)


def family_for(result_or_request_type: str) -> Family | None:
    """Return the family a type belongs to, None for a notice or an unknown type."""
    for found in FAMILIES:
        if result_or_request_type in found.requests or result_or_request_type in dict(found.results()):
            return found
    return None
