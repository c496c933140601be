"""An invoice is handed in with its data: uploaded, submitted once, and answered with what Chorus Pro calls it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.reasons import Reason
from service.cli.deciding import Verdict
from service.core.invoices import natural_key
from service.core.outcome import Completed, Rejected
from service.core.question import QUESTION
from service.feed.reading import SENT_WITH
from service.sandbox.samples import RECIPIENT, SUPPLIER
from service.sandbox.simulator import Rule, Simulator
from service.sandbox.simulator.settings import DEMANDING, Party
from service.sandbox.simulator.submissions import NOT_ROUTED
from tests.builders import new_number
from tests.support.counter import Counter
from tests.support.supplier import SUBMIT, UPLOAD, attachment, entry, pdf, placed, submission

AFTER = ("lost_answer", "truncated", "gateway_timeout_after")
BEFORE = ("reset_before", "gateway_timeout_before")


def held_by(simulator: Simulator) -> list[Any]:
    """The invoices the State holds."""
    return list(simulator.world.chorus_pro.invoices.values())


async def test_should_submit_a_pdf_with_its_attachments(counter: Counter, simulator: Simulator) -> None:
    """Files go up first, then the invoice with the ids the relay found; the answer says what it is called."""
    number = new_number()
    answer = await counter.answer(submission(number, service_code="SVC-1", commitment_number="EJ-1"))
    (invoice,) = held_by(simulator)

    assert (answer["ended"], answer["invoice_number"], answer["chorus_pro_id"], answer["adopted"]) == (
        "invoice.submission.done.v1",
        number,
        invoice.id,
        False,
    )
    assert (answer["status"], answer["status_code"], answer["total_including_tax"]) == (
        "deposited",
        "DEPOSEE",
        "1200.00",
    )
    assert (invoice.facts.service_code, invoice.facts.commitment_number, len(invoice.attachments)) == (
        "SVC-1",
        "EJ-1",
        2,
    )
    assert (len(counter.calls(UPLOAD)), counter.calls(SUBMIT)) == (2, ["created"])


async def test_should_submit_an_entered_invoice_under_the_number_it_is_given(counter: Counter) -> None:
    """Chorus Pro numbers what is entered line by line, and the result tells the number."""
    answer = await counter.answer(entry())

    assert (answer["ended"], len(answer["invoice_number"]), answer["status_code"]) == (
        "invoice.submission.done.v1",
        20,
        "DEPOSEE",
    )


async def test_should_submit_a_signed_pdf(counter: Counter, simulator: Simulator) -> None:
    """The mode tells Chorus Pro that the PDF bears a signature."""
    await counter.answer(submission(new_number(), mode="signed_pdf"))

    assert [invoice.made_by for invoice in held_by(simulator)] == ["DEPOT_PDF_SIGNE_API"]


@pytest.mark.parametrize("kind", AFTER)
async def test_should_take_over_an_invoice_whose_answer_was_lost(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """It is looked for by supplier and number, and adopted because everything agrees."""
    number = new_number()
    counter.fault(kind, SUBMIT)
    answer = await counter.answer(submission(number))

    assert (answer["ended"], answer["adopted"], answer["invoice_number"]) == (
        "invoice.submission.done.v1",
        True,
        number,
    )
    assert (counter.calls(SUBMIT), len(held_by(simulator))) == (["created"], 1)


@pytest.mark.parametrize("kind", BEFORE)
async def test_should_submit_again_what_did_not_arrive(counter: Counter, simulator: Simulator, kind: str) -> None:
    """Looked for in vain as often as configured, it is sent once more, with the files that are there already."""
    counter.fault(kind, SUBMIT)
    answer = await counter.answer(submission(new_number()))

    assert (answer["ended"], answer["adopted"]) == ("invoice.submission.done.v1", False)
    assert (len(counter.calls(SUBMIT)), len(counter.calls(UPLOAD)), len(held_by(simulator))) == (2, 2, 1)


async def test_should_refuse_a_number_that_stands_for_something_else(counter: Counter, simulator: Simulator) -> None:
    """The answer was lost, and what is there under the number is not what was sent."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    counter.fault("reset_before", SUBMIT)
    answer = await counter.answer(submission(number, total_including_tax="99.00"))

    assert (answer["ended"], answer["reason"]) == ("invoice.submission.refused.v1", "number_already_used")
    assert answer["conflict"]["found"]["total_including_tax"] == "1200.00"


async def test_should_say_that_a_refusal_is_about_the_number(counter: Counter, simulator: Simulator) -> None:
    """No code of a duplicate is known: the number is looked up after a refusal of an unknown kind."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    answer = await counter.answer(submission(number))

    assert (answer["reason"], answer["code"]) == ("number_already_used", "SIM_MSG_13.003")
    assert "deja utilise" in answer["upstream_text"]


async def test_should_pass_on_why_an_invoice_was_refused(counter: Counter, simulator: Simulator) -> None:
    """A refusal is an answer, with its code and the French text."""
    number = new_number()
    simulator.world.chorus_pro.rules.add(Rule.model_validate({"number": number, "outcome": "refused", "text": "Non."}))
    answer = await counter.answer(submission(number))

    assert (answer["reason"], answer["stage"], answer["upstream_text"]) == (
        "upstream_refused",
        "submission",
        "SIM_MSG_13.007 Non.",
    )


async def test_should_pass_on_what_the_recipient_demands(counter: Counter, simulator: Simulator) -> None:
    """The State's own words say what is missing, and nothing is there."""
    answer = await counter.answer(submission(new_number(), recipient_siret=DEMANDING[0].siret))

    assert (answer["ended"], answer["reason"], answer["code"]) == (
        "invoice.submission.refused.v1",
        "upstream_refused",
        NOT_ROUTED,
    )
    assert (answer["upstream_text"], held_by(simulator)) == (f"{NOT_ROUTED} Numero d'engagement obligatoire.", [])


async def test_should_answer_a_second_request_for_the_same_invoice(counter: Counter) -> None:
    """Its number is taken by the first: nothing is uploaded, nothing submitted."""
    number = new_number()
    await counter.answer(submission(number))
    answer = await counter.answer(submission(number))

    assert (answer["ended"], answer["reason"]) == ("invoice.submission.failed.v1", "already_requested")
    assert (len(counter.calls(SUBMIT)), len(counter.calls(UPLOAD))) == (1, 2)


@pytest.mark.parametrize("kind", AFTER)
async def test_should_ask_a_person_about_an_entered_invoice(counter: Counter, simulator: Simulator, kind: str) -> None:
    """It has no number of its own to look by: nothing is sent again, and the person names the one Chorus Pro gave."""
    event = entry()
    counter.fault(kind, SUBMIT)
    held = await counter.hand_in(event)
    question = (await counter.entry(event)).notes[QUESTION]
    (invoice,) = held_by(simulator)
    number = invoice.facts.number
    await counter.decided_sent(event, invoice_number=number)
    ended = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert isinstance(question, dict)
    assert (question["number"], question["commands"][0].split()[-4:-2]) == (
        "invoice_number",
        ["--invoice-number", "NUMBER"],
    )
    assert isinstance(ended, Completed)
    assert (ended.results[-1].type, getattr(ended.results[-1].data, "invoice_number", None)) == (
        "invoice.submission.done.v1",
        number,
    )
    assert counter.calls(SUBMIT) == ["created"]


@pytest.mark.parametrize("kind", BEFORE)
async def test_should_enter_again_what_a_person_did_not_find(counter: Counter, simulator: Simulator, kind: str) -> None:
    """Nothing arrived, and nothing is sent again until a person says so; then it is there once."""
    event = entry()
    counter.fault(kind, SUBMIT)
    held, before = await counter.hand_in(event), len(held_by(simulator))
    await counter.decided(event, Verdict.NOT_SENT)
    ended = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert isinstance(ended, Completed)
    assert (before, len(held_by(simulator)), counter.calls(SUBMIT)) == (0, 1, ["none", "created"])


async def test_should_know_an_entered_invoice_as_its_own(counter: Counter) -> None:
    """Under the number Chorus Pro gave it, so that its changes of status are told as those of something it sent."""
    event = entry()
    answer = await counter.answer(event)
    key, account = natural_key(SUPPLIER, answer["invoice_number"]), (await counter.entry(event)).account

    assert await counter.ledger.feeds.sent(account, SENT_WITH, [key]) == {key}


async def test_should_not_believe_a_person_who_names_another_invoice(counter: Counter, simulator: Simulator) -> None:
    """What Chorus Pro shows under the number is compared with what was sent, and asked again."""
    event, other = entry(), placed(simulator.world, new_number(), "MISE_A_DISPOSITION")
    other.facts = replace(other.facts, total_including_tax=None)
    counter.fault("reset_before", SUBMIT)
    await counter.hand_in(event)
    await counter.decided_sent(event, invoice_number=other.facts.number)

    assert isinstance(await counter.hand_in(event, redelivered=True), Rejected)


@pytest.mark.parametrize(
    ("accounts", "asked", "reason"),
    [
        (("Un", "Deux"), None, Reason.BANK_ACCOUNT_UNCLEAR),
        (("Un", "Deux"), "Trois", Reason.BANK_ACCOUNT_UNCLEAR),
        (("Un",), "Deux", Reason.BANK_ACCOUNT_UNCLEAR),
        ((), None, Reason.BANK_ACCOUNT_UNCLEAR),
        (("Un", "Deux"), "Deux", None),
        (("Un",), None, None),
    ],
)
async def test_should_pay_to_an_account_that_is_clear(
    counter: Counter, simulator: Simulator, accounts: tuple[str, ...], asked: str | None, reason: str | None
) -> None:
    """The only account, or the one named by its label; otherwise the labels there are, and nothing uploaded."""
    party = Party(siret=SUPPLIER, name="ATELIER FICTIF DES LILAS", bank_accounts=accounts)
    (usual,) = simulator.world.settings.accounts
    simulator.world.put_account(usual.model_copy(update={"suppliers": (party,)}))
    answer = await counter.answer(submission(new_number(), bank_account=asked))

    assert (answer.get("reason"), answer.get("bank_accounts")) == (reason, list(accounts) if reason else None)
    assert bool(counter.calls(UPLOAD)) is (reason is None)


async def test_should_not_ask_for_an_account_where_nothing_is_transferred(counter: Counter) -> None:
    """A credit note names none."""
    answer = await counter.answer(submission(new_number(), type="credit_note"))

    assert (answer["ended"], counter.calls("recupererCoordonneesBancairesValides")) == (
        "invoice.submission.done.v1",
        [],
    )


async def test_should_not_send_for_a_supplier_of_somebody_else(counter: Counter) -> None:
    """Chorus Pro lists the suppliers of an account; what is not among them is not tried."""
    answer = await counter.answer(submission(new_number(), supplier_siret="99988877700016"))

    assert (answer["ended"], answer["reason"], answer["effect"]) == (
        "invoice.submission.failed.v1",
        "supplier_not_in_account",
        "none",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"file": {"name": "F.txt", "content": "JVBERi0="}}, "attachment_type_unsupported"),
        ({"file": {"name": "F.pdf", "content": "AAAA"}}, "attachment_type_unsupported"),
        ({"attachments": [{**attachment(), "file": pdf("plan.exe")}]}, "attachment_type_unsupported"),
        ({"attachments": [{**attachment(), "file": pdf("n" * 47 + ".pdf")}]}, "attachment_name_unsuitable"),
        (
            {"attachments": [{**attachment(), "file": {"name": "a.pdf", "ref": "s3://a/b"}}]},
            "document_by_reference_unsupported",
        ),
        ({"recipient_siret": RECIPIENT[:-1]}, "invalid_event"),
        ({"lines": [], "mode": "entry"}, "invalid_event"),
    ],
)
async def test_should_fail_before_anything_is_sent(counter: Counter, changes: dict[str, Any], reason: str) -> None:
    """What Chorus Pro would not take is not uploaded."""
    answer = await counter.answer(submission(new_number(), **changes))

    assert (answer["reason"], answer["effect"], counter.simulator.journal.calls()) == (reason, "none", [])
