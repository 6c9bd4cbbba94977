"""Rows, columns and grids, filled and emptied by one call; frames; a scroll area."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

STRETCH: Final = "stretch"
"""Room between two parts that takes what is left."""

AT_TOP: Final = Qt.AlignmentFlag.AlignTop
AT_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute  # also of a button that is mirrored
"""Alignments of a part that keeps its own size."""

type BoxPart = QWidget | QLayout | int | Literal["stretch"] | tuple[QWidget | QLayout, int | Qt.AlignmentFlag] | None
"""Widget, layout, gap in pixels or stretch; None for one that is not there.

A pair adds a stretch factor or an alignment.
"""

type Margins = tuple[int, int, int, int]
"""Pixels at the left, above, at the right and below."""


def hbox(
    *parts: BoxPart, spacing: int | None = None, margins: Margins = (0, 0, 0, 0), within: QWidget | None = None
) -> QHBoxLayout:
    """Return a row of `parts`, laid out in the widget `within` if there is one.

    Without `spacing`, the parts stand as far apart as in the box around it, or as the style wants.
    """
    return _filled(QHBoxLayout(), parts, spacing, margins, within)


def vbox(
    *parts: BoxPart, spacing: int | None = None, margins: Margins = (0, 0, 0, 0), within: QWidget | None = None
) -> QVBoxLayout:
    """Return a column of `parts`; see `hbox`."""
    return _filled(QVBoxLayout(), parts, spacing, margins, within)


def _filled[B: QBoxLayout](
    box: B, parts: tuple[BoxPart, ...], spacing: int | None, margins: Margins, within: QWidget | None
) -> B:
    if within is not None:
        within.setLayout(box)
    box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    extend(box, *parts)
    return box


def extend(box: QBoxLayout, *parts: BoxPart) -> None:
    """Put more parts at the end of a row or a column."""
    for part in parts:
        match part:
            case None:
                pass
            case "stretch":
                box.addStretch(1)
            case int():
                box.addSpacing(part)
            case (inner, Qt.AlignmentFlag() as alignment):
                _add(box, inner, 0, alignment)
            case (inner, factor):
                _add(box, inner, factor)
            case _:
                _add(box, part)


def _add(box: QBoxLayout, inner: QWidget | QLayout, factor: int = 0, alignment: Qt.AlignmentFlag | None = None) -> None:
    if isinstance(inner, QLayout):
        box.addLayout(inner, factor)
    elif alignment is None:
        box.addWidget(inner, factor)
    else:
        box.addWidget(inner, factor, alignment)


def grid(
    *, across: int, down: int, margins: Margins = (0, 0, 0, 0), names: int = 0, within: QWidget | None = None
) -> QGridLayout:
    """Return an empty grid whose second column takes what is left.

    Its gaps are `across` and `down`; the first column, mostly of names, is at least `names` pixels wide.
    """
    made = QGridLayout()
    if within is not None:
        within.setLayout(made)
    made.setContentsMargins(*margins)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    made.setColumnMinimumWidth(0, names)
    made.setColumnStretch(1, 1)
    return made


def discard(*widgets: QWidget) -> None:
    """Hide widgets at once, and delete them."""
    for widget in widgets:
        widget.hide()
        widget.deleteLater()


def remove_widgets(layout: QLayout) -> None:
    """Remove all that is in a layout, and discard its widgets."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            discard(widget)


def order_tabs(*parts: QWidget) -> None:
    """Let Tab go through what `parts` show now, as it is seen."""
    for before, after in pairwise(tab_stops(*parts)):
        QWidget.setTabOrder(before, after)


def tab_stops(*parts: QWidget) -> list[QWidget]:
    """Return what Tab reaches in `parts`, as laid out, then what lies over it."""
    seen: dict[QWidget, None] = {}
    for part in parts:
        _look_into(part, seen)
    return [one for one in seen if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]


def _look_into(part: QWidget, seen: dict[QWidget, None]) -> None:
    if part in seen or part.isHidden():
        return
    seen[part] = None
    inside = part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    inside = sorted((one for one in inside if not one.isWindow()), key=lambda one: (one.y(), one.x()))
    for one in (*_laid_out(part.layout(), inside), *inside):
        _look_into(one, seen)


def _laid_out(layout: QLayout | None, inside: Sequence[QWidget]) -> Iterator[QWidget]:
    """Yield the widgets of a layout in its order.

    Its items are not asked for: their wrappers would outlive them, and be taken for what comes to their address.
    """
    if layout is None:
        return
    members: list[QWidget | QLayout] = [*inside, *(one for one in layout.children() if isinstance(one, QLayout))]
    for member in sorted((one for one in members if layout.indexOf(one) >= 0), key=layout.indexOf):
        if isinstance(member, QLayout):
            yield from _laid_out(member, inside)
        else:
            yield member


class Frame(QFrame):
    """Frame with a look of the style sheet, such as `card` or `header`."""

    def __init__(self, look: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", look)


def restyle(widget: QWidget, name: str, value: object) -> bool:
    """Set a property that the style sheet looks at; return False if it was so already."""
    if widget.property(name) == value:
        return False
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    return True


class ColumnScroll(QScrollArea):
    """Frameless scroll area for a column as wide as itself; it takes no focus."""

    def __init__(self, parent: QWidget, inside: QWidget | None = None) -> None:
        super().__init__(parent)
        if inside is not None:
            self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)  # of a column that has a largest width
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
