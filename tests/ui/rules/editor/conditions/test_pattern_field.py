"""A pattern is written in one line, read on as many as it needs, and never has a line break in it."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.rules.editor.conditions.parts import PatternField, sentence_label
from wxdesk.ui.widgets.flow_layout import FlowLayout

LONG = r"(?P<no>(?:SF|YT|ZTO|JD)[0-9]{10,15}|\d{12,})\s*(?:到哪|物流|快递|在哪里|什么时候到)" * 4


class Sentence(QWidget):
    """Words, a field, and what takes it away."""

    def __init__(self) -> None:
        super().__init__()
        self.word = sentence_label("and has this pattern in it", self)
        self.field = PatternField("Pattern", self)
        self.away = QPushButton("×", self)
        self.away.setFixedWidth(28)
        flow = FlowLayout(self)
        for widget in (self.word, self.field, self.away):
            flow.addWidget(widget)


@pytest.fixture
def sentence(qtbot: QtBot) -> Sentence:
    made = Sentence()
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.show()
    return made


def lines(field: PatternField) -> int:
    return round(field.document().size().height())


def test_a_short_one_stays_in_its_line(sentence: Sentence, qtbot: QtBot) -> None:
    sentence.field.setText(r"\d{8,}")
    qtbot.waitUntil(lambda: sentence.field.x() > sentence.word.x() + sentence.word.width())
    assert lines(sentence.field) == 1
    assert sentence.away.y() < sentence.field.y() + sentence.field.height()


@pytest.mark.parametrize("width", [300, 420, 700])
def test_a_long_one_has_a_line_of_its_own_and_all_of_it_is_seen(sentence: Sentence, qtbot: QtBot, width: int) -> None:
    sentence.resize(width, 400)
    sentence.field.setText(LONG)
    field = sentence.field
    spacing = field.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: lines(field) > 1 and field.viewport().height() >= lines(field) * spacing)
    assert field.viewport().height() < (lines(field) + 1) * spacing
    assert field.y() > sentence.word.y()
    assert field.geometry().right() < sentence.away.x() <= sentence.width() - sentence.away.width()
    assert field.y() <= sentence.away.y() <= field.y() + field.height()


def test_enter_and_what_is_pasted_break_no_line(sentence: Sentence, qtbot: QtBot) -> None:
    told: list[str] = []
    sentence.field.textEdited.connect(lambda: told.append(sentence.field.text()))
    sentence.field.setText("退款")
    assert told == []
    sentence.field.selectAll()
    qtbot.keyClicks(sentence.field, "a")
    qtbot.keyClick(sentence.field, Qt.Key.Key_Return)
    pasted = QMimeData()
    pasted.setText("b\nc\r\n")
    sentence.field.insertFromMimeData(pasted)
    assert sentence.field.text() == "abc"
    assert told[-1] == "abc"


def test_the_keyboard_leaves_it_by_tab(sentence: Sentence, qtbot: QtBot) -> None:
    sentence.activateWindow()
    sentence.field.setFocus()
    qtbot.waitUntil(sentence.field.hasFocus)
    qtbot.keyClick(sentence.field, Qt.Key.Key_Tab)
    assert sentence.away.hasFocus()
    assert sentence.field.text() == ""
