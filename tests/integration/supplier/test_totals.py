"""A search that leaves the total out makes no stranger of an invoice: it is looked at itself, then a person is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from service.core.outcome import Completed, Rejected
from service.sandbox.samples import RECIPIENT, SUPPLIER, make_ubl
from tests.builders import new_number
from tests.support.bus import Json, request
from tests.support.counter import Counter
from tests.support.supplier import SUBMIT, submission

SEARCH, DETAIL, DEPOSIT = "rechercherFactureParFournisseur", "consulterFactureParFournisseur", "deposerFluxFacture"
OTHER_TOTAL = 99.0
LOOKS = 2
"""Empty looks after which it is sent again."""


def deposit(number: str) -> Json:
    """A request to deposit a file with one invoice."""
    content = base64.b64encode(make_ubl(number)).decode()
    return request("invoice.deposit.requested.v1", {"file": {"name": f"{number}.xml", "content": content}})


def shown(number: str, id: int, **more: Any) -> Json:  # Any: values of the State
    """An invoice as a search lists it that tells no total."""
    return {
        "identifiantFactureCPP": id,
        "numeroFacture": number,
        "typeFacture": "FACTURE",
        "codeFournisseur": SUPPLIER,
        "codeDestinataire": RECIPIENT,
        "devise": "EUR",
        "statut": "MISE_A_DISPOSITION",
        **more,
    }


def detailed(number: str, id: int, total: float | None) -> Json:
    """The same as it is shown itself."""
    return {
        "identifiantFactureCPP": id,
        "numeroFacture": number,
        "fournisseur": {"codeFournisseur": SUPPLIER},
        "destinataire": {"codeDestinataire": RECIPIENT},
        "montantTotal": {"montantTtcTotal": total},
    }


def answering(counter: Counter, operation: str, **body: Any) -> None:  # Any: the answer of the State
    """Let an operation answer this from now on."""
    said = {"status": 200, "body": {"codeRetour": 0, "libelle": "TRA_MSG_00.000", **body}}
    counter.fault("status", operation, params=said, count=None)


@pytest.mark.parametrize(
    ("total", "ended"), [(1200.0, "done"), (OTHER_TOTAL, "number_already_used"), (None, "needs_person")]
)
@pytest.mark.parametrize(("asked", "call"), [(submission, SUBMIT), (deposit, DEPOSIT)])
async def test_should_look_at_the_invoice_itself(
    counter: Counter, asked: Callable[[str], Json], call: str, total: float | None, ended: str
) -> None:
    """The answer is lost, and everything the search shows agrees: the total is asked of the invoice."""
    number = new_number()
    counter.fault("reset_before", call)
    answering(counter, SEARCH, listeFactures=[shown(number, 42)])
    answering(counter, DETAIL, facture=detailed(number, 42, total))
    outcome = await counter.hand_in(asked(number))

    assert isinstance(outcome, Completed | Rejected)
    assert (outcome.reason, counter.calls(call)) == (ended, ["none"])


async def test_should_believe_a_person_where_no_total_is_shown(counter: Counter) -> None:
    """Everything that is shown agrees, and the person says that it is this one."""
    event = submission(new_number())
    number = event["data"]["invoice_number"]
    counter.fault("reset_before", SUBMIT)
    answering(counter, SEARCH, listeFactures=[shown(number, 42)])
    answering(counter, DETAIL, facture=detailed(number, 42, None))
    held = await counter.hand_in(event)
    await counter.decided_sent(event)
    ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(held, Rejected), isinstance(ended, Completed), counter.calls(SUBMIT)) == (True, True, ["none"])


@pytest.mark.parametrize(("asked", "call"), [(submission, SUBMIT), (deposit, DEPOSIT)])
async def test_should_not_believe_a_refusal_of_the_second_send(
    counter: Counter, asked: Callable[[str], Json], call: str
) -> None:
    """Sent twice and refused, with an invoice there that shows no total: that may be the first one, and is asked."""
    number = new_number()
    counter.fault("reset_before", call)
    refused = {"status": 200, "body": {"codeRetour": 20009, "libelle": "Non."}}
    counter.fault("status", call, params=refused, count=None)
    nothing = {"codeRetour": 0, "libelle": "TRA_MSG_00.000", "listeFactures": []}
    counter.fault("status", SEARCH, params={"status": 200, "body": nothing}, count=LOOKS)
    answering(counter, SEARCH, listeFactures=[shown(number, 42)])
    answering(counter, DETAIL, facture=detailed(number, 42, None))
    held = await counter.hand_in(asked(number))

    assert (isinstance(held, Rejected), len(counter.calls(call))) == (True, 2)


@pytest.mark.parametrize("operation", [SEARCH, DETAIL])
async def test_should_look_no_further_than_it_must(counter: Counter, operation: str) -> None:
    """What differs already is no matter of the total."""
    number = new_number()
    counter.fault("reset_before", SUBMIT)
    answering(counter, SEARCH, listeFactures=[shown(number, 42, codeDestinataire="99900099900013")])
    answer = await counter.answer(submission(number))

    assert (answer["reason"], len(counter.calls(operation)) > 0) == ("number_already_used", operation == SEARCH)
