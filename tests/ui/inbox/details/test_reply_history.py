"""The history of a reply in the window: its words, its panel, from the desk's own steps, and after a restart."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import HOURS
from tests.ui.inbox.records import NOW, ago, reply
from tests.ui.world import World, open_world
from wxdesk import i18n
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author, StatusChange
from wxdesk.core.model.reply import Content, ReplyState
from wxdesk.core.replies.lifecycle import ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import WINDOW_CLOSED, WORD_TAKEN_BACK
from wxdesk.ui.editing.revisions.comparison import LineChange
from wxdesk.ui.inbox.details.reply_history import ReplyHistoryPanel, StepRow, exact_time, history_of
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.wording.reply_status import stopped_words
from wxdesk.ui.wording.times import dated_time

CUSTOMER = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"
K = StepKind


def second(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"


TOLD = [
    (ReplyStep(1, NOW, K.HOLD, until=NOW), f"Held until {second(NOW)}", ""),
    (
        ReplyStep(1, NOW, K.HOLD, reason="The customer wrote again."),
        "Held until you decide",
        "The customer wrote again.",
    ),
    (ReplyStep(1, NOW, K.KEEP, by="operator"), "Opened for editing by you", ""),
    (ReplyStep(1, NOW, K.EXPIRE, reason="Too late."), "Held until you decide", "Too late."),
    (ReplyStep(1, NOW, K.RELEASE, by="operator"), "Released by you", ""),
    (ReplyStep(1, NOW, K.RELEASE, by="Lin"), "Released by Lin", ""),
    (ReplyStep(1, NOW, K.RELEASE), "Released on time", ""),
    (ReplyStep(1, NOW, K.POSTPONE), "Put back by a pause", ""),
    (ReplyStep(1, NOW, K.POSTPONE, reason="no way", until=NOW), f"Not sent, again at {second(NOW)}", "no way"),
    (ReplyStep(1, NOW, K.POSTPONE, errcode=-1, until=NOW), f"Refused with -1, again at {second(NOW)}", "busy"),
    (ReplyStep(1, NOW, K.REFUSE, errcode=40003, reason="invalid openid"), "Refused with 40003", "openid"),
    (ReplyStep(1, NOW, K.REFUSE, reason="the picture is gone"), "Not sent", "the picture is gone"),
    (ReplyStep(1, NOW, K.LOSE, reason="wxdesk ended"), "WeChat's answer never came", "wxdesk ended"),
    (ReplyStep(1, NOW, K.CANCEL, by="operator"), "Stopped by you", ""),
    (ReplyStep(1, NOW, K.CANCEL, by="contact", reason="?"), "Withdrawn: the customer wrote again", ""),
    (ReplyStep(1, NOW, K.CANCEL, by="WeChat"), "Stopped: WeChat takes nothing for this customer", ""),
    (ReplyStep(1, NOW, K.RECALL, by="operator"), "Stopped by you", ""),
    (ReplyStep(1, NOW, K.RETRY, by="operator"), "Sent again by you", ""),
    (ReplyStep(1, NOW, K.CONFIRM, by="operator"), "It arrived, said you", ""),
    (ReplyStep(1, NOW, K.LOCK, by="operator"), "Opened for editing by you", ""),
    (ReplyStep(1, NOW, K.UNLOCK, by="operator"), "Left as it was by you", ""),
    (ReplyStep(1, NOW, K.UNLOCK, by="operator", reason=WINDOW_CLOSED), "Left as it was by you", "reply window closed"),
    (ReplyStep(1, NOW, K.INSTEAD), "You wrote something instead", ""),
    (ReplyStep(1, NOW, K.ASK, reason=WORD_TAKEN_BACK), "Asks you again", "You took back what you wrote instead."),
]


@pytest.mark.parametrize(("step", "text", "note"), TOLD, ids=[text for _, text, _ in TOLD])
def test_each_step_is_one_line(step: ReplyStep, text: str, note: str) -> None:
    line = history_of(reply(1, ReplyState.DRAFT), [step])[-1]
    assert line.text == text
    assert note in line.note
    assert bool(note) == bool(line.note)


def test_every_kind_of_step_has_its_words() -> None:
    told = {step.kind for step, _, _ in TOLD} | {K.EDIT}
    assert told == set(StepKind)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rule_revision": 3}, "By “Hours”, revision 3"),
        ({}, "By “Hours”"),
        ({"rule_name": ""}, "By a rule"),
        ({"author": Author.OPERATOR}, "You wrote it"),
    ],
)
def test_the_author_comes_first(fields: dict[str, Any], words: str) -> None:
    assert [line.text for line in history_of(reply(1, ReplyState.QUEUED, **fields), [])] == [words]


@pytest.mark.parametrize(
    ("aside", "note"),
    [
        (None, ""),
        (StatusChange(), "Once all of it has been sent, the conversation is resolved"),
        (StatusChange(60), "Once all of it has been sent, the conversation is snoozed for 1 h"),
        (StatusChange(90), "Once all of it has been sent, the conversation is snoozed for 90 min"),
        (StatusChange(2880), "Once all of it has been sent, the conversation is snoozed for 48 h"),
        (StatusChange(10080), "Once all of it has been sent, the conversation is snoozed for 7 d"),
    ],
)
def test_the_planned_next_step_is_told_beforehand(aside: StatusChange | None, note: str) -> None:
    assert history_of(reply(1, ReplyState.HELD, aside=aside), [])[0].note == note


def test_the_arrival_comes_last_with_the_attempts_and_only_once() -> None:
    sent = reply(1, ReplyState.SENT, sent_at=NOW, attempts=1)
    assert history_of(sent, [])[-1].text == "Accepted by WeChat"
    assert history_of(reply(1, ReplyState.SENT, sent_at=NOW, attempts=3), [])[-1].text.endswith("at attempt 3")
    confirmed = history_of(sent, [ReplyStep(1, NOW, K.LOSE), ReplyStep(1, NOW, K.CONFIRM, by="operator")])
    assert [line.text for line in confirmed][1:] == ["WeChat's answer never came", "It arrived, said you"]


@pytest.mark.parametrize("kind", [K.CANCEL, K.RECALL])
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"author": Author.OPERATOR, "due_at": NOW}, "Taken back"),
        ({"author": Author.OPERATOR}, "Stopped by you"),
        ({"author": Author.OPERATOR, "due_at": NOW, "error": "no way"}, "Stopped by you"),
        ({"due_at": NOW}, "Stopped by you"),
    ],
)
def test_a_stopped_reply_is_told_in_the_words_of_its_bubble(kind: StepKind, fields: dict[str, Any], words: str) -> None:
    stopped = reply(1, ReplyState.CANCELLED, by="operator", **fields)
    assert history_of(stopped, [ReplyStep(1, NOW, kind, by="operator")])[-1].text == words
    assert stopped_words(stopped) == words


def test_each_edit_tells_what_it_changed_and_no_other() -> None:
    steps = [
        ReplyStep(1, NOW, K.EDIT, by="operator", before=Content(text="九点")),
        ReplyStep(1, NOW, K.EDIT, by="operator", before=Content(text="十点")),
    ]
    _, first, then = history_of(reply(1, ReplyState.DRAFT, text="十点半"), steps)
    assert [(one.text, one.change) for one in first.pieces] == [
        ("九", LineChange.GONE), ("十", LineChange.ADDED), ("点", LineChange.SAME),
    ]  # fmt: skip
    assert [(one.text, one.change) for one in then.pieces] == [("十点", LineChange.SAME), ("半", LineChange.ADDED)]


def test_times_are_short_in_sight_and_exact_behind() -> None:
    made, later = NOW, NOW + timedelta(days=2)
    assert dated_time(made, made) == f"{made.astimezone():%H:%M}"
    assert dated_time(later, made).startswith("Oct 4 ")
    assert exact_time(made) == f"Oct 2, 2026 {second(made)}"


def lines(panel: ReplyHistoryPanel) -> list[str]:
    rows = [panel._rows.itemAt(at).widget() for at in range(panel._rows.count())]
    return [row.line.text for row in rows if isinstance(row, StepRow)]


def test_the_panel_is_read_out_and_hides_without_a_reply(qtbot: QtBot) -> None:
    panel = ReplyHistoryPanel()
    qtbot.addWidget(panel)
    edit = ReplyStep(1, ago(minutes=1), K.EDIT, by="operator", before=Content(text="九点"))
    panel.show_reply(reply(1, ReplyState.DRAFT, text="十点"), [edit])
    assert lines(panel) == ["By “Hours”", "Edited by you"]
    said = panel.card.accessibleDescription()
    assert "Removed “九”, Added “十”" in said
    assert exact_time(ago(minutes=1)) in said
    row = panel._rows.itemAt(1).widget()
    assert isinstance(row, StepRow)
    assert exact_time(ago(minutes=1)) in row.time.toolTip()
    panel.show_reply(None)
    assert panel.isHidden()
    assert lines(panel) == []


def held(world: World) -> tuple[int, int]:
    conversation = world.say(CUSTOMER, "opening?")
    [made] = world.call(world.store.replies.pending())
    return conversation, made.id


def test_alt_enter_tells_the_way_of_the_bubble_in_focus_and_leads_to_its_rule(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Callable[[int], None]
) -> None:
    conversation, reply_id = held(world)
    world.call(world.desk.replies.lock_for_edit(reply_id))
    world.call(world.desk.replies.edit(reply_id, "We open at 10."))
    opened(conversation)
    history = page.detail.history
    page.chat.timeline.focus_last()
    qtbot.waitUntil(lambda: bridge.is_idle and not history.isHidden())
    assert lines(history)[2:] == ["Opened for editing by you", "Edited by you"]
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert history.card.hasFocus()
    row = history._rows.itemAt(0).widget()
    assert isinstance(row, StepRow)
    with qtbot.waitSignal(history.rule_wanted) as wanted:
        row.link.click()
    [rule] = [one for one in world.call(world.desk.rules.rulebook.all()) if one.name == HOURS.name]
    assert wanted.args == [rule.id, 1]


def test_the_panel_follows_the_reply_while_it_is_in_focus(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Callable[[int], None]
) -> None:
    conversation, reply_id = held(world)
    opened(conversation)
    page.chat.timeline.focus_last()
    qtbot.waitUntil(lambda: len(lines(page.detail.history)) == 2)
    world.call(world.desk.replies.release(reply_id))
    qtbot.waitUntil(lambda: lines(page.detail.history)[2:] == ["Released by you", "Accepted by WeChat"])
    page.chat.timeline.setCurrentIndex(page.session.model.index(page.session.model.row_of("m1")))
    qtbot.waitUntil(page.detail.history.isHidden)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which a desk ran, held a reply, and was closed."""
    with open_world(tmp_path, ReplyMode.HOLD) as first:
        first.call(first.desk.rules.rulebook.save(HOURS))
        _, reply_id = held(first)
        first.call(first.desk.replies.lock_for_edit(reply_id))
        first.call(first.desk.replies.edit(reply_id, "We open at 10."))
    return tmp_path


def test_a_restart_keeps_what_happened(home: Path) -> None:
    with open_world(home, ReplyMode.HOLD) as again:
        [draft] = again.call(again.store.replies.pending())
        told = again.call(again.store.replies.steps(draft.id))
        texts = [line.text for line in history_of(draft, told)]
    assert texts[0] == "By “Hours”, revision 1"
    assert texts[1].startswith("Held until ")
    assert texts[2:] == ["Opened for editing by you", "Edited by you"]


def test_the_history_is_told_in_chinese() -> None:
    i18n.use("zh_CN")
    try:
        step = ReplyStep(1, NOW, K.HOLD, reason="The customer wrote again.", until=NOW)
        author, line = history_of(reply(1, ReplyState.HELD, rule_revision=2), [step])
        assert author.text == "规则「Hours」第 2 版"
        assert (line.text, line.note) == (f"等到 {second(NOW)} 再发", "客户又发了消息。")
    finally:
        i18n.use("en")


def test_another_step_is_laid_out_and_shown_at_once_so_that_nothing_blinks(qtbot: QtBot) -> None:
    panel = ReplyHistoryPanel()
    qtbot.addWidget(panel)
    panel.resize(280, 400)
    panel.show()
    held = replace(reply(1, ReplyState.HELD), rule_id=1, rule_revision=1)
    panel.show_reply(held, [ReplyStep(1, NOW, K.HOLD, until=NOW)])
    qtbot.waitUntil(lambda: all(row.isVisible() for row in panel.findChildren(StepRow)))
    panel.show_reply(held, [ReplyStep(1, NOW, K.HOLD, until=NOW + timedelta(seconds=1))])
    rows = [row for row in panel.findChildren(StepRow) if not row.isHidden()]
    assert len(rows) == 2
    assert all(row.isVisible() and row.time.isVisible() for row in rows)
    assert [one.isVisible() for one in rows[0].findChildren(Button)] == [True]
    assert rows[0].geometry().bottom() < rows[1].geometry().top()
