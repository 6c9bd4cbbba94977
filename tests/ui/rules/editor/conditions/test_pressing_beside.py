"""A second press where a plus or a chip was begins a word; the default switch says what it hides; lines break well."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.rules.editor.conditions.parts import WordsPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.fields.word_chips import WordChip


@pytest.fixture
def part(page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot) -> WordsPart:
    """Three words of a stored rule that is open in the editor."""
    said = (Action(ActionKind.REPLY, text="Hello."),)
    rule = Rule("Few", when=Condition(any=("refund", "money back", "return")), then=said)
    saved = world.call(world.desk.rules.rulebook.save(rule))
    qtbot.waitUntil(lambda: bridge.is_idle and saved in page.rules.rows())
    page.list.view.setCurrentIndex(page.rules.index(page.rules.rows().index(saved)))
    qtbot.waitUntil(lambda: page.editor.saved.id == saved.id)
    found = page.editor.when_card.part("any")
    assert isinstance(found, WordsPart)
    return found


def test_a_second_press_in_place_begins_a_word(page: RulesPage, part: WordsPart, qtbot: QtBot) -> None:
    card, chips = page.editor.when_card, part.chips
    qtbot.waitUntil(chips.add.isVisible)
    stood = chips.add.mapTo(card, chips.add.rect().center())
    last = [one for one in chips.widgets() if isinstance(one, WordChip)][-1]
    qtbot.keyClick(last, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: chips.add.mapTo(card, QPoint()).x() < stood.x() - 20)
    above = card.childAt(stood) or card
    qtbot.mouseClick(above, Qt.MouseButton.LeftButton, pos=above.mapFrom(card, stood))
    assert chips.field.isVisible()
    assert chips.words() == ("refund", "money back")


def test_a_condition_taken_away_while_a_word_is_written_leaves_no_chip(
    page: RulesPage, part: WordsPart, qtbot: QtBot
) -> None:
    card = page.editor.when_card
    part.chips.open_field()
    qtbot.waitUntil(part.chips.field.hasFocus)
    qtbot.keyClicks(part.chips.field, "word")
    part.removed.emit(part)  # as its button does, also where pressing that moves no focus
    assert card.when() == Condition()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert card.findChildren(WordChip) == []


def test_the_default_says_that_its_conditions_come_back(page: RulesPage, part: WordsPart, qtbot: QtBot) -> None:
    card = page.editor.when_card
    card.default.click()
    assert "its conditions come back" in card._meaning.full_text()
    assert card.when() == Condition()
    card.default.click()
    assert part.chips.words() == ("refund", "money back", "return")
    assert "come back" not in card._meaning.full_text()


def test_the_first_condition_begins_on_the_line_of_the_kinds(page: RulesPage, part: WordsPart) -> None:
    card = page.editor.when_card
    flow, kinds = card._flow, card.types
    least = sum(one.sizeHint().width() + 8 for one in (card._lead, kinds, part.label))
    for width in range(least, least + 300, 8):
        flow.setGeometry(QRect(0, 0, width, 400))
        assert part.label.geometry().center().y() == pytest.approx(kinds.geometry().center().y(), abs=1), width
