"""What is read from the recorded answers about decisions, lists of codes and the directory of recipients."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.reasons import Reason
from service.upstream import Refusal
from service.upstream.chorus_pro import decision_models as decided
from service.upstream.chorus_pro import decision_operations as decisions
from service.upstream.chorus_pro import reference_models as listed
from service.upstream.chorus_pro import reference_operations as lists
from service.upstream.chorus_pro.models import Nothing, Paging, Structure, StructuresFound
from service.upstream.chorus_pro.structure_models import AttachedService, AttachmentRow
from service.upstream.operation import Operation

CANAL = AttachmentRow(
    id=26346730,
    identifier="99941414100013",
    name="ENTREPRISE FICTIVE DU CANAL",
    role="ROLE_NOUVEAU",
    status="VALIDE",
    services=(AttachedService(id=8, code="COMPTA", is_active=True),),
)
TOWN = listed.RecipientRow(
    id=26346724, siret="99900012800010", name="VILLE D'EXEMPLEVILLE", postcode="99128", town="EXEMPLEVILLE"
)

Row = tuple[str, Operation[Any, Any], object, object]

DECISIONS: list[Row] = [
    (
        "decision.status-set",
        decisions.SET_STATUS,
        decided.StatusToSet(invoice_id=9100001, status="SUSPENDUE", reason="Bon de livraison manquant"),
        decided.StatusSet(invoice_id=9100001, number="FA-0001", decided_on=date(2026, 11, 24), status="SUSPENDUE"),
    ),
    (
        "decision.status-not-allowed",
        decisions.SET_STATUS,
        decided.StatusToSet(invoice_id=9100001, status="DEPOSEE"),
        Refusal(
            operation="traiterUneFactureRecue",
            code="GDP_MSG_11.001",
            text="GDP_MSG_11.001",
            http_status=200,
            reason=Reason.STATUS_NOT_SUITABLE,
        ),
    ),
    (
        "decision.validated",
        decisions.VALIDATE,
        decided.ToValidate(invoice_id=9100001, action="VALIDATION"),
        decided.Validated(invoice_id=9100001, number="FA-0001", decided_on=date(2026, 11, 24), status="VALIDEE_1"),
    ),
    (
        "decision.validator-corrected",
        decisions.CORRECT_VALIDATOR,
        decided.ValidatorToSet(invoice_id=9100001, identifier="99941414200011"),
        decided.ValidatorSet(invoice_id=9100001),
    ),
]

LISTS: list[Row] = [
    (
        "reference.recipient-structures",
        lists.RECIPIENT_STRUCTURES,
        Nothing(),
        StructuresFound(structures=(Structure(id=26346724, identifier="99900012800010"),)),
    ),
    (
        "reference.attachment-types",
        lists.ATTACHMENT_TYPES,
        listed.AttachmentTypesAsked(object="FACTURE"),
        listed.AttachmentTypes(
            rows=(listed.AttachmentType(code="2", label="Bon de commande", id=41, object="FACTURE"),)
        ),
    ),
    (
        "reference.statuses-of-type",
        lists.STATUSES_OF_TYPE,
        listed.OfRequestType(request_type="FACTURE"),
        listed.StatusesOfType(rows=(listed.StatusOfType(code="DEPOSEE"), listed.StatusOfType(code="STATUT_NOUVEAU"))),
    ),
    (
        "reference.flow-formats",
        lists.FLOW_FORMATS,
        Nothing(),
        listed.FlowFormats(rows=(listed.FlowFormat(code="IN_DP_E1_STRUCT"),)),
    ),
    (
        "reference.flow-syntaxes",
        lists.FLOW_SYNTAXES,
        listed.FlowSyntaxesAsked(format="IN_DP_E2_FACTURX"),
        listed.FlowSyntaxes(rows=(listed.FlowSyntax(code="IN_DP_E2_CII_FACTURX"),)),
    ),
    (
        "reference.vat-rates",
        lists.VAT_RATES,
        listed.InLanguage(language="fr"),
        listed.VatRates(
            rows=(
                listed.VatRate(code="TVA3", label="Taux 5,5 %", rate=Decimal("5.5")),
                listed.VatRate(code="TVA5", rate=Decimal(0)),
            )
        ),
    ),
    (
        "reference.vat-exemptions",
        lists.VAT_EXEMPTIONS,
        listed.InLanguage(),
        listed.VatExemptions(rows=(listed.VatExemption(code="MOTIF_INVENTE", label="Motif inventé"),)),
    ),
    (
        "reference.frameworks",
        lists.FRAMEWORKS,
        listed.OfRequestType(),
        listed.Frameworks(rows=(listed.Framework(code="A1_FACTURE_FOURNISSEUR"), listed.Framework(code="A99_NOUVEAU"))),
    ),
    (
        "reference.payment-modes",
        lists.PAYMENT_MODES,
        Nothing(),
        listed.PaymentModes(rows=(listed.PaymentMode(code="VIREMENT"),)),
    ),
    (
        "reference.deposit-modes",
        lists.DEPOSIT_MODES,
        Nothing(),
        listed.DepositModes(rows=(listed.DepositMode(code="SAISIE_API"),)),
    ),
    (
        "reference.request-types",
        lists.REQUEST_TYPES,
        Nothing(),
        listed.RequestTypes(rows=(listed.RequestType(code="FACTURE"),)),
    ),
    (
        "reference.identifier-types",
        lists.IDENTIFIER_TYPES,
        Nothing(),
        listed.IdentifierTypes(rows=(listed.IdentifierType(code="SIRET"),)),
    ),
    (
        "reference.currencies",
        lists.CURRENCIES,
        listed.InLanguage(),
        listed.Currencies(rows=(listed.CurrencyRow(code="EUR", label="Euro"),)),
    ),
    ("reference.countries", lists.COUNTRIES, listed.InLanguage(), listed.Countries()),
    (
        "reference.recipients-found",
        lists.FIND_RECIPIENT,
        listed.RecipientSearch(identifier="99900012800010"),
        listed.RecipientRows(paging=Paging(pages=1, size=100, total=1), rows=(TOWN,)),
    ),
    (
        "reference.whole-directory",
        lists.WHOLE_DIRECTORY,
        Nothing(),
        listed.WholeDirectory(content="UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="),
    ),
    (
        "reference.company",
        lists.COMPANY,
        listed.CompanyAsked(siret="99900045800037"),
        listed.CompanyShown(siret="99900045800037", name="ATELIER FICTIF DES LILAS", is_active=True),
    ),
    (
        "reference.commitments",
        lists.COMMITMENTS,
        listed.CommitmentSearch(structure_id="26346724", number="EJ-2026-0042", state="COMMANDE"),
        listed.CommitmentRows(rows=(listed.CommitmentRow(number="EJ-2026-0042"),)),
    ),
]
