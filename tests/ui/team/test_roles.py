"""What an operator's role does not allow is not offered, and what colleagues have is asked about."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from pytestqt.qtbot import QtBot

from tests.ui.notifications.desktop import board
from tests.ui.team.conftest import PASSWORD
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange, RowAct, RowChange
from wxdesk.core.model.conversation import Author, ConversationStatus
from wxdesk.core.model.operator import Role
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.desk.operators import Operators, hashed
from wxdesk.ui.inbox.conversation_list.empty_text import LackingSetup
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.widgets.copying import CodeBlock
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel

pytestmark = pytest.mark.postgres

RULE = Rule("Hours", when=Condition(any=("几点",)), then=(Action(ActionKind.REPLY, text="九点"),))


WHY = "Only a lead or an owner can do this."


@pytest.fixture
def window(
    qtbot: QtBot,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    world: World,
    operators: Operators,
) -> MainWindow:
    """The window of an operator, with a rule and a template."""

    async def prepare() -> None:
        await world.store.operators.add("小王", Role.OPERATOR, await hashed("wang's own 1"), world.clock())
        await operators.sign_in("老板", PASSWORD)
        await world.desk.rules.rulebook.save(RULE)
        await world.desk.templates.save(Template(0, "Hello", "hi"))
        await operators.sign_in("小王", "wang's own 1")

    world.call(prepare())
    made = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(made, before_close_func=lambda one: one.finish())
    bridge.connect_to_bus()
    made.show()
    return made


@pytest.mark.parametrize("name", ["rules", "templates"])
def test_an_operator_changes_no_record_by_key_menu_or_from_elsewhere(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, name: str
) -> None:
    page: RulesPage | TemplatesPage = getattr(window.pages, name).widget
    window.show_page(window.page_names.index(name))
    qtbot.waitUntil(lambda: page.list.view.current() is not None and bridge.is_idle)
    view = page.list.view
    before = view.current()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete):
        qtbot.keyClick(view, key)
    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5)))
    assert {(one.isEnabled(), one.toolTip()) for one in view.menu.actions() if one.text()} == {(False, WHY)}
    view.menu.close()
    page.start_new()
    assert page.editor.saved.id, "still the stored one"
    page.editor.head.title.setText("Otherwise")  # as another revision would
    page.editor.check_now()
    assert not page.editor.head.save.isEnabled()
    page.editor.revert()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert view.current() == before


def test_controls_that_need_a_role_are_grey_without_it(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World, operators: Operators
) -> None:
    rules, settings, guide = window.pages.rules.widget, window.pages.settings.widget, window.pages.guide.widget
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not rules.list.import_rules.isEnabled()
    assert WHY in rules.list.import_rules.toolTip()
    row = rules.rules.index(0)
    assert not rules.rules.flags(row) & Qt.ItemFlag.ItemIsDragEnabled
    window.inbox.list.show_lacking(LackingSetup("shop", None, has_rules=False, refused=world.desk.why_not(Role.LEAD)))
    assert not window.inbox.list.empty.step.isEnabled()
    for button in (settings.add, settings.address.change, settings.empty.connect_first):
        assert not button.isEnabled()

    def said() -> set[str]:
        return {one.full_text() for one in settings.preferences.findChildren(PlainLabel)}

    assert WHY in said()
    window.status_bar.listener.pressed.emit()  # the set-up is on the server, and no step of it is shown
    assert (
        "wxdesk account add shop" in next(iter(guide.stack.currentWidget().findChildren(CodeBlock))).label.full_text()
    )
    assert not guide.steps.isVisible()
    assert not any(card.isEnabled() for card in guide.cards.values())
    world.call(operators.sign_in("老板", PASSWORD))
    qtbot.waitUntil(rules.list.import_rules.isEnabled)
    assert WHY not in said()
    window.show_page(window.page_names.index("rules"))
    qtbot.waitUntil(lambda: rules.rules.rowCount() == 1 and bridge.is_idle)
    assert rules.rules.setData(rules.rules.index(0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    qtbot.waitUntil(lambda: not world.call(world.desk.rules.rulebook.all())[0].enabled)


def test_a_call_meanwhile_is_shown_until_it_is_seen(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World, operators: Operators
) -> None:
    """Also where the desk was closed when a colleague called."""
    thread = world.say("oLI00000000000000000001", "hello")

    async def call() -> None:
        await operators.sign_in("老板", PASSWORD)
        await world.desk.conversations.describe(thread, ContactChange(note="@小王 please look"))
        await operators.sign_in("小王", "wang's own 1")

    world.call(call())
    board(bridge, window)
    qtbot.waitUntil(lambda: any("@小王 please look" in text for text in window.notices.bars.texts().values()))
    window.open_conversation(thread)
    qtbot.waitUntil(lambda: not any("@小王" in text for text in window.notices.bars.texts().values()))
    qtbot.waitUntil(lambda: world.call(world.desk.claims.unseen("小王")) == [])


def test_a_notice_calls_no_one_to_what_a_colleague_has(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World, operators: Operators
) -> None:
    theirs, free = (world.say(f"oLI0000000000000000000{n}", "hello") for n in (1, 2))

    async def claimed() -> None:
        await operators.sign_in("老板", PASSWORD)
        await world.desk.claims.claim(theirs)
        call = Rule("Call", when=Condition(any=("refund",)), then=(Action(ActionKind.NOTIFY),))
        await world.desk.rules.rulebook.save(call)
        await operators.sign_in("小王", "wang's own 1")

    world.call(claimed())
    desktop = board(bridge, window)
    for n in (1, 2):
        world.say(f"oLI0000000000000000000{n}", "a refund")
    qtbot.waitUntil(lambda: free in {notice.conversation_id for notice in desktop.ever} and bridge.is_idle)
    assert theirs not in {notice.conversation_id for notice in desktop.ever}


def test_several_at_once_are_asked_about_if_a_colleague_has_one(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World, operators: Operators
) -> None:
    """As writing to a single one is: it would be resolved, or answered, over the colleague's head."""

    async def claimed() -> None:
        await operators.sign_in("老板", PASSWORD)
        await world.desk.claims.claim(theirs)
        await operators.sign_in("小王", "wang's own 1")

    theirs, free = (world.say(f"oLI0000000000000000000{n}", "hello") for n in (1, 2))
    world.call(claimed())
    rows = world.call(world.desk.inbox.rows([theirs, free]))
    some, resolve = [row.conversation for row in rows], RowChange(RowAct.RESOLVE)

    def question() -> ConfirmDialog:
        return next(one for one in window.findChildren(ConfirmDialog) if one.isVisible())

    def said() -> str:
        return " ".join(one.full_text() for one in question().findChildren(PlainLabel))

    def statuses() -> set[ConversationStatus]:
        return {row.conversation.status for row in world.call(world.desk.inbox.rows([theirs, free]))}

    held = NewReply(theirs, Author.RULE, Content(text="We open at 9."), ReplyState.HELD)
    reply = world.reply(held)
    window.inbox.held.replies.load()
    qtbot.waitUntil(lambda: [one.owner for one in window.inbox.held.replies.held] == ["老板"])
    window.inbox.held.replies.send_these([reply.id])
    assert "Among them are customers of 老板." in said()
    question().action.click()
    qtbot.waitUntil(lambda: world.call(world.store.replies.get(reply.id)).state is ReplyState.SENT)
    window.inbox.chat.resolving.acts.do(some, resolve)
    assert "Among them are customers of 老板." in said()
    question().cancel.click()
    assert statuses() == {ConversationStatus.OPEN}
    window.inbox.chat.resolving.acts.do(some, resolve)
    question().action.click()
    qtbot.waitUntil(lambda: statuses() == {ConversationStatus.RESOLVED})
