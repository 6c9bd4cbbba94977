"""Faults of a rule, each with its place."""

from typing import Any

import pytest

from tests.core.rules.rule_matching import REPLY, compile_with_python
from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, LastRule, Rule, SessionFromTest
from wxdesk.core.rules.faults import FieldPath, ReferenceCheck, RuleFault, find_faults

X = Condition(any=("x",))
ENTER = frozenset({MessageType.ENTER_SESSION})


def entering(**test: Any) -> Rule:
    return Rule("r", on=ENTER, when=Condition(session_from=SessionFromTest(**test)), then=REPLY)


def doing(kind: ActionKind, **more: Any) -> Rule:
    return Rule("r", when=X, then=(Action(kind, **more),))


LINK = Content(ReplyKind.LINK, title="t", url="https://a.cn")

CHOSEN = "{% if hours.open %}https://a.cn{% else %}https://b.cn{% endif %}"

BROKEN: list[tuple[Rule, FieldPath]] = [
    (Rule(" ", when=X, then=REPLY), ("name",)),
    (Rule("\u200b", when=X, then=REPLY), ("name",)),
    (Rule("r", on=ENTER, when=Condition(event=("\u200b",)), then=REPLY), ("when", "event", 0)),
    (
        Rule("r", when=Condition(last_rule_within=LastRule("\u2060", 5)), then=REPLY),
        ("when", "last_rule_within", "rule"),
    ),
    (Rule("r", on=frozenset(), when=X, then=REPLY), ("on",)),
    (Rule("r", then=REPLY), ("when",)),
    (Rule("r", on=frozenset({MessageType.TEXT, MessageType.IMAGE}), then=REPLY), ("when",)),
    (Rule("r", default=True, when=X, then=REPLY), ("when",)),
    (Rule("r", when=Condition(any=("x", " ")), then=REPLY), ("when", "any", 1)),
    (Rule("r", when=Condition(none=("",)), then=REPLY), ("when", "none", 0)),
    (Rule("r", when=Condition(prefix=("\ufe0f",)), then=REPLY), ("when", "prefix", 0)),
    (Rule("r", when=Condition(exact=("退" * 201,)), then=REPLY), ("when", "exact", 0)),
    (Rule("r", when=Condition(regex="("), then=REPLY), ("when", "regex")),
    (Rule("r", when=Condition(regex=""), then=REPLY), ("when", "regex")),
    (entering(), ("when", "session_from")),
    (entering(equals="a", prefix="b"), ("when", "session_from")),
    (entering(prefix=""), ("when", "session_from")),
    (entering(regex="("), ("when", "session_from", "regex")),
    (Rule("r", when=Condition(session_from=SessionFromTest(equals="a")), then=REPLY), ("when", "session_from")),
    (Rule("r", when=X), ("then",)),
    (Rule("r", when=X, then=REPLY * 6), ("then",)),
    (Rule("r", when=X, then=(*REPLY, Action(ActionKind.SILENT))), ("then",)),
    (doing(ActionKind.REPLY, text=" \n"), ("then", 0, "reply")),
    (doing(ActionKind.REPLY, text="\u2060\u200b"), ("then", 0, "reply")),
    (doing(ActionKind.REPLY, text="a", others=("\u3164",)), ("then", 0, "reply")),
    (doing(ActionKind.TEMPLATE, template="\u200b"), ("then", 0, "template")),
    (doing(ActionKind.TAG, tags=("\u200b",)), ("then", 0, "tag")),
    (
        doing(ActionKind.LINK, content=Content(ReplyKind.LINK, title="\u200b", url="https://a.cn")),
        ("then", 0, "link", "title"),
    ),
    (doing(ActionKind.IMAGE), ("then", 0, "image")),
    (doing(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="pictures/Menu.PNG")), ("then", 0, "image")),
    (doing(ActionKind.LINK, content=Content(ReplyKind.LINK, url="https://a.cn")), ("then", 0, "link")),
    (
        doing(ActionKind.LINK, content=Content(ReplyKind.LINK, title="t", url="javascript:x")),
        ("then", 0, "link", "url"),
    ),
    (
        doing(ActionKind.LINK, content=Content(ReplyKind.LINK, title="题" * 171, url="https://a.cn")),
        ("then", 0, "link", "title"),
    ),
    (doing(ActionKind.LINK, content=Content(ReplyKind.LINK, title="t", url="{{ m.a }}")), ("then", 0, "link", "url")),
    (
        doing(
            ActionKind.CARD, content=Content(ReplyKind.CARD, title="t", page_path="a b/{{ m.a }}", thumb_media_id="m")
        ),
        ("then", 0, "card", "page_path"),
    ),
    (doing(ActionKind.CARD, content=Content(ReplyKind.CARD, title="t", page_path="p")), ("then", 0, "card")),
    (doing(ActionKind.TAG), ("then", 0, "tag")),
    (doing(ActionKind.TAG, tags=("a", " ")), ("then", 0, "tag")),
]


@pytest.mark.parametrize(("rule", "where"), BROKEN)
def test_a_fault_is_found_where_it_stands(rule: Rule, where: FieldPath) -> None:
    fault = next(find_faults(rule, compile_with_python), None)
    assert fault is not None
    assert fault.where == where
    assert fault.reason


SOUND = [
    Rule("r", when=X, then=REPLY),
    Rule("r", when=X, then=REPLY * 5),
    Rule("r", default=True, then=REPLY),
    Rule("r", on=ENTER, then=REPLY),
    Rule("r", on=frozenset({MessageType.IMAGE, MessageType.CARD, MessageType.OTHER}), then=REPLY),
    Rule("r", when=Condition(none=("x",)), then=REPLY),
    Rule("r", when=Condition(regex="x"), then=(Action(ActionKind.SILENT),)),
    Rule("r", when=X, then=(Action(ActionKind.SILENT), Action(ActionKind.TAG, tags=("a",)))),
    entering(equals=""),
    doing(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="m")),
    doing(ActionKind.LINK, content=LINK),
    doing(
        ActionKind.LINK, content=Content(ReplyKind.LINK, title="{一}送{二}", url="https://a.cn?q={{ message.text }}")
    ),
    doing(ActionKind.LINK, content=Content(ReplyKind.LINK, title="{% if m.a %}t{% endif %}", url=CHOSEN)),
    doing(ActionKind.TRANSFER),
    doing(ActionKind.TAKE_OVER),
]


@pytest.mark.parametrize("rule", SOUND)
def test_a_sound_rule_has_no_faults(rule: Rule) -> None:
    assert next(find_faults(rule, compile_with_python), None) is None


def test_a_template_is_checked_with_the_groups_of_both_patterns() -> None:
    asked: list[tuple[str, frozenset[str] | None]] = []
    test = SessionFromTest(regex="(?P<b>y)")
    both = frozenset({MessageType.TEXT, MessageType.ENTER_SESSION})
    rule = Rule("r", on=both, when=Condition(regex="(?P<a>x)", session_from=test), then=REPLY)

    def check(text: str, names: frozenset[str] | None) -> list[BadTemplate]:
        asked.append((text, names))
        return []

    assert not list(find_faults(rule, compile_with_python, check))
    assert asked == [("好", frozenset({"a", "b"}))]


def test_a_fault_of_a_template_keeps_its_line() -> None:
    def refuse(text: str, names: frozenset[str] | None) -> list[BadTemplate]:
        return [BadTemplate(3, "why"), BadTemplate(3, "how"), BadTemplate(4, "why"), BadTemplate(3, "why")]

    rule = Rule("r", when=X, then=(Action(ActionKind.TAG, tags=("a",)), *REPLY))
    where = ("then", 1, "reply")
    assert next(find_faults(rule, compile_with_python, refuse), None) == RuleFault(where, "why", 3)
    all_of_them = (RuleFault(where, "why", 3), RuleFault(where, "how", 3), RuleFault(where, "why", 4))
    assert tuple(find_faults(rule, compile_with_python, refuse)) == all_of_them


def test_the_fields_of_links_and_cards_are_templates_too() -> None:
    def refuse(text: str, names: frozenset[str] | None) -> list[BadTemplate]:
        return [BadTemplate(1, text)]

    link = Content(ReplyKind.LINK, title="{{ a }}", description="{ as it is }", url="https://a.cn/{{ b }}")
    card = Content(ReplyKind.CARD, title="t", page_path="p?{{ c }}", thumb_media_id="m")
    then = (Action(ActionKind.LINK, content=link), Action(ActionKind.CARD, content=card))
    found = find_faults(Rule("r", when=X, then=then), compile_with_python, refuse)
    assert [(fault.where, fault.reason) for fault in found] == [
        (("then", 0, "link", "title"), "{{ a }}"),
        (("then", 0, "link", "url"), "https://a.cn/{{ b }}"),
        (("then", 1, "card", "page_path"), "p?{{ c }}"),
    ]


def test_all_faults_are_found_each_at_its_place() -> None:
    texts = Action(ActionKind.REPLY, "{{ a }}", others=("", "{{ b }}"))
    rule = Rule("", when=Condition(regex="(", any=("",)), then=(texts, Action(ActionKind.IMAGE)))

    def refuse(text: str, names: frozenset[str] | None) -> list[BadTemplate]:
        assert names is None  # while a pattern is wrong, nobody knows its groups
        return [BadTemplate(1, text)]

    found = list(find_faults(rule, compile_with_python, refuse))
    assert [fault.where for fault in found] == [
        ("name",),
        ("when", "any", 0),
        ("when", "regex"),
        ("then", 0, "reply"),
        ("then", 1, "image"),
        ("then", 0, "reply", 0),
        ("then", 0, "reply", 2),
    ]
    assert found[0] == next(find_faults(rule, compile_with_python, refuse), None)


def test_a_picture_that_is_not_kept_is_a_fault() -> None:
    kept, lost = (Content(ReplyKind.IMAGE, picture=name * 64) for name in "ab")
    cover = Content(ReplyKind.CARD, title="t", page_path="p", thumb_picture="b" * 64)
    then = (Action(ActionKind.IMAGE, content=kept), Action(ActionKind.IMAGE, content=lost))
    rule = Rule("r", when=Condition(any=("x",)), then=(*then, Action(ActionKind.CARD, content=cover)))
    against = ReferenceCheck(lambda name: "", lambda digest: digest.startswith("a"))
    found = find_faults(rule, compile_with_python, against=against)
    assert [fault.where for fault in found] == [("then", 1, "image", "picture"), ("then", 2, "card", "thumb_picture")]
    assert next(find_faults(rule, compile_with_python), None) is None
