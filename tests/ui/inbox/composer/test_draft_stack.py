"""Drafts that are put by: each kind of content in a stack of its own, and none takes another's place."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.inbox.records import reply
from wxdesk.core.model.reply import Content, Draft, ReplyKind, ReplyState
from wxdesk.ui.inbox.composer.drafts import DraftStack

TEA = Content(ReplyKind.LINK, title="Tea", url="https://shop.example/tea")
CUPS = Content(ReplyKind.LINK, title="Cups", url="https://shop.example/cups")


def test_a_link_that_is_put_by_hides_neither_a_text_nor_an_earlier_link() -> None:
    drafts = DraftStack()
    for draft in (Draft.of_text("hello"), Draft(TEA), Draft(CUPS)):
        drafts.put(1, draft)
    assert {thread for thread, _ in drafts.unsent} == {1}
    assert drafts.count(1) == 1
    assert drafts.take(1).text == "hello"
    assert [drafts.take(1, ReplyKind.LINK).content for _ in range(3)] == [CUPS, TEA, Content()]
    assert drafts.unsent == []


def test_sent_content_is_removed_from_the_stack_of_its_kind_only() -> None:
    drafts = DraftStack()
    drafts.put(1, Draft(TEA))
    drafts.remove(1, Draft.of_text(""))
    drafts.remove(2, Draft(TEA))
    assert {thread for thread, _ in drafts.unsent} == {1}
    drafts.remove(1, Draft(TEA))
    assert drafts.unsent == []


def test_a_conversation_that_is_only_looked_at_leaves_nothing() -> None:
    """A day has thousands of them."""
    drafts = DraftStack()
    for thread in range(1, 100):
        drafts.take(thread)
        drafts.count(thread)
        drafts.edited(thread)
        drafts.follow(reply(thread, ReplyState.DRAFT), ended=False)
        drafts.remove(thread, Draft.of_text("hello"))
    assert drafts._lying == {}


def test_an_edit_is_changed_by_its_words_alone_not_by_the_values_that_lack() -> None:
    lacking = replace(reply(1, ReplyState.DRAFT), content=Content(text="Dear ‹name›", gaps=("name",)))
    assert not Draft.of_text("Dear ‹name›", lacking).changed
    assert Draft.of_text("Dear Li Lei", lacking).changed
