"""Every list of codes and directory that Chorus Pro can be asked for, each described once; none changes anything."""

from __future__ import annotations

from service.upstream.chorus_pro import reference_models as models
from service.upstream.chorus_pro.models import Nothing, StructuresFound
from service.upstream.chorus_pro.operations import UPSTREAM
from service.upstream.operation import AnswerT, Certainty, Doubt, Operation, RequestT


def _list(
    name: str,
    path: str,
    request: type[RequestT],
    answer: type[AnswerT],
    does: str,
    *,
    api: str = "transverses",
    timeout: float = 30.0,
    certainty: Certainty = "client",
) -> Operation[RequestT, AnswerT]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path=path,
        request=request,
        answer=answer,
        timeout=timeout,
        doubt=Doubt.REPEAT,
        is_read=True,
        does=does,
        certainty=certainty,
    )


RECIPIENT_STRUCTURES = _list(
    "recupererStructuresActivesPourDestinataire",
    "/recuperer/structures/actives/destinataire",
    Nothing,
    StructuresFound,
    "tells in whose name the account receives",
)
ATTACHMENT_TYPES = _list(
    "recupererTypesPieceJointe",
    "/recuperer/typespj",
    models.AttachmentTypesAsked,
    models.AttachmentTypes,
    "lists the types of attachments",
)
STATUSES_OF_TYPE = _list(
    "recupererEtatParTypeDemandePaiement",
    "/recuperer/etat/typedp",
    models.OfRequestType,
    models.StatusesOfType,
    "lists the statuses a type of payment request may have",
)
FLOW_FORMATS = _list(
    "recupererFormatFlux", "/recuperer/formatflux", Nothing, models.FlowFormats, "lists the formats of flows"
)
FLOW_SYNTAXES = _list(
    "recupererSyntaxeFlux",
    "/recuperer/syntaxeflux",
    models.FlowSyntaxesAsked,
    models.FlowSyntaxes,
    "lists the syntaxes of a format",
    certainty="inferred",
)
VAT_RATES = _list(
    "recupererTauxTva", "/recuperer/tauxtva", models.InLanguage, models.VatRates, "lists the rates of VAT"
)
VAT_EXEMPTIONS = _list(
    "recupererMotifsExonerationTva",
    "/recuperer/motifs/exonerationtva",
    models.InLanguage,
    models.VatExemptions,
    "lists the reasons for which no VAT is due",
)
FRAMEWORKS = _list(
    "recupererCadreFacturation",
    "/recuperer/cadrefacturation",
    models.OfRequestType,
    models.Frameworks,
    "lists the invoicing frameworks",
)
PAYMENT_MODES = _list(
    "recupererModeReglements", "/recuperer/modereglements", Nothing, models.PaymentModes, "lists the ways to pay"
)
DEPOSIT_MODES = _list(
    "recupererModeDepot",
    "/recuperer/modedepot",
    Nothing,
    models.DepositModes,
    "lists the ways by which invoices come in",
)
REQUEST_TYPES = _list(
    "recupererTypeDemandePaiement",
    "/recuperer/typedp",
    Nothing,
    models.RequestTypes,
    "lists the types of payment requests",
)
IDENTIFIER_TYPES = _list(
    "recupererTypeIdentifiantStructure",
    "/recuperer/typeidentifiant/structure",
    Nothing,
    models.IdentifierTypes,
    "lists the kinds of identifiers of structures",
)
CURRENCIES = _list(
    "recupererDevises", "/recuperer/devises", models.InLanguage, models.Currencies, "lists the currencies"
)
COUNTRIES = _list("recupererPays", "/recuperer/pays", models.InLanguage, models.Countries, "lists the countries")
FIND_RECIPIENT = _list(
    "rechercherDestinataire",
    "/rechercher/destinataire",
    models.RecipientSearch,
    models.RecipientRows,
    "finds a public body that invoices can be sent to",
)
WHOLE_DIRECTORY = _list(
    "telechargerAnnuaireDestinataire",
    "/telecharger/annuaire/destinataire",
    Nothing,
    models.WholeDirectory,
    "gives the directory of all recipients",
    timeout=120.0,
)
COMPANY = _list(
    "consulterInformationSIRET",
    "/consulter/information/siret",
    models.CompanyAsked,
    models.CompanyShown,
    "tells what the register of companies says; not in the sandbox",
)
COMMITMENTS = _list(
    "rechercherEngagementJuridique",
    "/rechercher",
    models.CommitmentSearch,
    models.CommitmentRows,
    "tells whether the State knows a commitment number",
    api="engagementsJuridiques",
)
