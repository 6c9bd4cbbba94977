"""Lists and messages grow, shrink and stand closer as one wishes, at once and at the next start."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QListView, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.templates import Template
from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.look.appearance import LARGEST, USUAL, Appearance, Look
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.rule_list.panel import RuleView
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.settings.appearance_card import AppearanceCard
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.templates.template_list import TemplateView
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.fixture(autouse=True)
def _usual_again() -> Iterator[None]:
    yield
    Size.MESSAGE, Measure.COMPACT = USUAL, False


def press(window: MainWindow, keys: str) -> None:
    found = window.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly)
    next(one for one in found if one.key() == QKeySequence(keys)).activated.emit()


def test_messages_grow_by_key_and_the_size_is_kept(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, appearance: Appearance
) -> None:
    window.open_conversation(world.say("oCustomer0000000000000001", "hello"))
    timeline, edit = window.inbox.chat.timeline, window.inbox.chat.composer.edit
    qtbot.waitUntil(lambda: window.inbox.session.model.rowCount() > 1 and bridge.is_idle)

    def height() -> int:
        return sum(timeline.sizeHintForRow(row) for row in range(timeline.model().rowCount()))

    usual, template = height(), window.pages.templates.widget.findChild(TemplateEdit)
    lines = template.sizeHint().height()
    for _ in range(3):
        press(window, "Ctrl++")
    qtbot.waitUntil(lambda: edit.font().pixelSize() == USUAL + 3)
    assert height() > usual
    assert template.font().pixelSize() == USUAL + 3
    assert template.sizeHint().height() > lines
    assert WindowMemory(world.home).number("message_size") == USUAL + 3
    for _ in range(30):
        press(window, "Ctrl+=")
    assert Size.MESSAGE == LARGEST
    press(window, "Ctrl+-")
    assert Size.MESSAGE == LARGEST - 1
    press(window, "Ctrl+0")
    qtbot.waitUntil(lambda: edit.font().pixelSize() == USUAL)
    assert height() == usual
    made = Appearance(appearance.parent(), Look.LIGHT, 20, 1)  # type: ignore[arg-type]
    assert (Size.MESSAGE, Measure.COMPACT) == (20, True)
    made.deleteLater()


def test_rows_and_bubbles_are_as_large_and_close_as_the_settings_say(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    window.open_conversation(world.say("oCustomer0000000000000001", "hello"))
    timeline, rows = window.inbox.chat.timeline, window.inbox.list.view
    qtbot.waitUntil(lambda: window.inbox.session.model.rowCount() > 1 and bridge.is_idle)
    card = window.pages.settings.widget.findChild(AppearanceCard)

    def heights() -> tuple[int, int]:
        bubbles = sum(timeline.sizeHintForRow(row) for row in range(timeline.model().rowCount()))
        return bubbles, rows.visualRect(rows.model().index(0, 0)).height()

    usual = heights()
    card.spacing.button(1).click()
    qtbot.waitUntil(lambda: heights()[1] < usual[1] and heights()[0] < usual[0])
    compact = heights()
    card.sizes.button(3).click()
    qtbot.waitUntil(lambda: heights()[1] > compact[1] and heights()[0] > compact[0])
    memory = WindowMemory(world.home)
    assert (memory.number("compact"), memory.number("message_size")) == (1, 20)
    press(window, "Ctrl++")
    assert not any(button.isChecked() for button in card.sizes.buttons())
    card.sizes.button(1).click()
    card.spacing.button(0).click()
    qtbot.waitUntil(lambda: heights() == usual)


def test_rules_and_templates_are_as_large_and_close_too(
    qtbot: QtBot, answering: World, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    answering.call(answering.desk.templates.save(Template(0, "Parcel", "On its way.", "/p")))
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda _: window.finish())
    window.show()
    views: dict[str, type[QListView]] = {"rules": RuleView, "templates": TemplateView}
    for page, kind in views.items():
        window.show_page(window.page_names.index(page))
        view = window.findChild(kind)
        qtbot.waitUntil(partial(lambda view: view.model().rowCount() > 0 and bridge.is_idle, view))

        def shown(view: QListView = view) -> QRect:
            return view.visualRect(view.model().index(0, 0))

        usual, picture = shown().height(), view.grab(shown()).toImage()
        assert usual == window.inbox.list.view.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        appearance.resize(20)
        assert shown().height() > usual
        assert view.grab(QRect(shown().topLeft(), picture.size())).toImage() != picture
        appearance.resize(USUAL)
        appearance.choose_spacing(compact=True)
        assert shown().height() < usual
        appearance.choose_spacing(compact=False)
        assert view.grab(shown()).toImage() == picture


def test_texts_other_than_messages_keep_the_size_of_their_fields(
    qtbot: QtBot, answering: World, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    Size.MESSAGE = LARGEST
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda _: window.finish())
    window.show()
    window.show_page(window.page_names.index("rules"))
    card = window.findChild(ConditionsCard)
    qtbot.waitUntil(lambda: bridge.is_idle and card.isVisible())
    sentence = {label.font().pixelSize() for label in card.findChildren(PlainLabel)}
    assert max(sentence) == Size.SENTENCE, "in rows of a height of their own"


def test_words_in_an_empty_reply_grow_at_once(window: MainWindow, appearance: Appearance) -> None:
    edit = window.inbox.chat.composer.edit
    appearance.resize(LARGEST)
    assert edit.font().pixelSize() == edit.viewport().font().pixelSize() == LARGEST


def test_what_is_read_stays_in_sight_while_messages_grow(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    for number in range(30):
        conversation = world.say("oCustomer0000000000000001", f"hello {number} " * 20)
    window.open_conversation(conversation)
    timeline, model = window.inbox.chat.timeline, window.inbox.session.model
    qtbot.waitUntil(lambda: model.rowCount() > 30 and bridge.is_idle)
    timeline.to_end()
    for _ in range(4):
        press(window, "Ctrl++")
        assert timeline.at_end()
        assert timeline.jump.isHidden()
    timeline.scrollTo(model.index(15), timeline.ScrollHint.PositionAtTop)
    qtbot.waitUntil(lambda: bridge.is_idle)
    top = timeline.indexAt(QPoint(60, 30)).row()
    for _ in range(4):
        press(window, "Ctrl+-")
    assert timeline.indexAt(QPoint(60, 30)).row() == top
