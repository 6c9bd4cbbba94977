"""The window on a real desk: its pages, its strip, the pause, and how it closes."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import conversation as waiting
from tests.ui.world import World
from wxdesk.core.conversations.listing import DayCounts, InboxCounts
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.events import TokenChanged, TroubleRaised
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, LeaveDialog
from wxdesk.ui.widgets.dialogs.notice_lines import NoticeBar
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet
from wxdesk.ui.widgets.labels import KeyCap, PlainLabel
from wxdesk.ui.wording.messages import name_of, short_openid

WANG = "oW7hT5dQmZ0xKfLr2sVnB8yE4c31"


@pytest.fixture
def active(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window with the keyboard."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_the_rail_and_the_keys_show_the_pages(qtbot: QtBot, active: MainWindow) -> None:
    assert active.stack.count() == len(active.rail.items) + 1  # the guided set-up
    for index, item in enumerate(active.rail.items):
        qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
        assert active.stack.currentIndex() == index
    for index, item in enumerate(active.rail.items):
        qtbot.keyClick(active, Qt.Key(ord(str(index + 1))), Qt.KeyboardModifier.ControlModifier)
        assert active.stack.currentIndex() == index
        assert item.isChecked()
        assert f"(Ctrl+{index + 1})" in item.toolTip()


def test_every_page_is_named_whole_also_while_it_is_shown(window: MainWindow) -> None:
    for item in window.rail.items:
        item.setChecked(True)
        assert item.fontMetrics().horizontalAdvance(item.place.word) <= item.width() - 2, item.place.word


def test_a_page_has_the_keyboard_where_it_had_it_and_no_button_is_ringed_before(
    qtbot: QtBot, active: MainWindow
) -> None:
    search = active.pages.inbox.widget.list.search
    search.setFocus()
    for item in active.rail.items[1:]:
        qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
        assert active.shown.hasFocus()
    qtbot.mouseClick(active.rail.items[0], Qt.MouseButton.LeftButton)
    assert search.hasFocus()


def _takes_tab(one: QWidget) -> bool:
    policy = one.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(policy) and one.isVisible() and one.isEnabled() and one.focusProxy() is None


def test_tab_goes_into_the_page_that_was_chosen_and_to_the_foot_after_it(qtbot: QtBot, active: MainWindow) -> None:
    for index in range(1, len(active.rail.items)):
        qtbot.keyClick(active, Qt.Key(ord(str(index + 1))), Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(active.focusWidget(), Qt.Key.Key_Tab)
        page, reached = active.stack.currentWidget(), list[QWidget]()
        assert page.isAncestorOf(active.focusWidget()), active.page_names[index]
        while page.isAncestorOf(active.focusWidget()):
            reached.append(active.focusWidget())
            qtbot.keyClick(active.focusWidget(), Qt.Key.Key_Tab)
        assert active.focusWidget() is active.status_bar.listener, active.page_names[index]
        groups = [group for one in reached if isinstance(one, QAbstractButton) and (group := one.group()) is not None]
        assert all(group.checkedButton() in (None, *reached) for group in groups), active.page_names[index]
        assert {*reached} == {one for one in page.findChildren(QWidget) if _takes_tab(one)}, active.page_names[index]


def test_tab_goes_into_a_page_before_a_bar_that_came_first(qtbot: QtBot, active: MainWindow) -> None:
    for key in active.notices.bars.texts():  # beside a server, its database of tests is told to be unsafe
        active.notices.bar(key, "")
    active.notices.bar("one", "Something waits.", "pending", "Decide…", lambda: None)
    qtbot.keyClick(active, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(active.focusWidget(), Qt.Key.Key_Tab)
    assert active.stack.currentWidget().isAncestorOf(active.focusWidget())
    while active.stack.currentWidget().isAncestorOf(active.focusWidget()):
        qtbot.keyClick(active.focusWidget(), Qt.Key.Key_Tab)
    assert active.focusWidget() is active.notices.bars.button("one")


def test_ctrl_comma_shows_the_settings(qtbot: QtBot, active: MainWindow) -> None:
    qtbot.keyClick(active, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert active.page_names[active.stack.currentIndex()] == "settings"


def test_the_keys_of_the_rules_work_before_anything_on_their_page_was_touched(
    qtbot: QtBot, active: MainWindow, bridge: WindowBridge
) -> None:
    qtbot.keyClick(active, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle)
    qtbot.keyClick(active, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    editor = active.pages.rules.widget.editor
    qtbot.waitUntil(editor.head.title.hasFocus)
    assert editor.saved.id == 0


def test_f8_pauses_the_desk_itself_and_resumes_it(qtbot: QtBot, active: MainWindow, world: World) -> None:
    rule = Rule("all", when=Condition(any=("hello",)), then=(Action(ActionKind.REPLY, text="hi"),))
    world.call(world.desk.rules.rulebook.save(rule))
    qtbot.keyClick(active, Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isVisible)
    assert world.desk.health.state.paused
    qtbot.waitUntil(lambda: world.call(world.store.settings.get("paused")) == "1")
    assert active.status_bar.replies.accessibleName() == "Automatic replies: paused"
    assert active.status_bar.replies.role == "pending"
    assert active.windowTitle() == "Paused · wxdesk"
    conversation = world.say(WANG, "hello")
    qtbot.waitUntil(lambda: active.windowTitle() == "(1) Paused · wxdesk")
    assert active.rail.items[0].badge == 1
    assert world.sandbox.sent == ()
    assert _replies(world, conversation) == []

    qtbot.keyClick(active, Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isHidden)
    assert not world.desk.health.state.paused
    world.say(WANG, "hello again")
    [reply] = _replies(world, conversation)
    world.wait_until_sent(reply)
    assert len(world.sandbox.sent) == 1


def test_the_buttons_pause_and_resume_too(qtbot: QtBot, window: MainWindow, world: World) -> None:
    qtbot.mouseClick(window.status_bar.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.pause_bar.isVisible)
    assert window.status_bar.pause.text() == "Resume"
    qtbot.mouseClick(window.status_bar.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.pause_bar.isHidden)
    assert not world.desk.health.state.paused


def test_a_pause_from_before_is_shown_at_once(
    qtbot: QtBot, world: World, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    world.call(world.desk.outbox.pause())
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda widget: widget.finish())
    assert not window.pause_bar.isHidden()


def test_the_token_counts_down(qtbot: QtBot, window: MainWindow, world: World) -> None:
    world.publish(TokenChanged("shop", datetime.now(UTC) + timedelta(hours=1, minutes=58, seconds=20)))
    token = window.status_bar.token
    qtbot.waitUntil(lambda: token.accessibleName().startswith("Token 1:58:"))
    before = token.accessibleName()
    assert "Token 1:58:00" <= before <= "Token 1:58:20"
    qtbot.waitUntil(lambda: "Token 1:5" <= token.accessibleName() < before)
    world.publish(TokenChanged("shop", None, "the app secret is wrong"))
    qtbot.waitUntil(lambda: token.accessibleName() == "No token for shop")
    assert token.role == "failed"
    assert "the app secret is wrong" in token.toolTip()


def test_todays_figures_and_the_badge_follow_what_happens(qtbot: QtBot, window: MainWindow, world: World) -> None:
    assert window.status_bar.figures.full_text() == "0 waiting · today 0 in · sent 0 by rules, 0 by hand"
    conversation = world.say(WANG, "hello")
    qtbot.waitUntil(lambda: window.status_bar.figures.full_text().startswith("1 waiting · today 1 in"))
    qtbot.waitUntil(lambda: window.rail.items[0].badge == 1)
    assert window.rail.items[0].accessibleDescription() == "1 unread"
    assert window.rail.items[0].toolTip() == "Inbox (Ctrl+1) · 1 unread"
    assert "Customers whom nobody answered yet" in window.status_bar.figures.toolTip()
    reply = world.call(world.desk.replies.write(conversation, "hi"))
    world.wait_until_sent(reply.id)
    told = "0 waiting · today 1 in · sent 0 by rules, 1 by hand"
    qtbot.waitUntil(lambda: window.status_bar.figures.full_text() == told)


def test_a_trouble_stays_until_it_is_over(qtbot: QtBot, window: MainWindow, world: World) -> None:
    bars = window.notices.bars
    world.publish(TroubleRaised("disk", "The disk is full"))
    qtbot.waitUntil(lambda: "The disk is full" in bars.texts().values())
    assert bars.isVisible()
    world.publish(TroubleRaised("disk", ""))
    qtbot.waitUntil(lambda: "The disk is full" not in bars.texts().values())


def test_a_trouble_that_is_over_can_be_closed(qtbot: QtBot, window: MainWindow, world: World) -> None:
    bars = window.notices.bars
    world.publish(TroubleRaised("plain_text:shop", "Somebody knocked", passing=True))
    qtbot.waitUntil(lambda: "Somebody knocked" in bars.texts().values())
    [bar] = bars.findChildren(NoticeBar)
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bars.texts() == {}


def test_a_customer_still_waiting_when_a_takeover_ends_is_told_with_a_link(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    thread = world.say(WANG, "where is my parcel")
    window.show_page(1)
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=timedelta(milliseconds=1))))
    toast = window.notices._toast
    qtbot.waitUntil(toast.isVisible)
    assert toast._label.full_text() == (
        f"Automatic replies have returned. {short_openid(WANG)} wrote before that and still waits for you."
    )
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.open_conversation_id == thread)
    assert window.stack.currentIndex() == 0


def test_the_longest_waiting_customer_is_named_and_one_key_away(qtbot: QtBot, active: MainWindow, world: World) -> None:
    longest, inbox = active.status_bar.longest, active.pages.inbox.widget
    assert isinstance(inbox, InboxPage)
    assert not longest.isVisible()
    first = world.say(WANG, "hello")
    world.say("oSecond000000000000000000001", "me too")
    name = name_of(world.call(world.store.conversations.get(first)).contact)
    qtbot.waitUntil(lambda: longest.text().startswith(f"Longest wait: {name}, "))
    active.show_settings()
    qtbot.keyClick(active, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: inbox.session.conversation_id == first)
    assert active.stack.currentWidget() is inbox
    edit = inbox.chat.composer.edit
    qtbot.waitUntil(edit.hasFocus)
    for field in (inbox.detail.contact.alias, inbox.list.search):
        field.setFocus()
        qtbot.keyClick(active.focusWidget(), Qt.Key.Key_F7)
        assert edit.hasFocus(), "else an answer would become the customer's name, or would be searched for"
    reply = world.call(world.desk.replies.write(first, "hi"))
    world.wait_until_sent(reply.id)
    qtbot.waitUntil(lambda: longest.conversation is not None and longest.conversation.id != first)


def test_the_sheet_lists_every_key_that_the_window_has(qtbot: QtBot, active: MainWindow) -> None:
    qtbot.keyClick(active, Qt.Key.Key_F1)
    sheet = active.findChild(ShortcutSheet)
    assert sheet is not None
    listed = {QKeySequence(cap) for group in sheet.groups for key in group.keys for cap in key.keys.split(" ")}
    bound = {shortcut.key() for shortcut in active.findChildren(QShortcut) if shortcut.parent() is active}
    bound.remove(QKeySequence("Ctrl+="))  # Ctrl++ without Shift
    assert bound
    assert {key.toString() for key in bound} <= {key.toString() for key in listed}
    for group in sheet.groups:
        assert len({key.does for key in group.keys}) == len(group.keys), "what two keys do stands there once"
    caps = {cap.text for cap in sheet.findChildren(KeyCap)}
    assert "Enter" in caps
    assert "Return" not in caps, "no sentence of the window calls it so"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: active.findChild(ShortcutSheet) is None)


def test_closing_asks_first_and_finishing_remembers_the_place(
    qtbot: QtBot, active: MainWindow, facts: InstallationFacts, bridge: WindowBridge, appearance: Appearance
) -> None:
    event = QCloseEvent()
    QApplication.sendEvent(active, event)
    assert not event.isAccepted()
    assert active.isVisible()
    [question] = active.findChildren(ConfirmDialog)
    with qtbot.waitSignal(active.closing):
        question.action.click()
    active.resize(760, 640)
    active.finish()
    assert not active.isVisible()
    again = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(again, before_close_func=lambda widget: widget.finish())
    assert (again.width(), again.height()) == (760, 640)


def test_the_set_up_is_one_step_from_an_empty_inbox(qtbot: QtBot, window: MainWindow) -> None:
    inbox = window.pages.inbox.widget
    qtbot.waitUntil(inbox.list.empty.step.isVisible)
    qtbot.mouseClick(inbox.list.empty.step, Qt.MouseButton.LeftButton)
    assert window.page_names[window.stack.currentIndex()] == "setup"
    assert window.rail.items[-1].isChecked()


class TestClosingWithUnsavedRules:
    """Ctrl+Q and the window's cross ask about a rule that is being written."""

    @pytest.fixture
    def page(self, qtbot: QtBot, active: MainWindow, bridge: WindowBridge, world: World) -> RulesPage:
        rule = Rule("Hours", when=Condition(any=("hours",)), then=(Action(ActionKind.REPLY, text="9"),))
        world.call(world.desk.rules.rulebook.save(rule))
        active.show_page(active.page_names.index("rules"))
        qtbot.waitUntil(lambda: bridge.is_idle)
        page = active.pages.rules.widget
        page.editor.head.title.setText("Opening hours")
        active.show_page(0)
        return page

    @pytest.fixture
    def closing(self, active: MainWindow) -> list[str]:
        heard: list[str] = []
        active.closing.connect(lambda: heard.append("closing"))
        return heard

    @pytest.fixture
    def question(self, qtbot: QtBot, active: MainWindow, page: RulesPage, closing: list[str]) -> LeaveDialog:
        qtbot.keyClick(active, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        [stop] = active.findChildren(ConfirmDialog)
        stop.action.click()
        active.close()
        [asked] = active.findChildren(LeaveDialog)
        assert active.stack.currentWidget() is page
        assert closing == []
        return asked

    def test_stay(self, qtbot: QtBot, page: RulesPage, question: LeaveDialog, closing: list[str]) -> None:
        qtbot.mouseClick(question.stay, Qt.MouseButton.LeftButton)
        assert closing == []
        assert page.editor.head.title.text() == "Opening hours"

    def test_discard(self, qtbot: QtBot, question: LeaveDialog, closing: list[str], world: World) -> None:
        qtbot.mouseClick(question.discard, Qt.MouseButton.LeftButton)
        assert closing == ["closing"]
        assert [rule.name for rule in world.call(world.desk.rules.rulebook.all())] == ["Hours"]

    def test_save(self, qtbot: QtBot, question: LeaveDialog, closing: list[str], world: World) -> None:
        qtbot.mouseClick(question.save, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: closing == ["closing"])
        assert [rule.name for rule in world.call(world.desk.rules.rulebook.all())] == ["Opening hours"]


def test_the_sheet_fills_both_its_sides(qtbot: QtBot, active: MainWindow) -> None:
    qtbot.keyClick(active, Qt.Key.Key_F1)
    sheet = active.findChild(ShortcutSheet)

    def at(title: str) -> QPoint:
        [head] = [one for one in sheet.findChildren(PlainLabel) if one.full_text() == title and one.font().bold()]
        return head.mapTo(sheet, QPoint())

    qtbot.waitUntil(lambda: at("Everywhere").x() < at("Inbox").x())
    assert at("Rules").x() == at("Everywhere").x()
    caps = [cap.mapTo(sheet, QPoint()) for cap in sheet.findChildren(KeyCap)]
    last = max(cap.y() for cap in caps if cap.x() < at("Inbox").x() and cap.y() < at("Rules").y())
    assert at("Rules").y() - last < 60, "it begins where the shorter group above it ends"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: active.findChild(ShortcutSheet) is None)


def test_details_lie_over_no_chat_when_a_narrow_window_opens(
    qtbot: QtBot, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    narrow = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(narrow, before_close_func=lambda _: narrow.finish())
    narrow.resize(900, 600)
    narrow.show()
    qtbot.waitUntil(lambda: bridge.is_idle and narrow.inbox.regions.detail_drawer.is_drawer)
    assert narrow.inbox.detail.isHidden()
    narrow.inbox.regions.detail_drawer.pull_out()
    assert not narrow.inbox.detail.isHidden()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_strip_fits_into_900(
    qtbot: QtBot, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance, language: str
) -> None:
    from wxdesk import i18n

    i18n.use(language)
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda widget: widget.finish())
    window.status_bar.show_day(DayCounts(12_345, 9_876, 2_345))
    window.status_bar.show_counts(InboxCounts(waiting=123))
    window.status_bar.show_longest(waiting(1, waiting=90, alias="一个名字特别长的老客户张三丰"))
    window.status_bar.silence.setVisible(True)
    assert window.minimumSizeHint().width() <= 900
    assert window.minimumSizeHint().height() <= 600


def _replies(world: World, conversation: int) -> list[int]:
    items = world.call(world.store.inbox.timeline(conversation))
    return [item.id for item in items if getattr(item, "author", None) is Author.RULE]
