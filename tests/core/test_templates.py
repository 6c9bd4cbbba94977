"""Search for templates, their shortcuts, and faults of a template."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import Template, TemplateFault, same_shortcut, search_templates, template_faults

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)


def template(title: str, shortcut: str = "", *keywords: str, body: str = "好", used: int = 0, **more: Any) -> Template:
    last = NOW - timedelta(days=used) if used else None
    return Template(0, title, body, shortcut, keywords=keywords, last_used_at=last, **more)


SHELF = (
    template("退款说明", "tk", "退钱", body="三天内到账", used=9),
    template("发货时间", "fh", "快递", "物流", body="下单后 48 小时", used=2),
    template("Refund policy", "refund", "money back", used=5),
    template("营业时间", "yy", body="我们九点开门", category="门店"),
    template("Hello", "hi", body="说明在这里", used=1),
)


@pytest.mark.parametrize(
    ("sought", "titles"),
    [
        ("", ["Hello", "发货时间", "Refund policy", "退款说明", "营业时间"]),  # the last used first, then by title
        ("/", ["Hello", "发货时间", "Refund policy", "退款说明", "营业时间"]),
        ("时间", ["发货时间", "营业时间"]),
        ("退说", []),  # Chinese characters stand together or not at all
        ("间时", []),
        ("说明", ["退款说明", "Hello"]),  # a title is nearer than a text
        ("/TK", ["退款说明"]),
        ("ｔｋ", ["退款说明"]),
        ("物流", ["发货时间"]),
        ("退钱", ["退款说明"]),
        ("门店", ["营业时间"]),
        ("rfd", ["Refund policy"]),
        ("plc", ["Refund policy"]),
        ("r", ["Refund policy"]),
        ("发货 48", ["发货时间"]),
        ("发货 49", []),
        ("开门", ["营业时间"]),
    ],
)  # fmt: skip
def test_templates_are_found_by_what_one_remembers(sought: str, titles: list[str]) -> None:
    assert [one.title for one in search_templates(SHELF, sought)] == titles


def test_a_shortcut_that_is_written_out_comes_first() -> None:
    shelf = (template("A", "hit", used=1), template("B", "hi", used=9), template("hi there", used=1))
    assert [one.title for one in search_templates(shelf, "hi")] == ["B", "A", "hi there"]


def test_shortcuts_are_compared_as_they_are_typed() -> None:
    assert same_shortcut("TK", "ｔｋ")
    assert not same_shortcut("", "")


LINK = Content(ReplyKind.LINK, title="退换", url="https://shop.example/r")


def refuse_b(text: str) -> list[BadTemplate]:
    return [BadTemplate(3, "why"), BadTemplate(5, "how")] if text == "b" else []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"title": " "}, TemplateFault("title", "The template has no title.")),
        ({"title": "题" * 120, "shortcut": "s" * 30, "category": "类" * 30, "others": ("c",) * 9}, None),
        ({"title": "题" * 121}, TemplateFault("title", "The title is longer than 120 characters.")),
        ({"shortcut": "s" * 31}, TemplateFault("shortcut", "The shortcut is longer than 30 characters.")),
        ({"category": "类" * 31}, TemplateFault("category", "The category is longer than 30 characters.")),
        ({"others": ("c",) * 10}, TemplateFault("body", "A template has 10 wordings at the most.", 10)),
        ({"shortcut": "a b"}, TemplateFault("shortcut", "A shortcut is one word without blanks and slashes.")),
        ({"body": " \n"}, TemplateFault("body", "There is no text yet.")),
        ({"body": "\u200b"}, TemplateFault("body", "There is no text yet.")),
        ({"title": "\u2060"}, TemplateFault("title", "The template has no title.")),
        ({"others": ("c", "")}, TemplateFault("body", "There is no text yet.", 2)),
        ({"content": LINK, "body": ""}, None),
        ({"content": replace(LINK, url="shop")},
         TemplateFault("content.url", "The link must be an address that begins with https:// or http://.")),
        ({"content": Content(ReplyKind.IMAGE)}, TemplateFault("content.picture", "Choose a picture.")),
    ],
)  # fmt: skip
def test_a_fault_of_a_template_is_reported_with_its_place(
    changed: dict[str, object], fault: TemplateFault | None
) -> None:
    told = list(template_faults(replace(template("t"), **changed), refuse_b))
    assert told == ([fault] if fault else [])


def test_all_faults_of_a_template_are_reported() -> None:
    wrong = replace(template(""), shortcut="a/b", others=("b", " "))
    assert [(one.where, one.variant) for one in template_faults(wrong, refuse_b)] == [
        ("title", 0),
        ("shortcut", 0),
        ("body", 1),
        ("body", 1),
        ("body", 2),
    ]
    assert [(one.reason, one.line) for one in template_faults(wrong, refuse_b) if one.line] == [("why", 3), ("how", 5)]
