"""A layout that breaks widgets into lines, like the words of a paragraph."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

NEW_LINE = "flow_new_line"
"""Dynamic property: the widget begins a line."""

KEEP_WITH_NEXT = "flow_keep_with_next"
"""Dynamic property: the widget stays on the line of the next one."""


class FlowLayout(QLayout):
    """Lines of widgets at their size hints, centred on each line's height.

    A widget wider than the line gets the line's width and no more; it must be able to elide or wrap. A widget
    whose horizontal policy expands takes the rest of its line.
    """

    def __init__(self, parent: QWidget | None = None, *widgets: QWidget, gap: int = 8, line_gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._line_gap = line_gap
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def set_widgets(self, widgets: Iterable[QWidget]) -> None:
        """Lay out these widgets and no others; those left out only lose their place."""
        self._items.clear()
        for widget in widgets:
            self.addWidget(widget)
        self.invalidate()

    def count(self) -> int:
        """Return the number of items, hidden ones included."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return none: it never asks for more room than its lines need."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def sizeHint(self) -> QSize:
        """Return the minimum size; `heightForWidth` tells the real height."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        size = QSize()
        for item in self._visible():
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _visible(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        y = inner.y()
        for line in self._lines(inner.width()):
            height = max(size.height() for _, size in line)
            if apply:
                _set_line(line, QPoint(inner.x(), y), height, inner.width(), self._gap)
            y += height + self._line_gap
        bottom = y - self._line_gap if y > inner.y() else y
        return bottom - rect.y() + self.contentsMargins().bottom()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        line: list[tuple[QLayoutItem, QSize]] = []
        used = 0
        for group in self._groups():
            sizes = _sizes_in(group, width, self._gap)
            wide = sum(size.width() for _, size in sizes) + self._gap * (len(sizes) - 1)
            widget = group[0].widget()
            forced = widget is not None and bool(widget.property(NEW_LINE))
            if line and (forced or used + self._gap + wide > width):
                lines.append(line)
                line, used = [], 0
            for sized in sizes:  # a group wider than a whole line breaks like anything else
                step = sized[1].width() + (self._gap if line else 0)
                if line and used + step > width:
                    lines.append(line)
                    line, used, step = [], 0, sized[1].width()
                line.append(sized)
                used += step
        return [*lines, line] if line else lines

    def _groups(self) -> list[list[QLayoutItem]]:
        groups: list[list[QLayoutItem]] = []
        clings = False
        for item in self._visible():
            widget = item.widget()
            if clings and not (widget is not None and widget.property(NEW_LINE)):
                groups[-1].append(item)
            else:
                groups.append([item])
            clings = widget is not None and bool(widget.property(KEEP_WITH_NEXT))
        return groups


def _sizes_in(group: list[QLayoutItem], width: int, gap: int) -> list[tuple[QLayoutItem, QSize]]:
    """Return a group's sizes; expanding items leave room for those kept beside them."""
    sizes: list[tuple[QLayoutItem, QSize]] = []
    behind = 0
    for item in reversed(group):
        expands = bool(item.expandingDirections() & Qt.Orientation.Horizontal)
        size = _size_in(item, width - behind if expands else width)
        behind += size.width() + gap
        sizes.append((item, size))
    return sizes[::-1]


def _size_in(item: QLayoutItem, width: int) -> QSize:
    """Return an item's size on a line of `width`: at most the line, its own height."""
    size = item.sizeHint().expandedTo(item.minimumSize())
    wide = min(size.width(), max(width, item.minimumSize().width()))
    expands = bool(item.expandingDirections() & Qt.Orientation.Horizontal)
    if item.hasHeightForWidth():
        return QSize(wide, item.heightForWidth(width if expands else wide))
    return QSize(wide, size.height())


def _set_line(line: list[tuple[QLayoutItem, QSize]], at: QPoint, height: int, width: int, gap: int) -> None:
    spare = width - sum(size.width() for _, size in line) - gap * (len(line) - 1)
    growing = [item for item, _ in line if item.expandingDirections() & Qt.Orientation.Horizontal]
    x = at.x()
    for item, size in line:
        wide = size.width() + (max(spare, 0) // len(growing) if item in growing else 0)
        item.setGeometry(QRect(x, at.y() + (height - size.height()) // 2, wide, size.height()))
        x += wide + gap
