"""The layout that sets widgets like words."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE, FlowLayout

WIDTH = 100


class _Block(QWidget):
    def __init__(self, width: int, height: int = 20, **properties: bool) -> None:
        super().__init__()
        self.setMinimumSize(min(width, 40), height)
        self._width = width
        for name, value in properties.items():
            self.setProperty(name, value)

    def sizeHint(self) -> QSize:
        return QSize(self._width, self.minimumHeight())


def _set(qtbot: QtBot, *blocks: _Block) -> tuple[QWidget, list[tuple[int, int, int]]]:
    host = QWidget()
    qtbot.addWidget(host)
    for block in blocks:
        block.setParent(host)
    flow = FlowLayout(host, gap=10, line_gap=5)
    for block in blocks:
        flow.addWidget(block)
    host.resize(WIDTH, 300)
    host.show()
    flow.setGeometry(QRect(0, 0, WIDTH, 300))
    return host, [(block.x(), block.y(), block.width()) for block in blocks]


def test_a_full_line_breaks(qtbot: QtBot) -> None:
    host, places = _set(qtbot, _Block(45), _Block(45), _Block(30))
    assert places == [(0, 0, 45), (55, 0, 45), (0, 25, 30)]
    assert host.heightForWidth(WIDTH) == 45
    assert host.heightForWidth(200) == 20


def test_a_word_before_its_list_goes_to_the_next_line_with_it(qtbot: QtBot) -> None:
    _, places = _set(qtbot, _Block(50), _Block(30, **{KEEP_WITH_NEXT: True}), _Block(40))
    assert places == [(0, 0, 50), (0, 25, 30), (40, 25, 40)]


def test_a_widget_can_begin_a_line_and_one_too_wide_is_cut_to_it(qtbot: QtBot) -> None:
    _, places = _set(qtbot, _Block(20), _Block(20, **{NEW_LINE: True}), _Block(300))
    assert places == [(0, 0, 20), (0, 25, 20), (0, 50, WIDTH)]


def test_lines_are_centred_on_their_height(qtbot: QtBot) -> None:
    _, places = _set(qtbot, _Block(20, 10), _Block(20, 30))
    assert places == [(0, 10, 20), (30, 0, 20)]


def test_hidden_widgets_take_no_room_and_growing_ones_take_the_rest(qtbot: QtBot) -> None:
    hidden, growing = _Block(20), _Block(40)
    growing.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    hidden.setVisible(False)
    _, places = _set(qtbot, hidden, _Block(20), growing)
    assert places[1:] == [(0, 0, 20), (30, 0, 70)]


def test_other_widgets_take_the_place_of_all(qtbot: QtBot) -> None:
    host, _ = _set(qtbot, first := _Block(45), _Block(45))
    flow = host.layout()
    assert isinstance(flow, FlowLayout)
    last = _Block(30)
    flow.set_widgets((last, first))
    last.show()
    flow.setGeometry(QRect(0, 0, WIDTH, 300))
    assert (last.x(), first.x(), flow.count()) == (0, 40, 2)
