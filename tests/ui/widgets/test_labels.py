"""Text from outside stays text, whatever it looks like and however long it is."""

import sys
from typing import Any

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wxdesk import i18n
from wxdesk.ui.look import fonts
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.look.theme import DARK, font, mono_font, use_font
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, breakable, plain_tip

HOSTILE = '<img src="file:///etc/passwd"><h1>Hello</h1>&amp;'
LONG = "w" * 2048


def _in_column(qtbot: QtBot, label: PlainLabel, width: int = 300) -> QWidget:
    host = QWidget()
    QVBoxLayout(host).addWidget(label)
    qtbot.addWidget(host)
    host.resize(width, 200)
    host.show()
    return host


def test_markup_is_shown_as_it_is_written(qtbot: QtBot) -> None:
    label = PlainLabel(HOSTILE)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert QLabel.text(label) == HOSTILE
    assert label.accessibleName() == HOSTILE


@pytest.mark.parametrize("text", [LONG, "长" * 700, "😀" * 512, "https://example.com/" + "a" * 2000])
@pytest.mark.parametrize("how", [{"wrap": True}, {"elide": True}])
def test_a_long_text_does_not_widen_its_page(qtbot: QtBot, text: str, how: dict[str, Any]) -> None:
    host = _in_column(qtbot, PlainLabel(text, **how))
    assert host.minimumSizeHint().width() <= 300
    assert host.width() == 300


@pytest.mark.parametrize("text", [LONG, "https://example.com/" + "a" * 2000])
def test_a_wrapped_text_stays_inside(qtbot: QtBot, text: str) -> None:
    label = PlainLabel(text, wrap=True)
    host = _in_column(qtbot, label)
    assert host.isVisible()
    room = label.fontMetrics().boundingRect(label.contentsRect(), Qt.TextFlag.TextWordWrap, QLabel.text(label))
    assert room.width() <= label.width()


def test_a_cut_text_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = PlainLabel("<b>" + LONG, elide=True)
    host = _in_column(qtbot, label)
    assert host.isVisible()
    assert QLabel.text(label).endswith("…")
    assert label.toolTip() == plain_tip("<b>" + LONG)
    assert label.full_text() == "<b>" + LONG
    label.setText("short")
    assert label.toolTip() == ""


def test_only_words_too_long_for_a_line_get_places_to_break() -> None:
    assert (
        breakable("an ordinary sentence 您好 https://short.example")
        == "an ordinary sentence 您好 https://short.example"
    )
    broken = breakable(f"see {LONG}")
    assert broken.replace("\u200b", "") == f"see {LONG}"
    assert max(len(part) for part in broken.split("\u200b")) < 25


def test_a_label_changes_its_colour_with_the_look(qtbot: QtBot, appearance: Appearance) -> None:
    label = PlainLabel("x", role="failed")
    qtbot.addWidget(label)
    appearance.choose(Look.DARK)
    qtbot.waitUntil(lambda: label.palette().color(QPalette.ColorRole.WindowText).name().upper() == DARK.failed)
    label.set_role("pending")
    assert label.palette().color(QPalette.ColorRole.WindowText).name().upper() == DARK.pending


def test_a_label_keeps_the_face_that_it_got_while_it_was_shown(qtbot: QtBot, appearance: Appearance) -> None:
    label = PlainLabel("https://desk.example/wx/shop")
    qtbot.addWidget(label)
    label.show()
    qtbot.waitExposed(label)
    label.setFont(mono_font())
    for look in (Look.DARK, Look.LIGHT):
        appearance.choose(look)
        assert label.font().families() == mono_font().families()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's face decides")
@pytest.mark.parametrize(("language", "quote"), [("zh_CN", 14), ("en", 7)])
def test_a_quote_is_as_wide_as_its_language_writes_it(qapp: QApplication, language: str, quote: int) -> None:
    before = qapp.font()
    chinese = qapp.font()
    chinese.setFamilies(fonts.packaged() or chinese.families())
    use_font(qapp, chinese)
    i18n.use(language)
    label = PlainLabel(size=14)
    assert QFontMetrics(label.font()).horizontalAdvance("“") == quote
    assert QFontMetrics(font(14)).horizontalAdvance("，") == 14, "between Chinese words a comma keeps its room"
    i18n.use("en")
    use_font(qapp, before)
    label.deleteLater()


def test_a_tooltip_is_plain_text() -> None:
    assert plain_tip("") == ""
    assert plain_tip("<b>a & b</b>\nc") == "<span style='white-space: pre-wrap'>&lt;b&gt;a &amp; b&lt;/b&gt;\nc</span>"


def test_a_label_that_says_nothing_is_hidden(qtbot: QtBot) -> None:
    label = PlainLabel()
    qtbot.addWidget(label)
    label.show_if_any("wrong")
    assert (label.full_text(), label.isHidden()) == ("wrong", False)
    label.show_if_any("")
    assert (label.full_text(), label.isHidden()) == ("", True)


def test_an_icon_as_high_as_the_line_beside_it_stands_in_the_middle(qtbot: QtBot) -> None:
    alone, beside = IconLabel("send", "secondary", 14), IconLabel("send", "secondary", 14)
    for icon in (alone, beside):
        qtbot.addWidget(icon)
        icon.resize(icon.sizeHint())
    assert alone.size() == QSize(14, 14), "what shares a line reckons with it"
    beside.setFixedHeight(24)
    assert beside.grab(QRect(0, 5, 14, 14)).toImage() == alone.grab().toImage()
