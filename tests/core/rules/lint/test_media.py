"""Pictures that WeChat keeps for three days only."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.core.rules.lint.linting import doubts, said_of, when
from tests.core.rules.rule_matching import NOW, REPLY
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.rules.lint.findings import LintCode
from wxdesk.core.templates import Template


@pytest.mark.parametrize(
    ("age", "doubt"),
    [
        (timedelta(hours=47), None),
        (timedelta(hours=49), LintCode.MEDIA_EXPIRES),
        (timedelta(days=3), LintCode.MEDIA_EXPIRED),
    ],
)
def test_a_media_id_lasts_three_days(age: timedelta, doubt: LintCode | None) -> None:
    image = Action(ActionKind.IMAGE, content=Content(media_id="MEDIA"))
    rule = replace(when(any=("a",)), then=(*REPLY, image), updated_at=NOW - age)
    expected = [] if doubt is None else [(doubt, ("then", 1, "image"))]
    assert [(one.doubt, one.where) for one in said_of(rule)] == expected
    kept = replace(rule, then=(Action(ActionKind.IMAGE, content=Content(media_id="MEDIA", picture="abc")),))
    assert doubts(kept) == []


@pytest.mark.parametrize(
    ("age", "doubt"),
    [
        (timedelta(hours=47), None),
        (timedelta(hours=49), LintCode.MEDIA_EXPIRES),
        (timedelta(days=3), LintCode.MEDIA_EXPIRED),
    ],
)
def test_a_media_id_in_a_stored_answer_lasts_three_days_as_well(age: timedelta, doubt: LintCode | None) -> None:
    says = replace(when(any=("a",)), then=(Action(ActionKind.TEMPLATE, template="pic"),), updated_at=NOW)
    content = Content(kind=ReplyKind.IMAGE, media_id="MEDIA")
    stored = Template(1, "货架图", shortcut="pic", content=content, updated_at=NOW - age)
    expected = [] if doubt is None else [(doubt, ("then", 0, "template"), "货架图")]
    assert [(one.doubt, one.where, one.word) for one in said_of(says, stored={"pic": stored})] == expected
    assert doubts(says, stored={"pic": replace(stored, content=replace(content, picture="abc"))}) == []
    assert doubts(says) == []


def test_of_a_card_its_cover_is_named() -> None:
    card = Action(ActionKind.CARD, content=Content(kind=ReplyKind.CARD, title="t", page_path="p", thumb_media_id="M"))
    rule = replace(when(any=("a",)), then=(card,), updated_at=NOW - timedelta(days=3))
    assert [one.where for one in said_of(rule)] == [("then", 0, "card", "thumb_media_id")]
