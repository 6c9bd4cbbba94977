"""A dry run shows each message as it stood; what is not kept of the past makes no difference."""

import pytest

from tests.core.rules.rule_matching import NOW
from tests.desk.rules.review.test_lint_run import Shop, rule, shop
from tests.store.chats import entering, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.desk.rules.review.dry_run import could_match, shows_unstored_value, with_marked_values

__all__ = ["shop"]

FROM = "您看的是商品{{ session.id | default: '？' }}"


async def test_the_origin_of_a_customer_is_shown_as_it_was_then(shop: Shop) -> None:
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
    await shop.store.conversations.change_contact(contact.id, ContactChange(alias="李先生"))
    report = await shop.tried(polite)
    assert (report.answered, report.differently) == (2, 1)
    assert [line.said for line in report.lines if line.by_hand] == ["我们不退"]


@pytest.mark.parametrize(
    ("alias", "say", "said", "differently"),
    [
        ("", "{{ contact.alias }}您好", "李雷您好", 1),  # the rule could not have sent anything
        ("", "您好{{ contact.alias | default: '亲' }}", "您好亲", 0),
        ("", "您好{{ contact.alias | default: '亲' }}", "您好李雷", 1),
        ("李雷", "您好{{ contact.alias | default: '亲' }}", "您好亲", 0),
        ("李雷", "您好{{ contact.alias | default: '' }}", "您好，这款没有货了，抱歉", 1),
        ("", "还能回{{ window.left }}条", "还能回3条", 0),
        ("", "还能回{{ window.left }}条", "还能回家吃饭吗？您的快递丢了，给您补发一条", 1),
    ],
)
async def test_an_answer_that_only_begins_and_ends_alike_is_another(
    shop: Shop, alias: str, say: str, said: str, differently: int
) -> None:
    first = await shop.talk.says("a", "退款", second(0))
    await shop.operator_says(first.conversation.id, said, 5)
    await shop.store.conversations.change_contact(first.conversation.contact.id, ContactChange(alias=alias))
    assert (await shop.tried(rule("退款", say=say))).differently == differently


@pytest.mark.parametrize(
    ("text", "shown"),
    [("{{ contact.alias }}", True), ("{{ window.until }}", True), ("{{ session.id }}", False), ("您好", False)],
)
def test_rules_that_show_values_that_are_not_stored_are_known(text: str, shown: bool) -> None:
    assert shows_unstored_value(rule("x", say=text)) is shown


def test_marked_values_match_only_values_of_their_kind() -> None:
    thread = with_marked_values(Conversation(1, "shop", Contact(1, "shop", "oA", NOW, alias="Li")))
    alias, left = thread.contact.alias, thread.window.left
    assert could_match("王女士，还有 3 条", f"{alias}，还有 {left} 条")
    assert could_match("，还有 3 条\n好", f"{alias}，还有 {left} 条\n好")
    assert not could_match("王女士，还剩 3 条", f"{alias}，还有 {left} 条")
    until = f"回到 {thread.window.until:%Y-%m-%d %H:%M} 前"
    assert could_match("回到 2026-11-24 13:26 前", until)
    assert not could_match("回到店里再说，明天前", until)
    assert could_match("Hi Tom Li", f"Hi {alias}")
    assert not could_match("Hi Tom, your parcel is lost. We refund you 30 yuan.", f"Hi {alias}")
    assert not could_match("Hi your parcel is lost and we pay", f"Hi {alias}")
    assert not could_match("Hi Tom\nLi", f"Hi {alias}")
    assert not could_match("还有 21 条", f"还有 {left} 条")
    assert not could_match("axc", "a.c")
