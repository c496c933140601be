"""Decides what becomes of a flow: which of its invoices Chorus Pro takes, and why not the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from service.core.documents import DocumentInvalid, InvoiceFacts
from service.sandbox.simulator.flows import INTEGRATED, PARTIAL, REJECTED, Ending, FileError, Flow, InvoiceError
from service.sandbox.simulator.parties import Parties, Structure
from service.sandbox.simulator.rules import Rules
from service.sandbox.simulator.settings import SimulatorSettings

LONGEST_NUMBER: Final = 20
LONGEST_TEXT: Final = 200
"""Chorus Pro cuts the messages of one invoice about there."""
_NUMBER: Final = re.compile(r"[A-Za-z0-9 \-+_/]*")
_FRAMEWORK: Final = re.compile(r"A([1-9]|1\d|2[0-5])")
_PAYMENT_MEANS: Final = frozenset({"01", "10", "20", "30", "31", "42", "48", "49", "58", "59", "97"})

Taken = Callable[[str, str], bool]
"""Whether a supplier's number belongs to an invoice already integrated."""


def decide(
    flow: Flow, *, settings: SimulatorSettings, parties: Parties, rules: Rules, is_taken: Taken
) -> tuple[Ending, tuple[InvoiceFacts, ...]]:
    """How the flow ends, and the invoices that are created by it."""
    if isinstance(flow.read, DocumentInvalid):
        return _unreadable("SIM-XSD", f"Fichier non conforme au schema ({flow.read.reason})."), ()
    if flow.read_syntax != flow.syntax:
        return _unreadable("SIM-SYNTAXE", f"Fichier non conforme a la syntaxe declaree {flow.syntax}."), ()
    ruled = rules.for_flow(flow.read)
    if ruled is not None:
        return ruled, ()
    errors: list[InvoiceError] = []
    taken: list[InvoiceFacts] = []
    for facts in flow.read:
        texts = _faults_of(facts, flow.login, settings, parties, rules)
        if facts.supplier_siret and is_taken(facts.supplier_siret, facts.number):
            texts.append("Numero de facture deja utilise pour ce fournisseur.")
        if texts:
            errors.append(_error(facts, texts))
        else:
            taken.append(facts)
    state = INTEGRATED if not errors else PARTIAL if taken else REJECTED
    return Ending(state=state, invoice_errors=tuple(errors)), tuple(taken)


def not_routed(facts: InvoiceFacts, recipient: Structure) -> Iterator[str]:
    """What the recipient demands and the invoice does not have."""
    demands, internal = recipient.told.demands, "FACTURES_PUBLIQUES"
    code = facts.service_code if facts.service_code != internal else None
    service = recipient.service(code) if code else None
    if not recipient.told.active:
        yield "Structure destinataire inactive."
    if demands in {"service_code", "both"} and code is None:
        yield "Code service executant obligatoire pour ce destinataire."
    if demands == "either" and code is None and facts.commitment_number is None:
        yield "Code service executant ou numero d'engagement obligatoire pour ce destinataire."
    if code and demands in {"service_code", "both", "either"} and (service is None or not service.active):
        yield "Code service executant inconnu ou inactif."
    is_committed = demands in {"commitment_number", "both"} or (service is not None and service.commitment)
    if is_committed and facts.commitment_number is None:
        yield "Numero d'engagement obligatoire."


def _unreadable(code: str, text: str) -> Ending:
    return Ending(state=REJECTED, file_errors=(FileError(code=code, text=text),))


def _error(facts: InvoiceFacts, texts: list[str]) -> InvoiceError:
    return InvoiceError(
        number=facts.number,
        supplier=facts.supplier_siret or facts.supplier_id,
        recipient=facts.recipient_siret,
        text="|".join(texts)[:LONGEST_TEXT],
    )


def _faults_of(
    facts: InvoiceFacts, login: str, settings: SimulatorSettings, parties: Parties, rules: Rules
) -> list[str]:
    """Every reason against an invoice, in sentences without accents as Chorus Pro writes them."""
    found: list[str] = []
    if len(facts.number) > LONGEST_NUMBER:
        found.append(f"Identifiant de la facture (BT-1) superieur a {LONGEST_NUMBER} caracteres.")
    if not _NUMBER.fullmatch(facts.number):
        found.append("Identifiant de la facture (BT-1) avec un caractere non autorise.")
    if facts.supplier_siret is None or not parties.is_supplier(login, facts.supplier_siret):
        found.append("Identifiant fournisseur inconnu.")
    recipient = parties.recipient(facts.recipient_siret)
    if recipient is None:
        found.append("Identifiant destinataire inconnu.")
    elif settings.demands_checked:
        found += not_routed(facts, recipient)
    if settings.framework_checked and facts.framework and not _FRAMEWORK.fullmatch(facts.framework):
        found.append("Cadre de facturation inconnu.")
    if settings.payment_means_required and facts.payment_means is None and facts.kind == "invoice":
        found.append("Champ mode de paiement absent (valeur obligatoire).")
    if facts.payment_means is not None and facts.payment_means not in _PAYMENT_MEANS:
        found.append("Champ mode de paiement avec une valeur non autorisee.")
    ruled = rules.refusal(facts)
    return found if ruled is None else [*found, ruled]
