"""From an automatic answer to the revision of the rule that gave it, through the whole window."""

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.inbox.details.decision import VerdictRow
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

CUSTOMER = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"


def test_an_answer_leads_to_the_words_that_its_rule_had_then(
    qtbot: QtBot, answering: World, window: MainWindow, bridge: Bridge
) -> None:
    conversation = answering.say(CUSTOMER, "几点开门")
    [rule] = answering.call(answering.desk.rules.rulebook.all())
    later = replace(rule, name="Opening", then=(Action(ActionKind.REPLY, "我们十点开门。"),))
    answering.call(answering.desk.rules.rulebook.save(later))
    inbox = window.pages.inbox.widget
    assert isinstance(inbox, InboxPage)
    inbox.open_conversation(conversation)
    qtbot.waitUntil(lambda: bool(inbox.detail.findChildren(VerdictRow)) and bridge.is_idle)
    [row] = inbox.detail.findChildren(VerdictRow)
    qtbot.mouseClick(row.link, Qt.MouseButton.LeftButton)
    assert window.page_names[window.stack.currentIndex()] == "rules"
    qtbot.waitUntil(lambda: any(isinstance(one, HistoryDialog) for one in QApplication.topLevelWidgets()))
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, HistoryDialog))
    assert dialog.note.full_text() == "Revision 1 of “Hours” decided on that message."
    assert "−\t我们九点开门。\n+\t我们十点开门。" in dialog.view.toPlainText()
    dialog.close()


def test_a_message_can_be_tried_with_the_present_rules_as_its_customers_next_one(
    qtbot: QtBot, answering: World, window: MainWindow, bridge: Bridge
) -> None:
    window.resize(900, 600)
    conversation = answering.say(CUSTOMER, "几点开门")
    answering.call(answering.desk.conversations.describe(conversation, ContactChange(alias="Li Lei")))
    [rule] = answering.call(answering.desk.rules.rulebook.all())
    later = replace(rule, then=(Action(ActionKind.REPLY, "{{ contact.alias }}，我们十点开门。"),))
    answering.call(answering.desk.rules.rulebook.save(later))
    inbox = window.inbox
    inbox.open_conversation(conversation)
    qtbot.waitUntil(lambda: bool(inbox.detail.findChildren(VerdictRow)) and bridge.is_idle)
    inbox.detail.decision.try_it.click()
    assert window.page_names[window.stack.currentIndex()] == "rules"
    rules = window.pages.rules.widget
    trial = rules.trial
    assert trial.isVisible()
    qtbot.waitUntil(lambda: trial.bubbles.texts == ["几点开门", "Li Lei，我们十点开门。"])
    assert trial.writer.name.text() == "Li Lei"
    qtbot.waitUntil(lambda: trial.around.rule.value == "Hours")
    assert "“Hours” spoke last" in trial.writer.taken.full_text()


def test_only_a_text_can_be_tried(qtbot: QtBot, answering: World, window: MainWindow, bridge: Bridge) -> None:
    conversation = answering.enter(CUSTOMER, "goods/7")
    inbox = window.inbox
    inbox.open_conversation(conversation)
    qtbot.waitUntil(lambda: inbox.detail.decision.about.isVisibleTo(inbox.detail) and bridge.is_idle)
    assert inbox.detail.decision.try_it.isHidden()
    answering.say(CUSTOMER, "Hello")
    qtbot.waitUntil(lambda: not inbox.detail.decision.try_it.isHidden())
