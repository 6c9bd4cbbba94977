"""Lines between rows on a screen that is scaled by a fraction."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from wxdesk.ui.look.theme import color_of
from wxdesk.ui.widgets.painting import paint_row, painting

ROW = 17


@pytest.mark.parametrize(("ratio", "thick"), [(1.0, 1), (1.25, 1), (1.5, 1), (1.75, 1), (2.0, 2)])
def test_the_lines_below_all_rows_are_equally_thick(qapp: QApplication, ratio: float, thick: int) -> None:
    """At 125 % some took one pixel and others two, and changed while the list was scrolled."""
    screen = QImage(round(20 * ratio), round(20 * ROW * ratio), QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    screen.fill(color_of("panel"))
    option = QStyleOptionViewItem()
    with painting(screen) as painter:
        for row in range(20):
            option.rect = QRect(0, row * ROW, 20, ROW)
            painter.save()
            painter.setRenderHint(painter.RenderHint.Antialiasing, False)  # as a list's painter comes
            paint_row(painter, option)
            painter.restore()
    line = [screen.pixelColor(5, y) == color_of("line") for y in range(screen.height())]
    assert sum(line) == 20 * thick
    assert sum(one and not before for before, one in zip([False, *line], line, strict=False)) == 20
