"""Every family of types about tenders."""

from types import MappingProxyType

from contracts import events, results
from contracts.families import Family, family
from contracts.names import SYNC_FAMILY, VERSION, Ending

TENDERS = (
    family(
        "tender.dume.simplified",
        events.TenderDumeSimplifiedRequested,
        results.TenderDumeSimplifiedDone,
        results.TenderDumeSimplifiedRefused,
    ),
    family(
        "tender.dume.draft",
        events.TenderDumeDraftRequested,
        results.TenderDumeDraftDone,
        results.TenderDumeDraftRefused,
    ),
    family(
        "tender.dume.validation",
        events.TenderDumeValidationRequested,
        results.TenderDumeValidationDone,
        results.TenderDumeValidationRefused,
    ),
    family(
        "tender.dume.replacement",
        events.TenderDumeReplacementRequested,
        results.TenderDumeReplacementDone,
        results.TenderDumeReplacementRefused,
    ),
    family(
        "tender.dume.deletion",
        events.TenderDumeDeletionRequested,
        results.TenderDumeDeletionDone,
        results.TenderDumeDeletionRefused,
    ),
    family(
        "tender.dume.metadata",
        events.TenderDumeMetadataRequested,
        results.TenderDumeMetadataDone,
        results.TenderDumeMetadataRefused,
    ),
    family(
        "tender.dume.search",
        events.TenderDumeSearchRequested,
        results.TenderDumeSearchReported,
        results.TenderDumeSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.dume.search.page.v1": results.TenderDumeSearchPage},
    ),
    family(
        "tender.dume.document",
        events.TenderDumeDocumentRequested,
        results.TenderDumeDocumentReported,
        results.TenderDumeDocumentRefused,
        ending=Ending.REPORTED,
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
    family(
        "tender.bid.merge",
        events.TenderBidMergeRequested,
        results.TenderBidMergeReported,
        results.TenderBidMergeRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "tender.bid.save",
        events.TenderBidSaveRequested,
        results.TenderBidSaveDone,
        results.TenderBidSaveRefused,
    ),
    family(
        "tender.bid.creation",
        events.TenderBidCreationRequested,
        results.TenderBidCreationDone,
        results.TenderBidCreationRefused,
    ),
    family(
        "tender.company.lookup",
        events.TenderCompanyLookupRequested,
        results.TenderCompanyLookupReported,
        results.TenderCompanyLookupRefused,
        ending=Ending.REPORTED,
    ),
    family(
        "tender.essential_data.publication",
        events.TenderEssentialDataPublicationRequested,
        results.TenderEssentialDataPublicationDone,
        results.TenderEssentialDataPublicationRefused,
    ),
    family(
        "tender.essential_data.update",
        events.TenderEssentialDataUpdateRequested,
        results.TenderEssentialDataUpdateDone,
        results.TenderEssentialDataUpdateRefused,
    ),
    family(
        "tender.essential_data.search",
        events.TenderEssentialDataSearchRequested,
        results.TenderEssentialDataSearchReported,
        results.TenderEssentialDataSearchRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.essential_data.search.page.v1": results.TenderEssentialDataSearchPage},
    ),
    family(
        "tender.codelist.lookup",
        events.TenderCodelistLookupRequested,
        results.TenderCodelistLookupReported,
        results.TenderCodelistLookupRefused,
        ending=Ending.REPORTED,
        on_the_way={"tender.codelist.lookup.page.v1": results.TenderCodelistLookupPage},
    ),
    family(
        "tender.evidence.lookup",
        events.TenderEvidenceLookupRequested,
        results.TenderEvidenceLookupReported,
        results.TenderEvidenceLookupRefused,
        ending=Ending.REPORTED,
    ),
)
