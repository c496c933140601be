"""The rules of preflight as one checked value, and an operator's changes over them."""

from __future__ import annotations

import pytest

from service.core.preflight import RulesInvalid, parse_rules
from service.preflight import packaged_rules, packaged_text

pytestmark = pytest.mark.unit

CERTAINTIES = {"official", "live", "client", "secondary", "inferred"}


def changed(text: str) -> str:
    """What is wrong with an operator's file."""
    with pytest.raises(RulesInvalid) as raised:
        parse_rules(packaged_text(), text, "rules.yaml")
    return str(raised.value)


def test_should_say_of_every_rule_how_sure_it_is_and_why() -> None:
    """Nobody should take a guess for a fact, nor wonder where a rule comes from."""
    rules = packaged_rules().rules

    assert [name for name, rule in rules.items() if rule.certainty not in CERTAINTIES or not rule.source] == []


def test_should_forbid_by_what_is_sure_alone() -> None:
    """What is official or measured forbids a deposit, everything else warns."""
    rules = packaged_rules().rules.values()
    forbidding = {rule.certainty for rule in rules if rule.severity == "enforce"}
    warning = {rule.certainty for rule in rules if rule.severity == "warn"}

    assert (forbidding, warning) == ({"official", "live"}, {"client", "inferred"})


def test_should_end_every_sentence() -> None:
    """Each finding is one sentence that ends."""
    assert [name for name, rule in packaged_rules().rules.items() if not rule.sentence(3).endswith(".")] == []


def test_should_change_one_field_of_a_rule() -> None:
    """An operator's file holds only what differs."""
    text = "version: ours-1\nrules:\n  invoice_number_too_long: {limit: 30}\n  framework_unknown: {level: off}\n"
    rules = parse_rules(packaged_text(), text)

    assert (rules.version, rules.rules["invoice_number_too_long"].limit) == ("ours-1", 30)
    assert rules.rules["framework_unknown"].severity == "off"
    assert rules.rules["invoice_number_too_long"].certainty == "official"
    assert len(rules.rules) == len(packaged_rules().rules)


def test_should_take_a_rule_of_ones_own() -> None:
    """New rules need no release, as long as they are of a known kind."""
    text = """
rules:
  order_in_our_form:
    kind: pattern
    at: {ubl: cac:OrderReference/cbc:ID}
    pattern: "CMD-[0-9]+"
    certainty: secondary
    source: our own bookkeeping
    says: The order number does not begin with CMD-.
"""

    assert parse_rules(packaged_text(), text).rules["order_in_our_form"].severity == "warn"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {invoice_number_to_long: {limit: 3}}", "did you mean invoice_number_too_long?"),
        ("rules: {something_new: {limit: 3}}", "a new rule needs its kind"),
        ("rules: {something_new: {kind: pattern}}", "rules.something_new"),
        ("rules: {currency_code: {patern: x}}", "rules.currency_code.patern"),
        ("rules: {currency_code: {pattern: '['}}", "no regular expression"),
        ("rules: {currency_code: {pattern: null}}", "needs pattern"),
        ("rules: {currency_code: {at: {ubl: 'cbc:Note/../x'}}}", "no path of elements"),
        ("rules: {currency_code: {at: {ubl: 'ram:ID'}}}", "no path of elements"),
        ("rules: {currency_code: {says: '{iban}'}}", "says may name"),
        ("rules: {currency_code: {says: '{limit.x}'}}", "says may name"),
        ("rules: {currency_code: {level: strict}}", "rules.currency_code.level"),
        ("rules: {currency_code: 3}", "not a mapping"),
        ("rules: 3", "not a mapping"),
        ("rule: {}", "rule is not an entry"),
        ("]", "is not YAML"),
    ],
)
def test_should_say_what_is_wrong_with_a_file_of_rules(text: str, said: str) -> None:
    """One sentence names the file, the rule and what to write."""
    sentence = changed(text)

    assert said in sentence
    assert sentence.startswith("rules.yaml")
