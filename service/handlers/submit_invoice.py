"""Hands in one invoice with its data: finds Chorus Pro's numbers, uploads the files, then submits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import InvoiceSubmissionRequested
from contracts.reasons import Reason
from contracts.words import Upstream
from service.core.attachments import Attached, check_pdf, checked
from service.core.entry import Entry
from service.core.errors import EventInvalid, UpstreamFailure
from service.core.invoices import Agreement, FoundInvoice, compared, natural_key
from service.core.question import Number, Screen
from service.handlers import submission_results as results
from service.handlers.base import Absent, Calls, Event, Finished, Found, Looked, Unseen, UsedByOther, Write
from service.handlers.conflicts import is_used_up
from service.handlers.in_full import in_full, undecided, untold
from service.handlers.named_invoice import shown_as
from service.handlers.supplier_reasons import Objection
from service.handlers.uploads import Uploaded, add_file, upload_all, uploaded_from, uploaded_to_notes
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.supplier import BankAccount, Ids, payment_mode
from service.upstream.chorus_pro.supplier_operations import (
    ADD_FILE,
    BANK_ACCOUNTS,
    READ_PDF,
    SUBMIT_ENTRY,
    SUBMIT_PDF,
)

SCREEN = Screen(
    deed="submit an invoice",
    place=(
        "portail.chorus-pro.gouv.fr, domain Facturation: in Factures émises by its number; one that was entered, and"
        " numbered by Chorus Pro, by its recipient, its day and its total"
    ),
    number="invoice_number",
)
HIDDEN = "This account cannot see the invoices of supplier {siret}, so nobody knows whether the invoice arrived."


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An invoice to hand in, its files checked; with `ids` once it is ready to be sent."""

    asked: InvoiceSubmissionRequested = field(repr=False)
    files: tuple[Attached, ...]
    uploaded: Uploaded | None = None
    ids: Ids | None = None

    @property
    def is_entry(self) -> bool:
        """Whether Chorus Pro numbers it."""
        return self.asked.mode == "entry"


class SubmitInvoice(Write[InvoiceSubmissionRequested, Submission]):
    """`invoice.submission.requested.v1`."""

    model: ClassVar[type[InvoiceSubmissionRequested]] = InvoiceSubmissionRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    call: ClassVar[Operation[Any, Any]] = SUBMIT_PDF
    screen: ClassVar[Screen] = SCREEN
    reads_first: ClassVar[bool] = True
    opens_files: ClassVar[bool] = True
    uploads: ClassVar[tuple[Operation[Any, Any], ...]] = (ADD_FILE, READ_PDF)

    def call_for(self, prepared: Submission) -> Operation[Any, Any]:
        """One operation, whose doubt depends on who numbers the invoice."""
        return SUBMIT_ENTRY if prepared.is_entry else SUBMIT_PDF

    def prepare(self, request: InvoiceSubmissionRequested, event: Event) -> Submission:
        """The invoice with its files checked; raises EventInvalid."""
        main = (("data.file", request.file),) if request.file else ()
        others = ((f"data.attachments.{place}.file", one.file) for place, one in enumerate(request.attachments))
        files = checked((*main, *others))
        if main:
            check_pdf("data.file", files[0])
        return Submission(asked=request, files=files)

    def keys(self, prepared: Submission) -> tuple[str, ...]:
        """Supplier and number; an invoice that Chorus Pro numbers has no key."""
        number = prepared.asked.invoice_number
        return () if number is None else (natural_key(prepared.asked.supplier_siret, number),)

    def check(self, prepared: Submission, calls: Calls) -> None:
        """Raise EventInvalid when the account may not send for this supplier."""
        super().check(prepared, calls)
        calls.check_supplier(prepared.asked.supplier_siret)

    async def make_ready(self, prepared: Submission, calls: Calls) -> Submission | Refusal:
        """Find who the supplier is and how it is paid, then upload the files."""
        supplier = await calls.chorus_pro.supplier_id(prepared.asked.supplier_siret)
        if supplier is None:
            raise _not_ours(prepared.asked.supplier_siret, calls)
        account = await _bank_account(prepared.asked, supplier, calls)
        if isinstance(account, Refusal):
            return account
        uploaded = await _uploaded(prepared, calls)
        if isinstance(uploaded, Refusal):
            return uploaded
        has_main = prepared.asked.file is not None
        main, others = (uploaded.ids[0], uploaded.ids[1:]) if has_main else (None, uploaded.ids)
        ids = Ids(supplier=supplier, bank_account=account.id if account else None, main=main, others=others)
        return replace(prepared, uploaded=uploaded, ids=ids)

    def kept_ready(self, ready: Submission) -> Mapping[str, object]:
        """The uploads."""
        return uploaded_to_notes(ready.uploaded)

    def recalled(self, prepared: Submission, kept: Mapping[str, object]) -> Submission:
        """The same with the uploads of an earlier send."""
        return replace(prepared, uploaded=uploaded_from(kept))

    async def send(self, prepared: Submission, calls: Calls) -> Mapping[str, object] | Refusal:
        """Submit it."""
        if prepared.ids is None:
            raise EventInvalid(Reason.INTERNAL_ERROR, "The submission was not made ready.")
        answer = await calls.chorus_pro.supplier.submit(prepared.asked, prepared.ids)
        return answer if isinstance(answer, Refusal) else results.answered(answer)

    async def look(self, prepared: Submission, entry: Entry, calls: Calls) -> Looked:
        """Search by supplier and number: it is ours when everything agrees with what was sent."""
        shown = await _shown(prepared, prepared.asked.invoice_number, calls)
        ours = _ours(prepared, shown)
        if ours is not None:
            over = UsedByOther(refusal=results.number_used(prepared.asked, ours)) if is_used_up(ours) else None
            return Found(answer=results.adopted(ours), over=over)
        if why := _untold(prepared, shown):
            return Unseen(detail=why)
        if shown:
            return UsedByOther(refusal=results.number_used(prepared.asked, shown[0]))
        siret = prepared.asked.supplier_siret
        if await calls.chorus_pro.sees_supplier(siret) is False:
            return Unseen(detail=HIDDEN.format(siret=siret))
        return Absent()

    def number(self, prepared: Submission) -> Number | None:
        """The number of an invoice that Chorus Pro numbers; any other is named by the request."""
        return self.screen.number if prepared.is_entry else None

    async def confirm(
        self, prepared: Submission, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """Chorus Pro must show the invoice under its number, with what was sent."""
        number = str(answer.get("invoice_number") or prepared.asked.invoice_number)
        shown = await _shown(prepared, number, calls)
        ours = _ours(prepared, shown, number, believed=True)
        if ours is None:
            found = "another invoice" if shown else "nothing"
            return Unseen(detail=f"Under {number} Chorus Pro shows {found}, not what was submitted.")
        return Found(answer=results.adopted(ours))

    def conclude(self, prepared: Submission, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it, once it is the State's own."""
        shown = natural_key(prepared.asked.supplier_siret, str(answer["invoice_number"]))
        return results.done(prepared.asked, answer, kept=tuple(dict.fromkeys((*self.keys(prepared), shown))))

    async def refused(
        self, prepared: Submission, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """A refusal without a known reason may be about the number: see what it stands for."""
        if isinstance(refusal, Objection) or prepared.is_entry or refusal.operation != SUBMIT_PDF.name:
            return results.refused(prepared.asked, refusal)
        try:
            shown = await _shown(prepared, prepared.asked.invoice_number, calls)
        except UpstreamFailure:
            if entry.sends > 1:
                raise
            shown = ()  # a first refusal stands without its explanation
        ours = _ours(prepared, shown)
        if ours is not None and entry.sends > 1:
            return Found(answer=results.adopted(ours))
        if entry.sends > 1 and (why := _untold(prepared, shown)):
            raise undecided(refusal.operation, why)
        if shown and refusal.reason is Reason.UPSTREAM_REFUSED:
            used = results.number_used(prepared.asked, ours or shown[0], refusal)
            return Finished(results=(used,), reason=Reason.NUMBER_ALREADY_USED)
        return results.refused(prepared.asked, refusal)


async def _shown(prepared: Submission, number: str | None, calls: Calls) -> tuple[FoundInvoice, ...]:
    """What Chorus Pro shows under a number of the supplier."""
    found = await shown_as(number or "", prepared.asked.supplier_siret, calls)
    return await in_full(_sent(prepared, number), found, calls)


def _sent(prepared: Submission, number: str | None = None) -> results.SentInvoice:
    return results.sent_as(prepared.asked, number or prepared.asked.invoice_number or "")


def _ours(
    prepared: Submission, shown: tuple[FoundInvoice, ...], number: str | None = None, *, believed: bool = False
) -> FoundInvoice | None:
    """The one that was sent; a person is `believed` about one of which Chorus Pro shows no total anywhere."""
    sent = _sent(prepared, number)
    taken = {Agreement.SAME, *([Agreement.UNTOLD] if believed else [])}
    return next((found for found in shown if compared(sent, found) in taken), None)


def _untold(prepared: Submission, shown: tuple[FoundInvoice, ...]) -> str | None:
    return next((why for found in shown if (why := untold(_sent(prepared), found))), None)


async def _uploaded(prepared: Submission, calls: Calls) -> Uploaded | Refusal:
    """The files at Chorus Pro, the PDF first."""
    asked, reads = prepared.asked, calls.upstreams.mapping.chorus_pro.main_pdf == READ_PDF.name

    async def read_pdf(file: Attached, calls: Calls) -> int | Refusal:
        return await calls.chorus_pro.supplier.read_pdf(file, asked.mode)

    main = read_pdf if reads and asked.file is not None else add_file
    return await upload_all(prepared.files, prepared.uploaded, calls, main=main)


async def _bank_account(asked: InvoiceSubmissionRequested, supplier: int, calls: Calls) -> BankAccount | Refusal | None:
    """The one account there is, or the one named by its label; None where nothing is paid by transfer."""
    if asked.bank_account is None and payment_mode(asked) != "transfer":
        return None
    known = await calls.chorus_pro.supplier.bank_accounts(supplier)
    if isinstance(known, Refusal):
        return known
    meant = [one for one in known if asked.bank_account in {None, one.label}]
    if len(meant) == 1:
        return meant[0]
    labels = tuple(one.label for one in known)
    text = f"Of the {len(known)} bank accounts of the supplier {len(meant)} are meant."
    return Objection(
        operation=BANK_ACCOUNTS.name, code=None, text=text, reason=Reason.BANK_ACCOUNT_UNCLEAR, names=labels
    )


def _not_ours(siret: str, calls: Calls) -> EventInvalid:
    detail = f"Supplier {siret} is not one of account {calls.account}."
    return EventInvalid(Reason.SUPPLIER_NOT_IN_ACCOUNT, detail)
