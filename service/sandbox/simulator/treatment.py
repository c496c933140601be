"""Takes the decisions of recipients and validators, and lets a supplier name another validator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.words import INVOICE_STATUS_CODES
from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.details import UNKNOWN_INVOICE
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.wire import Body

NOT_ENTITLED: Final = "GDP_MSG_11.005"
NOT_NOW: Final = "GDP_MSG_11.001"
# No public page lists these codes: their first letters tell that they are the simulator's own.
NO_REASON: Final = "SIM_MSG_11.004"
UNKNOWN_STATUS: Final = "SIM_MSG_11.005"
UNKNOWN_VALIDATOR: Final = "SIM_MSG_11.006"
UNKNOWN_ACTION: Final = "SIM_MSG_11.007"

_PAID: Final = ("MANDATEE", "MISE_EN_PAIEMENT", "COMPTABILISEE", "MISE_A_DISPOSITION_COMPTABLE")
_ALL: Final = ("MISE_A_DISPOSITION", "SUSPENDUE", "REJETEE", *_PAID, "A_RECYCLER")
NEXT: Final[dict[str, tuple[str, ...]]] = {
    "MISE_A_DISPOSITION": _ALL,
    # The line above is known; what follows is made up after it.
    "COMPLETEE": _ALL,
    "SUSPENDUE": ("MISE_A_DISPOSITION", "SUSPENDUE", "REJETEE", "A_RECYCLER"),
    "SERVICE_FAIT": _PAID,
    "MANDATEE": ("MISE_A_DISPOSITION_COMPTABLE", "COMPTABILISEE", "MISE_EN_PAIEMENT"),
    "MISE_A_DISPOSITION_COMPTABLE": ("MANDATEE", "COMPTABILISEE", "MISE_EN_PAIEMENT"),
    "COMPTABILISEE": ("MISE_EN_PAIEMENT",),
}
"""The statuses that a recipient may set, by the present one."""

RECIPIENT_DOES: Final = {
    "suspends": "SUSPENDUE",
    "rejects": "REJETEE",
    "asks_to_recycle": "A_RECYCLER",
    "authorises_payment": "MANDATEE",
    "pays": "MISE_EN_PAIEMENT",
}
"""What a scripted recipient can be told to do."""

WRONG_VALIDATOR: Final = "SIM_MAUVAIS_VALIDEUR"
REASONS: Final = (
    (1, WRONG_VALIDATOR, "Mauvais valideur"),
    (2, "SIM_MONTANT", "Montant errone"),
    (3, "SIM_AUTRE", "Autre motif"),
)
_VISIBLE: Final = ("A_VALIDER_1", "VALIDEE_1", "REFUSEE_1", "ERREUR_FOURNISSEUR_SUR_VALIDEUR")
_WAITING: Final = "A_VALIDER_1"
_WRONG: Final = "ERREUR_FOURNISSEUR_SUR_VALIDEUR"


def received(chorus_pro: ChorusPro, invoice: Invoice, code: str, reason: str | None) -> None:
    """Let the recipient of an invoice set a status; raises Refused when that cannot be."""
    now = chorus_pro.advance()
    if code not in INVOICE_STATUS_CODES:
        raise wire.Refused(20004, f"{UNKNOWN_STATUS} nouveauStatut inconnu")
    if code not in NEXT.get(invoice.status(now).code, ()):
        raise wire.Refused(20002, NOT_NOW)
    if code in {"SUSPENDUE", "REJETEE"} and not reason:
        raise wire.Refused(20003, f"{NO_REASON} motif obligatoire")
    chorus_pro.move_status(invoice.id, code, reason)


async def treat_received(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Set the status of a received invoice."""
    invoice, parties = _invoice(chorus_pro, body), chorus_pro.parties
    code, reason = wire.text_of(body, "nouveauStatut"), wire.optional_text_of(body, "motif")
    if not parties.is_recipient(caller.login, invoice.recipient.siret):
        raise wire.Refused(20001, NOT_ENTITLED)
    received(chorus_pro, invoice, code, reason)
    return _done(chorus_pro, invoice, nouveauStatut=code)


async def next_statuses(_: ChorusPro, __: Caller, body: Body) -> Done:
    """List the statuses that a recipient may set from one."""
    codes = NEXT.get(wire.text_of(body, "statutCourant"), ())
    rows = [{"statutPossiblePourTraitement": code} for code in codes]
    return Done(reply=wire.said(wire.FOUND, listeStatutsPossiblesPourTraitement=rows))


async def treat_to_validate(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Take a validator's decision: a validated invoice goes on by itself."""
    invoice, action = _invoice(chorus_pro, body), wire.text_of(body, "action")
    structure_id = wire.number_of(body, "idValideur")
    mine = chorus_pro.parties.validators_of(caller.login)
    if invoice.validator not in mine or structure_id not in {None, invoice.validator.id}:
        raise wire.Refused(20001, NOT_ENTITLED)
    now = chorus_pro.advance()
    if invoice.status(now).code != _WAITING:
        raise wire.Refused(20002, NOT_NOW)
    if action == "REFUS":
        code, comment = _refusal(body)
        chorus_pro.move_status(invoice.id, code, comment)
    elif action == "VALIDATION":
        code = "VALIDEE_1"
        chorus_pro.move_status(invoice.id, code, wire.optional_text_of(body, "complementInfo"))
        for step, follows in enumerate(("EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION"), 1):
            invoice.move_status(follows, now + step * invoice.status_step)
    else:
        raise wire.Refused(20004, f"{UNKNOWN_ACTION} action inconnue")
    return _done(chorus_pro, invoice, statutFacture=code)


def _refusal(body: Body) -> tuple[str, str]:
    reason, more = wire.optional_text_of(body, "motifRefus"), wire.optional_text_of(body, "complementInfo")
    labels = {code: label for _, code, label in REASONS}
    if reason not in labels:
        raise wire.Refused(20003, f"{NO_REASON} motifRefus absent ou inconnu")
    code = _WRONG if reason == WRONG_VALIDATOR else "REFUSEE_1"
    return code, f"{labels[reason]}: {more}" if more else labels[reason]


async def correct_validator(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Give an invoice refused for its validator another one, for whom it waits again."""
    invoice, parties = _invoice(chorus_pro, body), chorus_pro.parties
    if not parties.is_supplier(caller.login, invoice.supplier.siret):
        raise wire.Refused(20001, NOT_ENTITLED)
    now = chorus_pro.advance()
    if invoice.status(now).code != _WRONG:
        raise wire.Refused(20002, NOT_NOW)
    invoice.validator = _structure(chorus_pro, body)
    chorus_pro.move_status(invoice.id, _WAITING)
    return Done(reply=wire.said(wire.DONE, idFacture=invoice.id), effect="changed", summary=_summary(invoice))


def _structure(chorus_pro: ChorusPro, body: Body) -> Structure:
    structure_id, siret = wire.number_of(body, "idStructure"), wire.optional_text_of(body, "identifiantStructure")
    parties = chorus_pro.parties
    found = parties.of_id(structure_id) if structure_id is not None else parties.of_siret(siret or "")
    if found is None:
        raise wire.Refused(20003, f"{UNKNOWN_VALIDATOR} valideur inconnu")
    return found


async def refusal_reasons(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """List the reasons for which a validator may refuse."""
    rows = [{"idMotif": id, "codeMotif": code, "libelleMotif": label} for id, code, label in REASONS]
    return Done(reply=wire.said(wire.FOUND, listeMotifRefusFactureAValider=rows))


async def visible_statuses(_: ChorusPro, __: Caller, ___: Body) -> Done:
    """List the statuses in which a validator sees an invoice."""
    rows: Sequence[dict[str, str]] = [{"codeStatutFacture": code} for code in _VISIBLE]
    return Done(reply=wire.said(wire.FOUND, listeStatutFacture=rows))


def _invoice(chorus_pro: ChorusPro, body: Body) -> Invoice:
    wanted = wire.number_of(body, "idFacture")
    if wanted is None:
        raise wire.FieldMissing("idFacture")
    invoice = chorus_pro.invoices.get(wanted)
    if invoice is None:
        raise wire.Refused(20000, UNKNOWN_INVOICE)
    return invoice


def _done(chorus_pro: ChorusPro, invoice: Invoice, **status: str) -> Done:
    reply = wire.said(
        wire.DONE,
        idFacture=invoice.id,
        numeroFacture=invoice.facts.number,
        dateTraitement=wire.day(chorus_pro.clock()),
        **status,
    )
    return Done(reply=reply, effect="changed", summary=_summary(invoice) | status)


def _summary(invoice: Invoice) -> dict[str, object]:
    return {"invoice": invoice.id, "number": invoice.facts.number}
