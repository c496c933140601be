"""Every type of the published language and its model; what is generated or routed is derived from here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contracts import events, results
from contracts.base import Incoming, Outgoing
from contracts.names import SYNC_FAMILY, VERSION, Ending
from contracts.results import Delayed, Failed


@dataclass(frozen=True, slots=True)
class Family:
    """One X of the naming rule: what asks for it, how it ends, what it says on the way."""

    name: str
    requests: Mapping[str, type[Incoming]]
    ending: Ending
    answer: type[Outgoing]
    refused: type[Outgoing]
    on_the_way: Mapping[str, type[Outgoing]]

    @property
    def request_type(self) -> str:
        """The type that asks for it; of several, the first."""
        return next(iter(self.requests))

    @property
    def is_write(self) -> bool:
        """Whether it changes something, and so ends in `done` rather than `reported`."""
        return self.ending is Ending.DONE

    @property
    def terminal_types(self) -> tuple[str, ...]:
        """The types of which every request gets exactly one."""
        return tuple(f"{self.name}.{ending}.{VERSION}" for ending in (self.ending, Ending.REFUSED, Ending.FAILED))

    def results(self) -> Iterator[tuple[str, type[Outgoing]]]:
        """Yield every type it publishes with its model, progress first, endings last."""
        yield from self.on_the_way.items()
        yield f"{self.name}.{Ending.DELAYED}.{VERSION}", Delayed
        yield f"{self.name}.{self.ending}.{VERSION}", self.answer
        yield f"{self.name}.{Ending.REFUSED}.{VERSION}", self.refused
        yield f"{self.name}.{Ending.FAILED}.{VERSION}", Failed


def _family(
    name: str,
    request: type[Incoming],
    answer: type[Outgoing],
    refused: type[Outgoing],
    *,
    ending: Ending = Ending.DONE,
    on_the_way: Mapping[str, type[Outgoing]] = MappingProxyType({}),
) -> Family:
    return Family(name, {f"{name}.requested.{VERSION}": request}, ending, answer, refused, on_the_way)


FAMILIES = (
    _family(
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
    _family(
        "invoice.check",
        events.InvoiceCheckRequested,
        results.InvoiceCheckReported,
        results.InvoiceCheckRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "invoice.status",
        events.InvoiceStatusRequested,
        results.InvoiceStatusReported,
        results.InvoiceStatusRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "recipient.lookup",
        events.RecipientLookupRequested,
        results.RecipientLookupReported,
        results.RecipientLookupRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "invoice.recipient.decision",
        events.InvoiceRecipientDecisionRequested,
        results.InvoiceRecipientDecisionDone,
        results.InvoiceRecipientDecisionRefused,
    ),
    _family(
        "invoice.validator.decision",
        events.InvoiceValidatorDecisionRequested,
        results.InvoiceValidatorDecisionDone,
        results.InvoiceValidatorDecisionRefused,
    ),
    _family(
        "invoice.validator.correction",
        events.InvoiceValidatorCorrectionRequested,
        results.InvoiceValidatorCorrectionDone,
        results.InvoiceValidatorCorrectionRefused,
    ),
    _family(
        "invoice.search",
        events.InvoiceSearchRequested,
        results.InvoiceSearchReported,
        results.InvoiceSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"invoice.search.page.v1": results.InvoiceSearchPage},
    ),
    _family(
        "invoice.download",
        events.InvoiceDownloadRequested,
        results.InvoiceDownloadReported,
        results.InvoiceDownloadRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "invoice.submission",
        events.InvoiceSubmissionRequested,
        results.InvoiceSubmissionDone,
        results.InvoiceSubmissionRefused,
    ),
    _family(
        "invoice.supplement",
        events.InvoiceSupplementRequested,
        results.InvoiceSupplementDone,
        results.InvoiceSupplementRefused,
    ),
    _family(
        "invoice.recycling",
        events.InvoiceRecyclingRequested,
        results.InvoiceRecyclingDone,
        results.InvoiceRecyclingRefused,
    ),
    _family(
        "invoice.rejection.acknowledgement",
        events.InvoiceRejectionAcknowledgementRequested,
        results.InvoiceRejectionAcknowledgementDone,
        results.InvoiceRejectionAcknowledgementRefused,
    ),
    _family(
        "tender.dume.simplified",
        events.TenderDumeSimplifiedRequested,
        results.TenderDumeSimplifiedDone,
        results.TenderDumeSimplifiedRefused,
    ),
    _family(
        "tender.dume.draft",
        events.TenderDumeDraftRequested,
        results.TenderDumeDraftDone,
        results.TenderDumeDraftRefused,
    ),
    _family(
        "tender.dume.validation",
        events.TenderDumeValidationRequested,
        results.TenderDumeValidationDone,
        results.TenderDumeValidationRefused,
    ),
    _family(
        "tender.dume.replacement",
        events.TenderDumeReplacementRequested,
        results.TenderDumeReplacementDone,
        results.TenderDumeReplacementRefused,
    ),
    _family(
        "tender.dume.deletion",
        events.TenderDumeDeletionRequested,
        results.TenderDumeDeletionDone,
        results.TenderDumeDeletionRefused,
    ),
    _family(
        "tender.dume.metadata",
        events.TenderDumeMetadataRequested,
        results.TenderDumeMetadataDone,
        results.TenderDumeMetadataRefused,
    ),
    _family(
        "tender.dume.search",
        events.TenderDumeSearchRequested,
        results.TenderDumeSearchReported,
        results.TenderDumeSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.dume.search.page.v1": results.TenderDumeSearchPage},
    ),
    Family(
        SYNC_FAMILY,
        MappingProxyType(
            {
                f"tender.created.{VERSION}": events.TenderCreated,
                f"tender.updated.{VERSION}": events.TenderUpdated,
                f"tender.published.{VERSION}": events.TenderPublished,
                f"tender.cancelled.{VERSION}": events.TenderCancelled,
            }
        ),
        Ending.DONE,
        results.TenderSyncDone,
        results.TenderSyncRefused,
        MappingProxyType({}),
    ),
    _family(
        "tender.dume.document",
        events.TenderDumeDocumentRequested,
        results.TenderDumeDocumentReported,
        results.TenderDumeDocumentRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "tender.bid.merge",
        events.TenderBidMergeRequested,
        results.TenderBidMergeReported,
        results.TenderBidMergeRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "tender.bid.save",
        events.TenderBidSaveRequested,
        results.TenderBidSaveDone,
        results.TenderBidSaveRefused,
    ),
    _family(
        "tender.bid.creation",
        events.TenderBidCreationRequested,
        results.TenderBidCreationDone,
        results.TenderBidCreationRefused,
    ),
    _family(
        "tender.company.lookup",
        events.TenderCompanyLookupRequested,
        results.TenderCompanyLookupReported,
        results.TenderCompanyLookupRefused,
        ending=Ending.REPORTED,
    ),
    _family(
        "tender.essential_data.publication",
        events.TenderEssentialDataPublicationRequested,
        results.TenderEssentialDataPublicationDone,
        results.TenderEssentialDataPublicationRefused,
    ),
    _family(
        "tender.essential_data.update",
        events.TenderEssentialDataUpdateRequested,
        results.TenderEssentialDataUpdateDone,
        results.TenderEssentialDataUpdateRefused,
    ),
    _family(
        "tender.essential_data.search",
        events.TenderEssentialDataSearchRequested,
        results.TenderEssentialDataSearchReported,
        results.TenderEssentialDataSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.essential_data.search.page.v1": results.TenderEssentialDataSearchPage},
    ),
    _family(
        "tender.codelist.lookup",
        events.TenderCodelistLookupRequested,
        results.TenderCodelistLookupReported,
        results.TenderCodelistLookupRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.codelist.lookup.page.v1": results.TenderCodelistLookupPage},
    ),
    _family(
        "tender.evidence.lookup",
        events.TenderEvidenceLookupRequested,
        results.TenderEvidenceLookupReported,
        results.TenderEvidenceLookupRefused,
        ending=Ending.REPORTED,
    ),
    _family(
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
    for family in FAMILIES:
        if result_or_request_type in family.requests or result_or_request_type in dict(family.results()):
            return family
    return None
