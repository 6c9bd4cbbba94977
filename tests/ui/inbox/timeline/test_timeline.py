"""What stands in a timeline, and that it changes without moving what is being read."""

from datetime import timedelta

import pytest
from msgspec.structs import force_setattr, replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, ask_at_once, clock, message, no_file, reply
from wxdesk import i18n
from wxdesk.core.conversations.listing import TimelineItem, in_order
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import TOO_LATE
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, caption_of, notice_of, offers_in, offers_of, trouble_of
from wxdesk.ui.inbox.timeline.bubbles.delegate import look_of
from wxdesk.ui.inbox.timeline.bubbles.layout import SIDE, bubble_room, lay_out
from wxdesk.ui.inbox.timeline.entries import EntryKind, entries_of, first_unread
from wxdesk.ui.inbox.timeline.model import TimelineModel
from wxdesk.ui.inbox.timeline.view import TimelineView


def words(item: TimelineItem, now: object = NOW) -> str:
    entry = entries_of([item], NOW)[-1]
    return " | ".join(part.text for part in caption_of(entry, now))  # type: ignore[arg-type]


def test_the_unread_bar_stands_above_what_was_written_and_counts_no_arrivals() -> None:
    entered = message(2, minutes=4, text="", event="user_enter_tempsession")
    items = [message(1, minutes=9), message(3, minutes=5), entered]
    assert first_unread(items, 1) == 3


def test_days_the_unread_bar_and_arrivals_stand_between_the_bubbles() -> None:
    entered = message(
        2, minutes=5, text="", event="user_enter_tempsession", session_from="goods/1024", msg_type="event"
    )
    force_setattr(entered, "type", MessageType.ENTER_SESSION)
    items = [message(1, minutes=60 * 24), entered, message(3, minutes=4), message(4, minutes=3)]
    entries = entries_of(items, NOW, first_unread(items, 2))
    assert [entry.kind for entry in entries] == [
        EntryKind.DAY,
        EntryKind.MESSAGE,
        EntryKind.DAY,
        EntryKind.ACTIVITY,
        EntryKind.UNREAD,
        EntryKind.MESSAGE,
        EntryKind.MESSAGE,
    ]
    assert entries[0].text == "Yesterday"
    assert "goods/1024" in entries[3].text


def test_a_message_without_an_answer_says_why_until_somebody_answers() -> None:
    items: list[TimelineItem] = [message(1, minutes=2)]
    decision = Decision(1, 1, Outcome.UNMATCHED, NOW)
    silent = entries_of(items, NOW, latest=decision)[-1]
    assert [part.text for part in caption_of(silent, NOW)][1:] == ["Nobody answered: no rule matched", "Why"]
    answered = [*items, reply(1, ReplyState.QUEUED, minutes=1, author=Author.OPERATOR)]
    assert entries_of(answered, NOW, latest=decision)[1].silence is None


def test_captions_say_who_when_and_in_what_state() -> None:
    held = reply(1, ReplyState.HELD, due_at=NOW + timedelta(seconds=4.2))
    assert words(held) == "Sends in 5 s | Rule | Hours | Why"
    assert words(held, NOW + timedelta(seconds=3)) == "Sends in 2 s | Rule | Hours | Why"
    assert words(held, NOW + timedelta(seconds=9)).startswith("About to be sent")
    assert words(reply(1, ReplyState.SENT, edited=True)).startswith("Rule | Hours | edited by you | ")
    mine = reply(1, ReplyState.SENT, author=Author.OPERATOR, rule_name="")
    assert words(mine).startswith("You | ")
    assert words(mine).endswith("Accepted by WeChat")
    assert words(reply(1, ReplyState.UNKNOWN)).endswith("May have been delivered")
    postponed = reply(1, ReplyState.QUEUED, not_before=NOW + timedelta(seconds=61))
    assert words(postponed).startswith("Tries again in 1 min")


def test_a_reply_that_has_not_left_says_what_the_customer_wrote_since() -> None:
    asked, since = message(1, minutes=9, text="Do you ship today?"), message(3, minutes=2, text="And to Beijing?")
    draft = reply(2, ReplyState.DRAFT, minutes=8, message_id=1, edited=True)
    entry = entries_of([asked, draft, since], NOW)[2]
    assert entry.since is since
    assert notice_of(entry) == "The customer has written since: “And to Beijing?”"
    said = [part.text for part in caption_of(entry, NOW)]
    assert said == ["Draft, waits for you", "Rule", "Hours", "edited by you", "to “Do you ship today?”", "Why"]
    assert offers_in(entry)[-1].action is BubbleAction.SEE_SINCE
    others: list[list[TimelineItem]] = [[asked, draft], [asked, replace(draft, state=ReplyState.SENT), since]]
    for alone in others:
        shown = next(one for one in entries_of(alone, NOW) if one.reply)
        assert shown.since is None
        assert "to “" not in " ".join(part.text for part in caption_of(shown, NOW))


@pytest.mark.parametrize("edited", [True, False])
def test_a_reply_that_has_not_left_says_what_the_operator_has_answered_since(edited: bool) -> None:
    asked, draft = message(1, minutes=9), reply(2, ReplyState.DRAFT, minutes=8, message_id=1, edited=edited)
    own = reply(3, ReplyState.SENT, minutes=5, author=Author.OPERATOR, text="At ten today.", rule_name="")
    thanks = message(4, minutes=2, text="Thanks!")
    entry = entries_of([asked, draft, own], NOW)[2]
    assert notice_of(entry) == "You have answered since: “At ten today.”"
    both = entries_of([asked, draft, own, thanks], NOW)[2]
    assert notice_of(both).split("\n") == [notice_of(entry), "The customer has written since: “Thanks!”"]
    at_once = replace(own, created_at=draft.created_at)
    assert entries_of([asked, draft, at_once], NOW)[2].spoken is at_once
    before = replace(own, created_at=draft.created_at - timedelta(seconds=30))
    taken_back = replace(own, state=ReplyState.CANCELLED)
    of_a_rule = replace(own, author=Author.RULE)
    planned = replace(own, state=ReplyState.QUEUED, sent_at=None, not_before=NOW + timedelta(hours=1))
    asks = replace(own, state=ReplyState.HELD, sent_at=None)
    for other in (before, taken_back, of_a_rule, planned, asks):
        shown = next(one for one in entries_of(in_order([asked, draft, other]), NOW) if one.reply is draft)
        assert notice_of(shown) == ""


def test_a_message_that_came_before_the_answer_was_made_counts_as_since() -> None:
    items: list[TimelineItem] = [message(1, minutes=9), message(2, minutes=8), reply(3, ReplyState.HELD, message_id=1)]
    answer = entries_of(items, NOW)[-1]
    assert answer.since is items[1]
    assert answer.answers is items[0]


def test_a_queued_reply_of_a_refused_account_is_not_painted_as_sent() -> None:
    kept_back = reply(1, ReplyState.QUEUED, author=Author.OPERATOR, errcode=40164, error="invalid ip")
    assert look_of(entries_of([kept_back], NOW)[-1]).trouble == "pending"
    leaving = reply(1, ReplyState.QUEUED, author=Author.OPERATOR)
    assert look_of(entries_of([leaving], NOW)[-1]).ground == "accent_fill"
    assert trouble_of(kept_back).startswith("Waits, 40164: this machine's address is not in the IP list.")


def test_a_reply_that_came_too_late_says_so_in_both_languages() -> None:
    late = reply(1, ReplyState.HELD, error=TOO_LATE)
    assert trouble_of(late) == TOO_LATE
    i18n.use("zh_CN")
    assert trouble_of(late) == "没能及时发出，所以没有自动发送。请看看现在还合不合适。"
    assert trouble_of(reply(1, ReplyState.DRAFT)) == ""


def test_a_failure_is_told_with_its_code_its_meaning_and_a_remedy() -> None:
    told = trouble_of(reply(1, ReplyState.FAILED, errcode=45015, error="response out of time limit", rid="6a-7b-8c"))
    assert told.startswith("Failed 45015: the time for replies is over. WeChat allows replies for 48 hours after")
    assert told.endswith(" Wait until the customer writes again.\nrid 6a-7b-8c")
    unknown = trouble_of(reply(1, ReplyState.FAILED, errcode=4, error="<b>down</b>"))
    assert unknown.startswith("Failed 4: a code that wxdesk does not know: “<b>down</b>”. ")
    assert trouble_of(reply(1, ReplyState.SENT)) == ""


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (ReplyState.HELD, [BubbleAction.SEND, BubbleAction.EDIT, BubbleAction.STOP]),
        (ReplyState.DRAFT, [BubbleAction.SEND, BubbleAction.EDIT, BubbleAction.DISCARD]),
        (ReplyState.FAILED, [BubbleAction.RETRY, BubbleAction.EDIT, BubbleAction.DISCARD]),
        (ReplyState.UNKNOWN, [BubbleAction.CONFIRM, BubbleAction.SEND_AGAIN]),
        (ReplyState.SENT, []),
        (ReplyState.SENDING, []),
        (ReplyState.CANCELLED, []),
    ],
)
def test_each_state_offers_what_can_be_done(state: ReplyState, actions: list[BubbleAction]) -> None:
    assert [offer.action for offer in offers_of(reply(1, state))] == actions


@pytest.mark.parametrize("width", [320, 528, 624, 1400])
@pytest.mark.parametrize("text", ["A" * 2048, "汉" * 682, "hello", "a\n" * 40, ""])
def test_a_bubble_stays_within_its_room(qapp: object, width: int, text: str) -> None:
    for item in (message(1, text=text), reply(1, ReplyState.HELD, text=text, due_at=NOW, rule_name="R" * 60)):
        row = lay_out(entries_of([item], NOW)[-1], width)
        assert row.bubble.width() <= bubble_room(width) + 1
        assert row.bubble.left() >= SIDE - 1
        assert row.bubble.right() <= width - SIDE + 1
        assert row.caption.bottom() <= row.height
        assert row.content is not None
        assert row.content.width <= row.bubble.width()
        for placed in row.buttons:
            assert row.bubble.contains(placed.rect)


@pytest.fixture
def model(qapp: object) -> TimelineModel:
    made = TimelineModel(clock)
    made.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        made, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return made


@pytest.fixture
def view(qtbot: QtBot, model: TimelineModel) -> TimelineView:
    made = TimelineView(model, Album(no_file, ask_at_once))
    made.resize(600, 500)
    qtbot.addWidget(made)
    made.show()
    return made


def show(model: TimelineModel, items: list[TimelineItem]) -> None:
    model.show(entries_of(in_order(items), NOW))


def top_of(view: TimelineView, model: TimelineModel, key: str) -> int:
    row = model.row_of(key)
    assert row >= 0
    return view.visualRect(model.index(row)).top()


def test_the_newest_stands_at_the_foot(view: TimelineView, model: TimelineModel) -> None:
    show(model, [message(1, minutes=3)])
    last = view.visualRect(model.index(model.rowCount() - 1)).translated(view.viewport().pos())
    assert view.height() - 4 <= last.bottom() <= view.height()


def test_a_question_further_down_comes_into_sight_and_one_further_up_does_not(
    view: TimelineView, model: TimelineModel
) -> None:
    items: list[TimelineItem] = [message(n, minutes=200 - n) for n in range(1, 61)]
    old, held = reply(1, ReplyState.FAILED, minutes=300), reply(2, ReplyState.HELD, minutes=0, due_at=NOW)

    def bottom_of(key: str) -> int:
        row = model.row_of(key)
        assert row >= 0
        return view.visualRect(model.index(row)).bottom()

    show(model, [old, *items])
    view.go_to("m30", mark=False)
    before = top_of(view, model, "m30")
    view.show_last_question()
    assert top_of(view, model, "m30") == before
    show(model, [old, *items, held])
    view.go_to("m30", mark=False)
    assert bottom_of("r2") > view.viewport().height()
    view.show_last_question()
    assert bottom_of("r2") <= view.viewport().height()


def test_the_end_is_followed_while_it_is_in_sight(view: TimelineView, model: TimelineModel) -> None:
    items: list[TimelineItem] = [message(n, minutes=200 - n) for n in range(1, 61)]
    show(model, items)
    view.to_end()
    show(model, [*items, message(99, minutes=1)])
    assert view.at_end()
    assert not view.jump.isVisible()


def test_the_scroll_position_stays_when_messages_come_above_and_below(view: TimelineView, model: TimelineModel) -> None:
    items: list[TimelineItem] = [message(n, minutes=200 - n) for n in range(1, 61)]
    show(model, items)
    view.go_to("m30", mark=False)
    before = top_of(view, model, "m30")
    older: list[TimelineItem] = [message(100 + n, minutes=400 - n, text="older " * n) for n in range(50)]
    show(model, [*older, *items, message(99, minutes=1), message(98, minutes=1)])
    assert top_of(view, model, "m30") == before
    assert view.jump.text() == "2 new messages"
    view.to_end()
    assert not view.jump.isVisible()


def test_a_reply_that_changes_its_height_moves_nothing_above_the_reader(
    view: TimelineView, model: TimelineModel
) -> None:
    tail: list[TimelineItem] = [message(n, minutes=200 - n) for n in range(1, 61)]
    show(model, [reply(1, ReplyState.HELD, minutes=300, due_at=NOW), *tail])
    view.go_to("m30", mark=False)
    before = top_of(view, model, "m30")
    show(model, [reply(1, ReplyState.SENT, minutes=300), *tail])
    assert top_of(view, model, "m30") == before


def test_keys_and_mouse_press_what_the_focused_bubble_offers(
    qtbot: QtBot, view: TimelineView, model: TimelineModel
) -> None:
    pressed: list[tuple[BubbleAction, str]] = []
    view.acted.connect(lambda action, key: pressed.append((action, key)))
    show(model, [message(1, minutes=3), reply(7, ReplyState.HELD, minutes=1, due_at=NOW + timedelta(seconds=9))])
    view.focus_last()
    for keys in ("Return", "Ctrl+E", "Esc"):
        qtbot.keySequence(view, keys)
    assert pressed == [(BubbleAction.SEND, "r7"), (BubbleAction.EDIT, "r7"), (BubbleAction.STOP, "r7")]
    pressed.clear()
    row = model.index(model.rowCount() - 1)
    layout = view.bubbles.layout_of(model.rows()[-1])
    for placed in layout.buttons:
        at = view.visualRect(row).topLeft() + placed.rect.center().toPoint()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    by_mouse = [BubbleAction.SEND, BubbleAction.EDIT, BubbleAction.STOP, BubbleAction.TAKE_OVER]
    assert [action for action, _ in pressed] == by_mouse


def test_a_press_that_ends_elsewhere_does_nothing(qtbot: QtBot, view: TimelineView, model: TimelineModel) -> None:
    pressed: list[BubbleAction] = []
    view.acted.connect(lambda action, _key: pressed.append(action))
    show(model, [reply(7, ReplyState.HELD, minutes=1, due_at=NOW)])
    placed = view.bubbles.layout_of(model.rows()[-1]).buttons[0]
    at = view.visualRect(model.index(model.rowCount() - 1)).topLeft() + placed.rect.center().toPoint()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at - QPoint(0, 60))
    assert pressed == []


def test_the_text_of_the_focused_bubble_can_be_copied(qtbot: QtBot, view: TimelineView, model: TimelineModel) -> None:
    from PySide6.QtGui import QGuiApplication

    show(model, [message(1, minutes=3, text="<b>plain</b>\nsecond line")])
    view.focus_last()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "<b>plain</b>\nsecond line"


def test_a_bubble_says_everything_in_one_sentence(model: TimelineModel) -> None:
    show(model, [reply(7, ReplyState.HELD, minutes=1, text="We open at 9.", due_at=NOW + timedelta(seconds=9))])
    said = model.index(model.rowCount() - 1).data(Qt.ItemDataRole.AccessibleTextRole)
    for part in (
        "We open at 9.",
        "Sends in 9 s",
        "Rule",
        "Hours",
        "Send now Enter",
        "Edit Ctrl+E",
        "Stop Esc",
        "Take over F4",
    ):
        assert part in said
