"""Rows and columns: what stands in them, how far apart, and what takes the rest."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox


def _square(parent: QWidget, side: int = 20) -> QWidget:
    square = QWidget(parent)
    square.setFixedSize(side, side)
    return square


def test_a_row_keeps_order_gaps_and_stretch(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    first, second, third = (_square(around) for _ in range(3))
    hbox(first, 6, second, STRETCH, third, spacing=4, margins=(1, 2, 3, 4), within=around)
    around.resize(300, 26)
    around.show()
    assert [one.x() for one in (first, second, third)] == [1, 1 + 20 + 4 + 6, 300 - 3 - 20]
    assert first.y() == 2


def test_a_column_takes_boxes_factors_and_alignments(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    small, wide = _square(around), QWidget(around)
    vbox((small, Qt.AlignmentFlag.AlignRight), (hbox(wide), 1), spacing=0, within=around)
    around.resize(200, 120)
    around.show()
    assert (small.x(), small.y()) == (180, 0)
    assert wide.geometry().getRect() == (0, 20, 200, 100)
