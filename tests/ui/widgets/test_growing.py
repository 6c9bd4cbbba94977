"""Fields that are as high as their text."""

from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.boxes import STRETCH, vbox
from wxdesk.ui.widgets.fields.growing import GrowingText


def test_a_field_is_as_high_as_its_lines_at_any_width_within_its_bounds(qtbot: QtBot, host: QWidget) -> None:
    field = GrowingText(range(1, 9), around=8)
    line = field.fontMetrics().lineSpacing()
    vbox(field, STRETCH, within=host)
    host.resize(600, 400)
    host.show()
    qtbot.waitUntil(lambda: field.height() == line + 8)
    field.setPlainText("word " * 60)
    qtbot.waitUntil(lambda: 2 * line + 8 <= field.height() < 8 * line + 8)
    host.resize(120, 400)
    qtbot.waitUntil(lambda: field.height() == 8 * line + 8)
    host.resize(4000, 400)
    qtbot.waitUntil(lambda: field.height() == line + 8)


def test_lines_of_a_higher_script_need_no_scroll_bar(qtbot: QtBot, host: QWidget) -> None:
    field = GrowingText(range(1, 20), around=24)
    vbox(field, STRETCH, within=host)
    host.resize(300, 400)
    host.show()
    higher = QTextCharFormat()
    higher.setFontPointSize(field.font().pixelSize() * 2)
    field.textCursor().insertText("您好\n" * 3, higher)  # as a fallback font may be
    qtbot.waitUntil(lambda: field.height() == field.sizeHint().height() and not field.verticalScrollBar().maximum())
