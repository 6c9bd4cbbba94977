"""Rows come in pages, and those that are touched come, go and move one by one."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from tests.ui.inbox.records import NOW, clock, reply, row
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.conversations.inbox_queries import LIST_PAGE
from wxdesk.ui.inbox.conversation_list.rows import ConversationListModel
from wxdesk.ui.wording.reply_status import no_hold_reason

QT_MODE = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def model(qapp: object) -> ConversationListModel:
    made = ConversationListModel(clock, no_hold_reason)
    made.tester = QAbstractItemModelTester(made, QT_MODE)  # type: ignore[attr-defined]
    return made


def ids(model: ConversationListModel) -> list[int]:
    return [row.conversation.id for row in model.rows()]


def test_a_conversation_with_something_new_moves_to_the_top(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(1, last=1), row(2, last=2), row(3, last=3)])
    model.merge([row(3, last=0)])
    assert ids(model) == [3, 1, 2]
    model.merge([row(3, last=1.5)])
    assert ids(model) == [1, 3, 2]


def test_the_longest_waiting_stands_first_and_the_answered_goes(model: ConversationListModel) -> None:
    model.show(InboxFilter.WAITING, [row(1, waiting=9), row(2, waiting=5)])
    model.merge([row(3, waiting=7), row(1, waiting=None)])
    assert ids(model) == [3, 2]


def test_failed_conversations_stand_behind_those_that_wait(model: ConversationListModel) -> None:
    failed = reply(1, ReplyState.FAILED)
    model.show(InboxFilter.NEEDS_HUMAN, [row(1, waiting=3, taken_over=True), row(2, last=9, failed=failed)])
    model.merge([row(3, last=4, failed=failed), row(4, waiting=8, taken_over=True), row(5, waiting=2)])
    assert ids(model) == [4, 1, 3, 2]


def test_the_open_conversation_stays_although_it_is_read_now(model: ConversationListModel) -> None:
    model.show(InboxFilter.UNREAD, [row(1, last=1, unread=2), row(2, last=2, unread=1)])
    model.keep(1)
    model.merge([row(1, last=1, unread=0)])
    assert ids(model) == [1, 2]
    model.keep(2)
    assert ids(model) == [2]


def test_pages_are_asked_for_once_and_a_row_is_never_shown_twice(model: ConversationListModel) -> None:
    asked: list[int] = []
    model.more_wanted.connect(asked.append)
    model.show(InboxFilter.ALL, [row(n, last=n) for n in range(1, LIST_PAGE + 1)])
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [LIST_PAGE]
    model.append([row(LIST_PAGE, last=LIST_PAGE), row(LIST_PAGE + 1, last=LIST_PAGE + 1)])
    assert ids(model) == list(range(1, LIST_PAGE + 2))
    assert not model.canFetchMore(QModelIndex())


def test_a_page_that_could_not_be_read_is_asked_for_again(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(n, last=n) for n in range(1, LIST_PAGE + 1)])
    model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex())
    model.page_failed()
    assert model.canFetchMore(QModelIndex())


def test_the_open_row_that_is_read_already_does_not_count_for_the_next_page(model: ConversationListModel) -> None:
    asked: list[int] = []
    model.more_wanted.connect(asked.append)
    model.show(InboxFilter.UNREAD, [row(n, last=n, unread=1) for n in range(1, LIST_PAGE + 1)])
    model.keep(5)
    model.merge([row(5, last=5, unread=0)])
    model.page_failed()
    model.fetchMore(QModelIndex())
    assert asked[-1] == LIST_PAGE - 1


def test_a_change_below_the_rows_read_is_left_to_its_page(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(n, last=n) for n in range(1, LIST_PAGE + 1)])
    model.merge([row(999, last=5000)])
    assert 999 not in ids(model)


def test_a_row_says_everything_in_one_sentence(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(1, waiting=12, unread=2, taken_over=True)])
    said = model.index(0).data()
    for part in ("Person 1", "2 unread", "hello", "Needs you", "5 left · 47 h", "Waiting 12 min"):
        assert part in said
    assert "oPerson" not in said


def test_whom_wechats_tool_serves_is_not_called_late_by_their_row(model: ConversationListModel) -> None:
    """What they asked before they were handed over still waits here, and says so once they are back."""
    for until, late in ((NOW + timedelta(minutes=5), False), (None, True)):
        model.show(InboxFilter.ALL, [row(1, waiting=50, last=2, taken_over=True, transferred_until=until)])
        said = model.index(0).data()
        assert ("Waiting 50 min" in said, "In WeChat's tool" in said) == (late, not late)


def test_a_countdown_rounds_up_and_never_goes_below_nothing(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(1, held=1, due_at=NOW + timedelta(seconds=4.2)), row(2, held=1, due_at=NOW)])
    assert "Sends in 5 s" in model.index(0).data()
    assert "About to be sent" in model.index(1).data()


def test_a_calling_conversation_rises_and_sinks_again_once_its_call_is_over(model: ConversationListModel) -> None:
    model.show(InboxFilter.ALL, [row(1, last=1), row(2, last=2), row(3, last=3, waiting=3)])
    model.merge([row(3, last=3, waiting=3, calls=(Attention(3, AttentionReason.LEFT, NOW, seen=True),))])
    assert ids(model) == [3, 1, 2]
    model.merge([row(2, last=2, waiting=9, calls=(Attention(2, AttentionReason.CALLED, NOW),))])
    assert ids(model) == [2, 3, 1]
    model.merge(
        [
            row(2, last=2, calls=(Attention(2, AttentionReason.UNFINISHED, NOW, seen=True),)),
            row(1, calls=(Attention(1, AttentionReason.HELD, NOW),)),
        ]
    )
    assert ids(model) == [3, 1, 2]


def test_a_calling_conversation_is_under_for_you_unless_a_reply_only_waits(model: ConversationListModel) -> None:
    model.show(InboxFilter.NEEDS_HUMAN, [])
    model.merge(
        [
            row(1, calls=(Attention(1, AttentionReason.CALLED, NOW),)),
            row(2, calls=(Attention(2, AttentionReason.DRAFT, NOW),)),
        ]
    )
    assert ids(model) == [1]
