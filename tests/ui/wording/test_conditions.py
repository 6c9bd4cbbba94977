"""Every condition about the surroundings has a sentence, in both outcomes and under `not`."""

import pytest

from wxdesk import i18n
from wxdesk.core.model.decision import RuleVerdict, Verdict
from wxdesk.core.model.rule import Condition, HoursTest, LastRule, MessageNo, Presence, TagsTest
from wxdesk.core.rules.conditions.table import KINDS
from wxdesk.i18n import tr
from wxdesk.ui.wording.conditions import WORDINGS, condition_texts, found_text
from wxdesk.ui.wording.decision import rule_title

CASES = [
    (Verdict("hours", True, ("inside", "店")), "within the hours “店”"),
    (Verdict("hours", False, ("inside", "店")), "outside the hours “店”"),
    (Verdict("hours", True, ("outside", "店")), "outside the hours “店”"),
    (Verdict("hours", False, ("outside", "店")), "within the hours “店”"),
    (Verdict("operator", True, ("present",)), "somebody is at the desk"),
    (Verdict("operator", False, ("present",)), "nobody is at the desk"),
    (Verdict("operator", True, ("away",)), "nobody is at the desk"),
    (Verdict("tags.any", True, ("vip", "新"), "新"), "the customer has the tag 新"),
    (Verdict("tags.any", False, ("vip", "新")), "the customer has no tag vip, 新"),
    (Verdict("tags.none", True, ("vip",)), "the customer has no tag vip"),
    (Verdict("tags.none", False, ("vip", "新"), "vip"), "the customer has the tag vip"),
    (Verdict("first_contact", True, ("true",)), "the customer never wrote before"),
    (Verdict("first_contact", False, ("true",)), "the customer has written before"),
    (Verdict("first_contact", True, ("false",)), "the customer has written before"),
    (Verdict("account", True, ("tea",)), "in the mini program “tea”"),
    (Verdict("account", False, ("tea",)), "not in the mini program “tea”"),
    (Verdict("quiet_days", True, ("30",)), "the customer was quiet for 30 days"),
    (Verdict("message_no", True, ("2", "")), "message number since a human answered: from 2 on"),
    (Verdict("message_no", False, ("2", "5")), "message number since a human answered: not 2–5"),
    (Verdict("message_no", True, ("3", "3")), "message number since a human answered: 3"),
    (Verdict("last_rule_within", False, ("问候", "10")), "“问候” did not answer within the last 10 minutes"),
    (Verdict("event", False, ("kf_close_session",)), "is not the event kf_close_session"),
    (Verdict("cooldown", True, ("60", "0", "0")), "has not answered too often"),
    (Verdict("cooldown", False, ("60", "0", "0"), "per_contact_s"), "answered this customer less than 1 minute ago"),
    (Verdict("not.operator", True, ("away",)), "somebody is at the desk"),
    (Verdict("not.hours", False, ("inside", "店")), "within the hours “店”"),
    (Verdict("not.suffix", False, ("吗",), "吗"), "ends with “吗”"),
    (Verdict("not.regex", True, ("x",)), "does not fit its pattern"),
]


@pytest.mark.parametrize(("verdict", "words"), CASES)
def test_a_verdict_says_what_was_found(verdict: Verdict, words: str) -> None:
    assert found_text(verdict) == words


def test_a_rule_that_looks_on_says_so() -> None:
    assert rule_title(RuleVerdict(1, "试", 3, matched=True, shadow=True)) == "试 · looks on only"


def test_every_condition_about_the_surroundings_is_named() -> None:
    when = Condition(
        any=("x",),
        account="shop",
        event=("a",),
        hours=HoursTest("店"),
        operator=Presence.AWAY,
        tags=TagsTest(("a",), ("b",)),
        first_contact=False,
        quiet_days=3,
        message_no=MessageNo(2),
        last_rule_within=LastRule("r", 1),
    )
    assert len(list(condition_texts(when))) == 11


def test_every_word_of_the_table_is_in_chinese() -> None:
    i18n.use("zh_CN")
    for name, one in WORDINGS.items():
        sentences = (one.choice, one.phrase, one.is_so, one.missing, *one.tried, *one.found)
        assert [text for text in sentences if text and tr(text) == text] == [], (
            f"{name}: give each its Chinese in ui_rules.po"
        )


def test_every_condition_of_a_rule_has_words() -> None:
    wordless = [kind.name for kind in KINDS if kind.name not in WORDINGS]
    assert wordless == [], "each needs an entry in ui/wording/conditions.py"
    named = {kind.name.partition(".")[0] for kind in KINDS}
    untested = set(Condition.__struct_fields__) - {"unless"} - named
    assert untested == set(), "each needs an entry in core/rules/conditions, see docs/dev/how-to-add.md"


def test_the_mini_program_leads_the_line_of_a_rule_since_its_end_is_cut() -> None:
    when = Condition(any=("x",), account="tea", operator=Presence.AWAY)
    assert list(condition_texts(when)) == ["in the mini program “tea”", "contains x", "nobody is at the desk"]
