"""What can be pressed: by mouse and by key, without being cut, and named for those who cannot see it."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStyleOptionComboBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind, Chip, SmallButton, Switch
from wxdesk.ui.widgets.fields.choice import ChoiceField


def _shown[W: QWidget](qtbot: QtBot, widget: W) -> W:
    host = QWidget()
    row = QHBoxLayout(host)
    row.addWidget(QLineEdit())
    row.addWidget(widget)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    vars(widget)["host"] = host  # keeps it alive
    return widget


@pytest.mark.parametrize("kind", ButtonKind)
def test_a_button_has_room_for_words_and_key(qtbot: QtBot, kind: ButtonKind) -> None:
    words = "Send all of them now"
    plain, hinted = _shown(qtbot, Button(words, kind=kind)), _shown(qtbot, Button(words, kind=kind, key_hint="Ctrl+K"))
    needed = QFontMetrics(plain.font()).horizontalAdvance(words)
    key = QFontMetrics(font(Size.CAPTION)).horizontalAdvance("Ctrl+K")
    assert plain.width() >= needed
    assert hinted.width() >= plain.width() + key


def test_a_key_is_painted_beside_the_words(qtbot: QtBot) -> None:
    with_key, without = (_shown(qtbot, Button("Go", key_hint=key)) for key in ("F8", ""))
    with_key.setFixedWidth(without.width() + 60)
    without.setFixedWidth(with_key.width())
    assert with_key.grab().toImage() != without.grab().toImage()


def test_a_key_is_readable_on_a_button_that_cannot_be_pressed(qtbot: QtBot) -> None:
    button = _shown(qtbot, Button("Send", kind=ButtonKind.PRIMARY, key_hint="Ctrl+K"))
    button.setEnabled(False)
    shot = button.grab().toImage()
    cap = [shot.pixelColor(x, y).lightness() for x in range(shot.width() - 40, shot.width() - 12) for y in range(8, 24)]
    assert max(cap) - min(cap) > 80


def test_a_choice_too_long_for_its_field_is_visibly_cut(qtbot: QtBot) -> None:
    field = _shown(qtbot, ChoiceField(choices=[(1, "the number of replies is used up")], shortest=5))
    field.setFixedWidth(150)
    option = QStyleOptionComboBox()
    field.initStyleOption(option)
    assert option.currentText.endswith("…")
    assert field.currentText() == "the number of replies is used up"


def test_another_kind_looks_otherwise(qtbot: QtBot) -> None:
    button = _shown(qtbot, Button("Stop", kind=ButtonKind.PRIMARY))
    inside = button.grab().toImage().pixelColor(6, button.height() // 2)
    assert inside == Theme.current().color("accent_fill")


@pytest.mark.parametrize("make", [Button, Chip])
def test_a_click_leaves_the_focus_where_one_types(qtbot: QtBot, make: type[Button] | type[Chip]) -> None:
    button = _shown(qtbot, make("Copy"))
    field = button.window().findChild(QLineEdit)
    field.setFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert button.hasFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Space)


@pytest.mark.parametrize("make", [Button, Chip, partial(SmallButton, "copy", "Copy")])
def test_enter_alone_presses_a_button_once(qtbot: QtBot, make: Callable[..., QAbstractButton]) -> None:
    button = _shown(qtbot, make(parent=None))
    clicked: list[bool] = []
    button.clicked.connect(lambda: clicked.append(True))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(button, key)
    assert len(clicked) == 3
    qtbot.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, autorep=True)
    QCoreApplication.sendEvent(button, held)
    assert len(clicked) == 3


@pytest.mark.parametrize("make", [Button, Chip, Switch, partial(SmallButton, "copy", "Copy")])
def test_up_and_down_scroll_and_lead_to_no_field(qtbot: QtBot, make: Callable[..., QAbstractButton]) -> None:
    button, area = make(parent=None), QScrollArea()
    content = QWidget()
    column = QVBoxLayout(content)
    for one in (ChoiceField(), button, ChoiceField()):
        column.addWidget(one)
        one.setFixedHeight(90)
    area.setWidget(content)
    qtbot.addWidget(area)
    area.resize(200, 100)
    area.show()
    area.activateWindow()
    qtbot.waitUntil(area.isActiveWindow)
    button.setFocus()
    for key, moves in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, -1)):
        before = area.verticalScrollBar().value()
        qtbot.keyClick(button, key)
        assert button.hasFocus(), "the next one would change a field"
        assert (area.verticalScrollBar().value() - before) * moves > 0


def test_the_keyboard_rings_a_chip_and_draws_nothing_inside_it(qtbot: QtBot) -> None:
    chip = _shown(qtbot, Chip("等待最久 12"))
    inside = chip.rect().adjusted(9, 2, -9, -2)
    before, ringed = chip.grab(inside).toImage(), chip.grab().toImage()
    chip.window().findChild(QLineEdit).setFocus()
    qtbot.keyClick(chip.window().findChild(QLineEdit), Qt.Key.Key_Tab)  # styles draw more for keys
    assert chip.hasFocus()
    assert chip.grab(inside).toImage() == before
    assert chip.grab().toImage() != ringed


def test_a_chosen_chip_is_as_wide_as_before(qtbot: QtBot) -> None:
    chip = _shown(qtbot, Chip("等待最久 12"))
    before = chip.sizeHint()
    chip.setChecked(True)
    assert chip.sizeHint() == before
    assert QFontMetrics(chip.font()).horizontalAdvance(chip.text()) <= chip.width() - 20


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_switch_turns_by_key(qtbot: QtBot, key: Qt.Key) -> None:
    switch = _shown(qtbot, Switch())
    switch.setFocus()
    with qtbot.waitSignal(switch.toggled):
        qtbot.keyClick(switch, key)
    assert switch.isChecked()


def test_a_screen_reader_turns_a_switch_as_a_hand_does(qtbot: QtBot) -> None:
    switch = _shown(qtbot, Switch())
    turned: list[bool] = []
    switch.turned.connect(turned.append)
    switch.setChecked(True)
    assert turned == [], "only shown"
    QAccessible.queryAccessibleInterface(switch).actionInterface().doAction("Toggle")
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert turned == [False, True]


def test_a_switch_shows_its_state(qtbot: QtBot) -> None:
    switch = _shown(qtbot, Switch(True))
    middle = switch.grab().toImage().pixelColor(10, switch.height() // 2)
    assert middle == Theme.current().color("accent_fill")
    switch.setChecked(False)
    qtbot.waitUntil(lambda: switch.grab().toImage().pixelColor(28, 12) == Theme.current().color("faint"))


def test_the_wheel_changes_a_choice_only_where_one_works(qtbot: QtBot) -> None:
    choice = ChoiceField()
    choice.addItems(["a", "b"])
    _shown(qtbot, choice)
    assert choice.focusPolicy() is Qt.FocusPolicy.StrongFocus
    choice.window().findChild(QLineEdit).setFocus()
    _wheel(choice)
    assert choice.currentIndex() == 0
    choice.setFocus()
    _wheel(choice)
    assert choice.currentIndex() == 1


def test_the_list_of_a_choice_hangs_below_it_and_looks_like_other_lists(qtbot: QtBot) -> None:
    choice = ChoiceField(choices=[(number, f"choice {number}") for number in range(30)])
    _shown(qtbot, choice)
    choice.showPopup()
    hanging = choice.view()
    qtbot.waitUntil(hanging.isVisible)
    assert hanging.mapToGlobal(hanging.rect().topLeft()).y() >= choice.mapToGlobal(choice.rect().bottomLeft()).y()
    assert hanging.height() < 30 * hanging.sizeHintForRow(0)
    assert hanging.sizeHintForRow(0) >= hanging.fontMetrics().height() + 8
    row = hanging.visualRect(hanging.currentIndex())
    assert hanging.viewport().grab().toImage().pixelColor(row.right() - 4, row.center().y()) == Theme.current().color(
        "selection"
    )


def _wheel(widget: QWidget) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_screen_readers_toggle_of_a_chip_is_a_click(qtbot: QtBot) -> None:
    host, group = QWidget(), QButtonGroup()
    qtbot.addWidget(host)
    chips, heard = [Chip("one", parent=host), Chip("two", parent=host)], []
    for number, chip in enumerate(chips):
        group.addButton(chip, number)
        chip.clicked.connect(lambda on, number=number: heard.append((number, on)))
    ids: list[int] = []
    group.idClicked.connect(ids.append)
    chips[0].setChecked(True)
    assert heard == []
    QAccessible.queryAccessibleInterface(chips[1]).actionInterface().doAction("Toggle")
    assert (heard, ids, chips[0].isChecked()) == ([(1, True)], [1], False)
    chips[0].click()
    assert (heard, ids) == ([(1, True), (0, True)], [1, 0])
