"""The table of reasons: what each means, and what its reader does next."""

from collections.abc import Mapping
from types import MappingProxyType

from contracts.reasons import Effect, Reason, ReasonRow


def _failed(
    reason: Reason, meaning: str, next_step: str, *, retryable: bool = False, effect: Effect = "none"
) -> ReasonRow:
    return ReasonRow(reason, "failed", meaning, next_step, retryable, effect)


def _refused(reason: Reason, meaning: str, next_step: str, *, retryable: bool = False) -> ReasonRow:
    return ReasonRow(reason, "refused", meaning, next_step, retryable)


_CORRECT_FILE = "Correct the file and request again under a new id; the invoice number is still free."
_CORRECT_ARCHIVE = "Build the archive again (tar.gz of plain files, one format) and request again under a new id."
_R = Reason

_ROWS = (
    _failed(
        _R.INVALID_EVENT, "The event or its data does not follow the contract.",
        "Correct the fields that detail names and request again under a new id.",
    ),
    _failed(
        _R.UNSUPPORTED_TYPE, "The relay knows no request of this type.",
        "Check the type and the routing key against the list of contracts; publish under one of those, with a new id.",
    ),
    _failed(
        _R.EXPIRED, "The expirytime had passed before anything was sent.",
        "Request again under a new id if it is still wanted.", retryable=True,
    ),
    _failed(
        _R.ID_REUSED, "An earlier event with this source and id had another content; this one was not carried out.",
        "Request again under an id of its own; the answer to the earlier event stands.",
    ),
    _failed(
        _R.ALREADY_REQUESTED, "Another event asked for the same thing, and that one is or was carried out.",
        "Read the results of the request that detail names. Send invoices that it says are not shown on their own.",
    ),
    _failed(
        _R.UNDELIVERABLE, "The broker gave the event back three times before it could be handled.",
        "Request again under a new id; tell the operator, a worker may be failing.", retryable=True,
    ),
    _failed(
        _R.CANCELLED, "A request.cancellation withdrew it before anything was sent.",
        "Nothing to do; request again under a new id if it is wanted after all.", retryable=True,
    ),
    _failed(
        _R.GIVEN_UP, "A person closed it while it was not known whether the State has the document.",
        "Look at the portal of the State before requesting again under a new id.", effect="unknown",
    ),
    _failed(
        _R.ACCOUNT_REQUIRED, "Several accounts are configured and the event names none.",
        "Add the extension attribute account and request again under a new id.",
    ),
    _failed(
        _R.ACCOUNT_UNKNOWN, "The account the event names is not configured.",
        "Correct the account, or have it configured, and request again under a new id.",
    ),
    _failed(
        _R.SUPPLIER_NOT_IN_ACCOUNT, "The supplier of the invoice is not one of the account's.",
        "Name the account of that supplier, or have the supplier attached to it, and request again under a new id.",
    ),
    _failed(
        _R.NOT_CONFIGURED, "The relay has no settings for what this request needs.",
        "Ask the operator to configure what detail names, then request again under a new id.", retryable=True,
    ),
    _failed(
        _R.EXPECTATION_NOT_MET, "The file does not say what expect says.",
        "Compare the file with expect, correct the wrong one and request again under a new id.",
    ),
    _failed(
        _R.DOCUMENT_BY_REFERENCE_UNSUPPORTED, "This relay cannot fetch the reference the file is given by.",
        "Send the file in content, base64, and request again under a new id.",
    ),
    _failed(
        _R.CHECKSUM_MISMATCH, "The sha256 of the file is not the announced one.",
        "Send the whole file with its own sha256 under a new id.",
    ),
    _failed(
        _R.FILE_TOO_LARGE, "The file is larger than the State takes.",
        "Split the archive or lighten the PDF, and request again under a new id.",
    ),
    _failed(_R.FILE_EMPTY, "The file has no content.", "Send the file with its content under a new id."),
    _failed(_R.XML_MALFORMED, "The XML of the invoice cannot be read.", _CORRECT_FILE),
    _failed(
        _R.XML_UNSAFE, "The XML declares a document type, an entity or an external reference.",
        "Remove the declaration and request again under a new id.",
    ),
    _failed(
        _R.UNKNOWN_FORMAT, "The file is none of UBL, CII, Factur-X or an archive of them.",
        "Send one of these formats and request again under a new id.",
    ),
    _failed(
        _R.FORMAT_MISMATCH, "The file is not in the format the event announces.",
        "Correct or leave out format and request again under a new id.",
    ),
    _failed(
        _R.PDF_WITHOUT_INVOICE, "The PDF carries no Factur-X invoice.",
        "Embed the invoice in the PDF, or send it as UBL or CII, and request again under a new id.",
    ),
    _failed(_R.PDF_MALFORMED, "The PDF cannot be read.", _CORRECT_FILE),
    _failed(_R.ARCHIVE_MALFORMED, "The archive cannot be read.", _CORRECT_ARCHIVE),
    _failed(
        _R.ARCHIVE_UNSAFE, "The archive holds links, devices, absolute paths or expands beyond the limits.",
        _CORRECT_ARCHIVE,
    ),
    _failed(_R.ARCHIVE_EMPTY, "The archive holds no invoice.", _CORRECT_ARCHIVE),
    _failed(_R.ARCHIVE_MIXED_FORMATS, "The archive mixes formats; one deposit has one format.", _CORRECT_ARCHIVE),
    _failed(_R.INVOICE_NUMBER_MISSING, "An invoice of the file has no number.", _CORRECT_FILE),
    _failed(_R.SUPPLIER_MISSING, "An invoice of the file does not identify its supplier.", _CORRECT_FILE),
    _failed(_R.DUPLICATE_NUMBER_IN_FILE, "Two invoices of the file have the same supplier and number.", _CORRECT_FILE),
    _failed(
        _R.ATTACHMENT_TOO_LARGE, "One of the files that go with the invoice is larger than Chorus Pro takes.",
        "Lighten the file that detail names, or split it, and request again under a new id.",
    ),
    _failed(
        _R.ATTACHMENTS_TOO_LARGE, "The invoice and its attachments together are larger than Chorus Pro takes.",
        "Leave attachments out or lighten them, and request again under a new id.",
    ),
    _failed(
        _R.ATTACHMENT_NAME_UNSUITABLE, "The name of a file is too long for Chorus Pro, or has no ending.",
        "Rename the file that detail names and request again under a new id.",
    ),
    _failed(
        _R.ATTACHMENT_TYPE_UNSUPPORTED, "A file is of a kind that Chorus Pro does not take there.",
        "Convert the file that detail names, for instance to PDF, and request again under a new id.",
    ),
    _failed(
        _R.UPSTREAM_ERROR, "Passing failures of the upstream went on until the attempts were used up.",
        "Request again under a new id once the upstream works.", retryable=True,
    ),
    _failed(
        _R.UPSTREAM_ANSWER_UNREADABLE, "The upstream answered something the relay cannot read.",
        "Look at the portal of the State first; tell the operator.", effect="unknown",
    ),
    _failed(
        _R.ANSWER_TOO_LARGE, "The answer is larger than the broker takes; effect is none where the request only asked.",
        "Ask for less at once under a new id; after a write look at the portal first. Tell the operator.",
    ),
    _failed(
        _R.DOCUMENT_TOO_LARGE,
        "The documents are larger than a result may hold; documents by reference are not part of this version.",
        "Ask for fewer at once, or without attachments, under a new id; else fetch them from the portal.",
    ),
    _failed(
        _R.INTERNAL_ERROR, "The relay itself failed.",
        "Look at effect; tell the operator, and request again under a new id when it is none.", retryable=True,
    ),
    _refused(
        _R.NUMBER_ALREADY_USED,
        "The supplier used this invoice number before, for something else or for one rejected; conflict shows both.",
        "Give the invoice a new number, or use the one already there unless it was rejected.",
    ),
    _refused(
        _R.FLOW_REJECTED, "Chorus Pro rejected the whole file; no invoice was created.",
        "Correct what upstream_text says and request again under a new id; the numbers are still free.",
    ),
    _refused(
        _R.INVOICE_REJECTED, "Chorus Pro did not integrate an invoice of the file.",
        "Correct what upstream_text says and deposit that invoice again; number_reusable says under which number.",
    ),
    _refused(
        _R.TECHNICAL_ERROR, "Chorus Pro could not work on the file.",
        "Check the file against the format's rules; request again under a new id.", retryable=True,
    ),
    _refused(
        _R.UPSTREAM_REFUSED, "The State refused for a reason that has no word of its own here.",
        "Read code and upstream_text; correct and request again under a new id.",
    ),
    _refused(
        _R.UPSTREAM_FILE_TOO_LARGE, "Chorus Pro found the file too large.",
        "Split the archive or lighten the PDF, and request again under a new id.",
    ),
    _refused(
        _R.INVOICE_NOT_FOUND, "The State knows no such invoice, or this account may not see it.",
        "Check the number, the supplier and the account; a fresh deposit may not be visible yet.", retryable=True,
    ),
    _refused(
        _R.INVOICE_AMBIGUOUS, "The State shows several invoices with this number.",
        "Name its chorus_pro_id, or where that is asked for its supplier and recipient too; use a new id.",
    ),
    _refused(
        _R.INVOICE_NOT_SUSPENDED, "Only a suspended invoice can be added to, and this one is not suspended.",
        "Ask for its status; there is nothing to add unless the recipient suspends it again.",
    ),
    _refused(
        _R.STATUS_NOT_SUITABLE, "The status the invoice is in does not allow this.",
        "Ask for its status, or read it where the result tells it, and do what that one allows.",
    ),
    _refused(
        _R.STATUS_CHANGED, "An answer was lost, and the invoice then stood elsewhere: this request has done nothing.",
        "Read status; decide anew about the invoice as it is now and request again under a new id.",
    ),
    _refused(
        _R.NOT_ENTITLED, "The technical account may not do this with this invoice.",
        "Name the account of that supplier, or have the account entitled, and request again under a new id.",
    ),
    _refused(
        _R.BANK_ACCOUNT_UNCLEAR, "It is unclear which bank account of the supplier is meant, or there is none such.",
        "Name one of bank_accounts in bank_account, or have one registered; then request again under a new id.",
    ),
    _refused(
        _R.VALIDATOR_UNKNOWN, "The account is not attached to this validator.",
        "Correct validator_siret, name another account, or have it attached; request again under a new id.",
    ),
    _refused(
        _R.UPSTREAM_DOCUMENT_TOO_LARGE, "The documents asked for are together larger than the State gives at once.",
        "Ask for fewer at once, or without attachments, under a new id.",
    ),
    _refused(
        _R.DUME_EXISTS, "A live DUME already serves this consultation, lot and buyer.",
        "Use that DUME, change it while it is a draft, or delete or replace it first.",
    ),
    _refused(
        _R.DUME_NOT_MODIFIABLE, "The DUME is past the state of draft and cannot be changed.",
        "Replace it by a new one with tender.dume.replacement; where it is replaced or deleted, make a new one.",
    ),
    _refused(
        _R.DUME_AMBIGUOUS, "Several live DUMEs serve this consultation, and the fact does not say which is meant.",
        "Name dume_id in the fact, or bring each along with the requests of one DUME.",
    ),
    _refused(
        _R.DUME_UNKNOWN, "The State knows no such DUME, or not for this buyer.",
        "Check dume_id and the buyer and request again under a new id.",
    ),
    _refused(
        _R.DUME_NOT_PUBLISHED, "The DUME of the buyer is neither published nor replaced: nobody can answer it.",
        "Request again under a new id once the buyer has published it.", retryable=True,
    ),
    _refused(
        _R.DUME_NOT_DELETABLE, "The DUME is in a state in which it cannot be deleted.",
        "Search for the DUMEs of the consultation: one that was replaced needs no deletion.",
    ),
    _refused(
        _R.DUME_NOT_REPLACEABLE, "The DUME is in a state in which no other can take its place.",
        "Change it while it is a draft; where it is replaced or deleted already, search for the one that serves now.",
    ),
    _refused(
        _R.ESSENTIAL_DATA_EXISTS, "The buyer has other essential data under this id; conflict shows both where known.",
        "Give the contract an id of its own, or update what is there; then request again under a new id.",
    ),
    _refused(
        _R.ALREADY_SENT, "The request was already sent to the State, or may have been.",
        "Wait for its terminal result.",
    ),
    _refused(
        _R.ALREADY_ANSWERED, "The request already has its terminal result.", "Read that result.",
    ),
    _refused(
        _R.REQUEST_UNKNOWN, "The relay knows no such request of this account.",
        "Check id, source and account.",
    ),
    _refused(
        _R.RULES_NOT_MET, "What was to be sent breaks rules that the State is known to apply; nothing was sent.",
        "Correct every finding that is an error and request again under a new id; the numbers are still free.",
    ),
)  # fmt: skip

REASONS: Mapping[Reason, ReasonRow] = MappingProxyType({row.reason: row for row in _ROWS})
