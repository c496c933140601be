"""The State's names as one checked value, and an operator's changes over it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from contracts.reasons import Reason
from contracts.words import DumeState
from service import wiring
from service.upstream.entries import ANY
from service.upstream.mapping import MappingInvalid, load_mapping, packaged_text
from service.upstream.sound import unsound

pytestmark = pytest.mark.unit


def leaves(tree: object, path: str = "") -> list[tuple[str, object]]:
    """Every entry of the packaged document with its path."""
    if isinstance(tree, dict) and "value" not in tree:
        return [leaf for key, value in tree.items() for leaf in leaves(value, f"{path}.{key}")]
    return [(path, tree)]


def write(folder: Path, text: str) -> Path:
    file = folder / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_should_say_of_every_entry_how_sure_it_is() -> None:
    """Nobody should take a guess for a fact."""
    unsaid = [
        path
        for path, leaf in leaves(yaml.safe_load(packaged_text()))
        if path != ".version"
        if not isinstance(leaf, dict) or leaf.get("confidence") not in {"official", "client", "inferred"}
    ]

    assert unsaid == []


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("brouillon", "draft"),
        ("validé", "validated"),
        ("valide\u0301", "validated"),
        ("VALIDE", "validated"),
        ("publié", "published"),
        ("remplacé", "replaced"),
        ("04", "deleted"),
        ("77", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_should_translate_the_states_of_a_dume(code: str | None, word: str) -> None:
    """However accents and case are written; what is not listed is unknown."""
    assert DumeState(load_mapping().dume.state_of(code)) == word


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("IN_INTEGRE", "integrated"),
        ("IN_INTEGRE_PARTIEL", "partial"),
        ("IN_REJETE", "rejected"),
        ("IN_RECU", "pending"),
        ("IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP", "pending"),
        ("IN_EN_ATTENTE_RETRAITEMENT_CPP", "stuck"),
        ("IN_INCIDENTE", "incident"),
        ("QP_IRRECEVABLE", "unknown"),
        (None, "unknown"),
    ],
)
def test_should_say_what_the_state_of_a_flow_amounts_to(code: str | None, standing: str) -> None:
    """What is in no list is unknown, which is never final."""
    assert load_mapping().chorus_pro.flow_standing(code) == standing


@pytest.mark.parametrize(
    ("procedure", "code"),
    [
        ("Procédure adaptée", "OPEN"),
        ("Appel d’offres restreint", "RESTRICTED"),  # noqa: RUF001 - as people type it
        ("PROCEDURE AVEC NEGOCIATION", "COMP_NEGOTIATION"),
        ("Concours", None),
        (None, None),
    ],
)
def test_should_know_the_european_code_of_a_procedure(procedure: str | None, code: str | None) -> None:
    """Apostrophes, accents and case do not count."""
    assert load_mapping().dume.espd_procedure(procedure) == code


@pytest.mark.parametrize(
    ("operation", "code", "reason"),
    [
        ("completerFacture", "GDP_MSG_11.033", Reason.INVOICE_NOT_SUSPENDED),
        ("traiterUneFactureRecue", "GDP_MSG_11.033", Reason.STATUS_NOT_SUITABLE),
        ("completerFacture", "20001", Reason.NOT_ENTITLED),
        ("recyclerFacture", "20001", Reason.UPSTREAM_REFUSED),
        ("recyclerFacture", "GDP_MSG_99.999", Reason.UPSTREAM_REFUSED),
        ("recyclerFacture", None, Reason.UPSTREAM_REFUSED),
    ],
)
def test_should_give_a_refusal_the_reason_of_its_code(operation: str, code: str | None, reason: Reason) -> None:
    """Numbers mean something with their operation alone; a code that nobody knows passes as what the State says."""
    assert load_mapping().chorus_pro.reason_of(operation, code) is reason


def test_should_take_codes_that_an_operator_has_met(tmp_path: Path) -> None:
    """Most of the State's list is not public: what is learnt in production needs no release."""
    text = "{soumettreFacture: {GDP_MSG_12.345: number_already_used}, any: {20303: not_entitled}}"

    chorus_pro = load_mapping(write(tmp_path, f"chorus_pro: {{refusals: {text}}}")).chorus_pro

    assert chorus_pro.reason_of("soumettreFacture", "GDP_MSG_12.345") is Reason.NUMBER_ALREADY_USED
    assert chorus_pro.reason_of("recyclerFacture", "20303") is Reason.NOT_ENTITLED
    assert chorus_pro.reason_of("completerFacture", "20000") is Reason.INVOICE_NOT_FOUND


def test_should_take_codes_of_dume_that_an_operator_has_met(tmp_path: Path) -> None:
    """None of its codes is public: what is learnt goes into a table that is empty as it is packaged."""
    text = "{supprimerDume: {EX-021: dume_not_deletable}, any: {EX-010: dume_unknown}}"

    dume = load_mapping(write(tmp_path, f"dume: {{refusals: {text}}}")).dume

    assert load_mapping().dume.refusals == {}
    assert dume.reason_of("supprimerDume", "EX-021") is Reason.DUME_NOT_DELETABLE
    assert dume.reason_of("enregistrerDume", "EX-010") is Reason.DUME_UNKNOWN
    assert dume.reason_of("enregistrerDume", "EX-021") is Reason.UPSTREAM_REFUSED


def test_should_name_operations_that_exist_beside_their_refusals() -> None:
    """A misspelt one would never be met."""
    named = load_mapping().chorus_pro.refusals.keys() - {ANY}

    assert named <= {operation.name for operation in wiring.operations()}


def test_should_let_an_operator_change_single_entries(tmp_path: Path) -> None:
    """A plain value or one with its confidence; everything else stays."""
    file = write(
        tmp_path,
        """
dume:
  prefixes: {dumeA: /dume/v2/dumeA}
  fields: {consultation_id: {value: consultation.idConsultation, confidence: official}}
  states: {"01": draft}
""",
    )

    mapping = load_mapping(file)

    assert mapping.prefixes["dume"]["dumeA"] == "/dume/v2/dumeA"
    assert mapping.dume.fields.consultation_id == "consultation.idConsultation"
    assert (mapping.dume.state_of("01"), mapping.dume.state_of("validé")) == ("draft", "validated")
    assert mapping.prefixes["dume"]["dumeOE"] == load_mapping().prefixes["dume"]["dumeOE"]
    assert mapping.dume.fields.buyer_id == load_mapping().dume.fields.buyer_id


def test_should_change_nothing_for_an_empty_file(tmp_path: Path) -> None:
    """A file that says nothing is no error."""
    assert load_mapping(write(tmp_path, "")) == load_mapping()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dume: {feilds: {}}", "did you mean fields?"),
        ("dume: {fields: {idConsultation: x}}", "idConsultation is not an entry"),
        ("dume: {states: {a: maybe}}", "dume.states.a"),
        ("dume: {prefixes: {dumeB: /x}}", "did you mean dumeA?"),
        ("chorus_pro: {refusals: {any: {GDP_MSG_11.001: given_up}}}", "chorus_pro.refusals.any.GDP_MSG_11.001"),
        ("chorus_pro: {refusals: {any: {GDP_MSG_11.001: no_reason}}}", "chorus_pro.refusals.any.GDP_MSG_11.001"),
        ("chorus_pro: {nothing_found: 3}", "chorus_pro.nothing_found"),
        ("dume: {fields: {state: {value: s, confidence: sure}}}", "confidence"),
        ("dume: {refusals: {any: {EX-1: given_up}}}", "dume.refusals.any.EX-1"),
        ("dume: {left_out: [metadata.lot]}", "metadata.lot is not one of the entries"),
        ("dume: {left_out: [cvp]}", "cvp is not one of the entries of dume.fields"),
        ("dume: {prefixes: {dumeA: dume/dumeA/}}", "dume.prefixes.dumeA"),
        ('dume: {fields: {buyer_id: ""}}', 'dume.fields.buyer_id: "" is empty'),
        ('dume: {fields: {buyer_id: "  "}}', "is empty"),
        ("dume: {fields: {buyer_id: id acheteur}}", 'dume.fields.buyer_id: "id acheteur" has blanks in it'),
        ('dume: {fields: {buyer_id: "acheteur..id"}}', "has a dot with nothing on one side of it"),
        ("dume: {fields: {buyer_id: .id}}", "has a dot with nothing on one side of it"),
        ("dume: {fields: {buyer_id: null}}", "dume.fields.buyer_id"),
        ("dume: {fields: {buyer_id: idConsultation}}", "consultation_id and buyer_id go to one place of a request"),
        ("dume: {fields: {buyer_id: iddume}}", "buyer_id and dume_id go to one place"),
        ("dume: {fields: {buyer_id: plateforme}}", "platform_type and buyer_id go to one place"),
        (
            "dume: {fields: {consultation_id: consultation.id, lots: consultation}}",
            "consultation_id and lots go to one place of a request (consultation.id, consultation)",
        ),
        ("dume: {fields: {lot_title: numeroLot}}", "lot_number and lot_title go to one place"),
        ("dume: {reference: {fields: {nation: langue}}}", "dume.reference.fields: evidence_language and nation go to"),
        ("dume: {reference: {fields: {code_list: rsDemandeur}}}", "code_list and requester_name go to one place"),
        ("dume: {operations: {search: enregistrerDume}}", "dume.operations: save and search are one constant"),
        ('dume: {operations: {search: ""}}', 'dume.operations.search: "" is empty'),
        ("dume: {answers: {state: []}}", "dume.answers.state has no word to look for"),
        ("dume: {answers: {state: [le statut]}}", "has blanks in it"),
        ("dume: {states: {Valide: draft}}", '"validé" and "Valide" are one word, and mean validated and draft'),
        ('dume: {states: {"": draft}}', 'dume.states: "" is empty'),
        ('dume: {sent_states: {draft: "brouillon "}}', 'dume.sent_states: "brouillon " has blanks around it'),
        ("dume: {sent_states: {drafted: x}}", "did you mean draft?"),
        ("dume: {left_out: [dume_id]}", "dume_id cannot be left out"),
        ("dume: {fields: {state: a}}\ndume: {fields: {lots: b}}", "line 2: dume stands twice in one place"),
        ('chorus_pro: {drafts: [""]}', 'chorus_pro.drafts: "" is empty'),
        ("dume: {replies: {messages: une liste}}", 'dume.replies.messages: "une liste" has blanks in it'),
        ("dume: {replies: {refusing: []}}", "dume.replies.refusing has no word to look for"),
        ("- a list", "not a mapping of names"),
        ("a: [", "is not YAML"),
    ],
)
def test_should_refuse_a_wrong_mapping_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    """It names the file and the entry, so that the operator finds it."""
    file = write(tmp_path, text)

    with pytest.raises(MappingInvalid) as caught:
        load_mapping(file)

    assert told in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{buyer_id: x, searched_buyer: x}", "{lot_title: libelleConsultation}"])
def test_should_let_names_be_alike_that_never_meet(tmp_path: Path, text: str) -> None:
    """A search names no buyer but the one it looks for, and a lot is an object of its own."""
    load_mapping(write(tmp_path, f"dume: {{fields: {text}}}"))


@pytest.mark.parametrize("code", ["01", "no", "1e3", "2026-11-24", "0x10"])
def test_should_take_a_code_as_it_is_written(tmp_path: Path, code: str) -> None:
    """YAML would make a number, a switch or a date of it, and the code of the State be another."""
    assert load_mapping(write(tmp_path, f"dume: {{states: {{{code}: draft}}}}")).dume.state_of(code) == "draft"


def test_should_be_sound_as_it_is_packaged() -> None:
    """What is asked of the changes of operators holds for the mapping they are laid over."""
    mapping = load_mapping()

    assert list(unsound(mapping, None, mapping.dume.always_sent)) == []


def test_should_name_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path is told at start, not at the first tender."""
    with pytest.raises(MappingInvalid, match="cannot be read"):
        load_mapping(tmp_path / "nowhere.yaml")


def test_should_know_the_old_path_of_every_api() -> None:
    """Whoever adds an API says where it is for those who call with a certificate: without `v1`."""
    mapping = load_mapping()
    old = mapping.certificate_prefixes

    assert {name: set(paths) for name, paths in old.items()} == {
        name: set(paths) for name, paths in mapping.prefixes.items()
    }
    assert [path for paths in old.values() for path in paths.values() if "v1" in path] == []


def test_should_take_changes_that_were_written_for_this_version(tmp_path: Path) -> None:
    """Whoever notes the version hears of it when entries change their meaning."""
    mapping = load_mapping(write(tmp_path, "version: 1\ndume: {fields: {document: dumeA}}"))

    assert mapping.dume.fields.document == "dumeA"


def test_should_refuse_changes_that_were_written_for_another_version(tmp_path: Path) -> None:
    """An entry that means something else by now would be sent in the wrong place."""
    with pytest.raises(MappingInvalid, match="version is 7, and this relay has version 1 of the mapping"):
        load_mapping(write(tmp_path, "version: 7\ndume: {fields: {document: dumeA}}"))
