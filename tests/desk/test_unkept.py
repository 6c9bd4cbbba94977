"""A dry run shows each message as it stood; what is not kept of the past makes no difference."""

from __future__ import annotations

import pytest

from tests.core.asking import NOW
from tests.desk.test_trust import Shop, rule, shop
from tests.store.talk import entering, second
from wxdesk.core.contact_change import ContactChange
from wxdesk.core.model import Contact, Conversation
from wxdesk.desk.unkept import could_be, shows_unkept, with_anything

__all__ = ["shop"]

FROM = "您看的是商品{{ session.id | default: '？' }}"


async def test_where_a_customer_came_from_is_told_as_it_was_then(shop: Shop) -> None:
    talk = shop.talk
    await talk.says("a", "退款零", second(-7200))
    await talk.hears(entering("a", second(0), "id=1"), second(0))
    first = (await talk.says("a", "退款一", second(10))).message
    await shop.operator_says(first.conversation_id, "您看的是商品1", 15)
    await talk.hears(entering("a", second(1000), "id=3"), second(1000))
    await talk.says("a", "退款三", second(1010))
    await talk.hears(entering("a", second(2000)), second(2000))
    report = await shop.tried(rule("退款", say=FROM))
    assert report.differently == 0
    said = {line.message.text: line.would_say for line in report.lines}
    assert said == {"退款零": "您看的是商品？", "退款一": "您看的是商品1", "退款三": "您看的是商品3"}


async def test_an_alias_and_a_window_of_then_are_not_told_as_another_answer(shop: Shop) -> None:
    first = await shop.talk.says("a", "退款", second(0))
    asked, contact = first.message, first.conversation.contact
    await shop.operator_says(asked.conversation_id, "王女士，您好，还能发 4 条", 5)
    another = (await shop.talk.says("b", "退款", second(20))).message
    await shop.operator_says(another.conversation_id, "我们不退", 25)
    polite = rule("退款", say="{{ contact.alias }}，您好，还能发 {{ window.left }} 条")
    for alias in ("", "李先生"):
        await shop.store.conversations.change_contact(contact.id, ContactChange(alias=alias))
        report = await shop.tried(polite)
        assert (report.answered, report.differently) == (2, 1)
        assert [line.said for line in report.lines if line.by_hand] == ["我们不退"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("{{ contact.alias }}", True), ("{{ window.until }}", True), ("{{ session.id }}", False), ("您好", False)],
)
def test_which_rules_show_what_is_not_kept(text: str, shown: bool) -> None:
    assert shows_unkept(rule("x", say=text)) is shown


def test_only_the_marks_can_be_anything() -> None:
    thread = with_anything(Conversation(1, "shop", Contact(1, "shop", "oA", NOW)))
    alias, left = thread.contact.alias, thread.window.left
    assert could_be("王女士，还有 3 条", f"{alias}，还有 {left} 条")
    assert could_be("，还有 3 条\n好", f"{alias}，还有 {left} 条\n好")
    assert not could_be("王女士，还剩 3 条", f"{alias}，还有 {left} 条")
    assert not could_be("axc", "a.c")
