"""What an author may say of findings, and what counts of it."""

from __future__ import annotations

import pytest

from enablement_ext.core.notebook.extraction import ExtractedText
from enablement_ext.core.secrets.not_secrets import (
    ALWAYS_SECRET,
    HINTS,
    checked_rules,
    content_mark,
    disputable,
    judged,
)
from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.secrets.scan import MOST_FINDINGS, SecretFinding, find_secrets
from enablement_ext.core.secrets.statements import USUAL_RULES, NotSecret

PASSWORD = "password = 'f1rst-w0rd!'"
RULE = "password"


def finding(line: int = 1, rule: str = RULE, *, complete: bool = True) -> SecretFinding:
    return SecretFinding("cell 1", rule, line, HINTS[rule], complete)


def said(line: int = 1, rule: str = RULE, where: str = "cell 1") -> NotSecret:
    return NotSecret(where, rule, line, "a sample")


def test_what_is_said_counts_for_its_place_alone() -> None:
    found = [finding(1), finding(2)]
    judgement = judged(found, [said(1), said(7)], USUAL_RULES)
    assert (judgement.left, judgement.spoken_for) == ((found[1],), (said(1),))
    for elsewhere in (said(1, where="cell 2"), said(1, rule="key"), said(3)):
        assert judged(found[:1], [elsewhere], USUAL_RULES).left == (found[0],)


@pytest.mark.parametrize(
    ("found", "rules"),
    [
        (finding(rule="private-key"), frozenset(HINTS)),
        (finding(rule="github-token"), USUAL_RULES),
        (finding(), ()),
        (finding(complete=False), USUAL_RULES),
    ],
)
def test_what_nobody_can_speak_for(found: SecretFinding, rules: frozenset[str]) -> None:
    assert not disputable(found, rules)
    assert judged([found], [said(1, found.rule)], rules).left == (found,)


def test_nothing_hides_behind_what_the_search_did_not_look_at_to_the_end() -> None:
    one_line = ExtractedText("cell 1", "; ".join([PASSWORD] * MOST_FINDINGS) + "\npassword = 'an0ther-one!'")
    assert [(each.line, each.complete) for each in find_secrets([one_line])] == [(1, False)]
    many = [ExtractedText(f"cell {number}", PASSWORD) for number in range(MOST_FINDINGS + 1)]
    assert not any(each.complete for each in find_secrets(many))
    few = find_secrets([*many[:2], one_line, ExtractedText("cell 1", PASSWORD)])
    assert {(each.where, each.complete) for each in few} == {("cell 0", True), ("cell 1", False)}


def test_a_statement_is_about_one_content() -> None:
    mark = content_mark("a" * 64, [("b.csv", "1"), ("a.csv", "2")])
    assert mark == content_mark("a" * 64, [("a.csv", "2"), ("b.csv", "1")])
    others = [("b" * 64, [("a.csv", "2")]), ("a" * 64, [("a.csv", "2")]), ("a" * 64, [("a.csv", "1"), ("b.csv", "2")])]
    assert mark not in [content_mark(notebook, files) for notebook, files in others]


def test_the_rules_that_a_setting_may_name() -> None:
    assert {rule.name for rule in RULES} == HINTS.keys()
    assert checked_rules(USUAL_RULES) == frozenset(USUAL_RULES)
    assert checked_rules(HINTS.keys() - ALWAYS_SECRET)
    with pytest.raises(ValueError, match="private-key: a private key is always a secret"):
        checked_rules(["password", "private-key"])
    with pytest.raises(ValueError, match=r"passwords: there is no such rule; there are .*password"):
        checked_rules(["passwords"])
