"""Drafts of all conversations: each kind of content in a stack of its own, and none takes another's place."""

import pytest
from msgspec.structs import replace

from tests.ui.inbox.records import reply
from wxdesk.core.model.reply import Content, Draft, ReplyKind, ReplyState
from wxdesk.ui.inbox.composer.drafts import Drafts

TEA = Content(ReplyKind.LINK, title="Tea", url="https://shop.example/tea")
CUPS = Content(ReplyKind.LINK, title="Cups", url="https://shop.example/cups")
HELD = reply(7, ReplyState.HELD, text="We open at 9.")


@pytest.fixture
def drafts() -> Drafts:
    made = Drafts()
    made.open(1)
    return made


def texts(drafts: Drafts) -> list[str]:
    return [draft.text for _, draft in drafts.unsent]


def test_a_link_that_is_put_by_hides_neither_a_text_nor_an_earlier_link(drafts: Drafts) -> None:
    for draft in (Draft.of_text("hello"), Draft(TEA), Draft(CUPS)):
        drafts.begin(draft)
    assert {thread for thread, _ in drafts.unsent} == {1}
    assert (drafts.top().text, drafts.below[ReplyKind.TEXT]) == ("hello", 0)
    shown = []
    for _ in range(3):
        shown.append(drafts.top(ReplyKind.LINK).content)
        drafts.remove(1, drafts.top(ReplyKind.LINK))
    assert shown == [CUPS, TEA, Content(ReplyKind.LINK)]
    assert texts(drafts) == ["hello"]


def test_sent_content_is_removed_from_the_stack_of_its_kind_only(drafts: Drafts) -> None:
    drafts.begin(Draft(TEA))
    drafts.remove(1, Draft.of_text(""))
    drafts.remove(2, Draft(TEA))
    assert {thread for thread, _ in drafts.unsent} == {1}
    assert drafts.remove(1, Draft(TEA))
    assert drafts.unsent == []


def test_a_conversation_that_is_only_looked_at_leaves_nothing(drafts: Drafts) -> None:
    """A day has thousands of them."""
    for thread in range(1, 100):
        drafts.open(thread)
        drafts.write(Content(text="h"))
        drafts.write(Content())
        drafts.leave(ReplyKind.LINK)
        drafts.follow(reply(thread, ReplyState.DRAFT))
        drafts.remove(thread, Draft.of_text("hello"))
    assert drafts._stacks == {}


def test_what_a_text_went_on_with_stays_also_in_another_conversation(drafts: Drafts) -> None:
    drafts.write(Content(text="hello"))
    sent = drafts.top()
    drafts.write(Content(text="hello, and then"))
    drafts.open(2)
    assert not drafts.remove(1, sent)
    assert drafts.unsent == [(1, Draft.of_text(", and then"))]


def test_an_edit_that_was_not_changed_is_given_up_once_another_text_begins(drafts: Drafts) -> None:
    given_up: list[Draft] = []
    drafts.given_up.connect(given_up.append)
    drafts.edit(HELD)
    drafts.begin(Draft.of_text("hello"))
    assert [one.reply_id for one in given_up] == [7]
    drafts.edit(HELD)
    drafts.write(Content(text="We open at 10."))
    drafts.begin(Draft.of_text("again"))
    assert (len(given_up), texts(drafts)) == (1, ["hello", "We open at 10.", "again"])
    drafts.edit(HELD)
    assert (len(given_up), texts(drafts)) == (1, ["hello", "again", "We open at 10."])


def test_a_change_that_was_sent_after_it_was_left_does_not_come_back(drafts: Drafts) -> None:
    drafts.edit(HELD)
    drafts.write(Content(text="We open at 10."))
    sent = drafts.top()
    drafts.leave()
    drafts.remove(1, sent)
    drafts.edit(HELD)
    assert drafts.top().text == "We open at 9."


def test_stored_drafts_lie_below_what_was_written_before_they_were_read(drafts: Drafts) -> None:
    drafts.write(Content(text="new"))
    edit = replace(reply(8, ReplyState.HELD), content=TEA)
    drafts.restore([(1, Draft.of_text("first")), (1, Draft(CUPS, edit)), (1, Draft.of_text("second"))])
    assert texts(drafts) == ["first", "second", "new"]
    assert drafts.top(ReplyKind.LINK).blank, "an edit in a panel waits until its reply is edited again"
    drafts.edit(edit)
    assert drafts.top(ReplyKind.LINK) == Draft(CUPS, edit)


def test_undone_texts_come_before_what_is_written_and_never_into_an_edit(drafts: Drafts) -> None:
    drafts.write(Content(text="and then"))
    drafts.put_back(1, Content(text="wrong"))
    drafts.edit(HELD)
    drafts.put_back(1, Content(text="first"))
    assert texts(drafts) == ["first\nwrong\nand then"]
    drafts.leave()
    drafts.begin(Draft.of_text("again"))
    drafts.leave()
    assert drafts.top().text == "first\nwrong\nand then"


def test_an_edit_is_changed_by_its_words_alone_not_by_the_values_that_lack() -> None:
    lacking = replace(reply(1, ReplyState.DRAFT), content=Content(text="Dear ‹name›", gaps=("name",)))
    assert not Draft(Content(text="Dear ‹name›"), lacking).changed
    assert Draft(Content(text="Dear Li Lei"), lacking).changed
