"""The rail at the left: the pages by icon and name, and the unread count."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from wxdesk.core.conversations.listing import InboxCounts
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Measure, Size, color_of, font
from wxdesk.ui.widgets.boxes import Frame, vbox
from wxdesk.ui.widgets.buttons import EnterButton
from wxdesk.ui.widgets.labels import key_name
from wxdesk.ui.widgets.painting import CENTER, badge_width, paint_badge, paint_box, paint_icon, paint_text, painting

ITEM = QSize(60, 48)
ICON = 20


class PageEntry(Struct, frozen=True):
    """A page as the rail shows it."""

    word: str
    icon: str


class Rail(Frame):
    """One item a page with the key of its number, the last at the foot.

    `group` has the chosen one.
    """

    def __init__(self, places: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__("rail", parent)
        self.setFixedWidth(Measure.RAIL)
        self.setAccessibleName(tr("Pages"))
        self.group = QButtonGroup(self)
        self.items = [RailItem(place, f"Ctrl+{number}", self) for number, place in enumerate(places, 1)]
        column = vbox(within=self, spacing=4, margins=(2, 12, 2, 12))
        for index, item in enumerate(self.items):
            if index == len(self.items) - 1:
                column.addStretch(1)
            self.group.addButton(item, index)
            column.addWidget(item)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show the number of unread conversations on the first page."""
        self.items[0].set_badge(counts.unread)


class RailItem(EnterButton):
    """A page's icon and name, with a badge for what is unread; 0 shows none."""

    def __init__(self, place: PageEntry, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.key = key
        self.badge = 0
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several, for screen readers
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(ITEM)
        self.setFont(font(Size.CAPTION))  # also where chosen: a long word would not fit in bold letters
        self.setAccessibleName(place.word)
        self._describe_badge()

    def set_badge(self, count: int) -> None:
        """Show the number of unread conversations."""
        if count != self.badge:
            self.badge = count
            self._describe_badge()
            self.update()

    def _describe_badge(self) -> None:
        """Say what the number means, by tooltip and for screen readers."""
        unread = ntr("{n} unread", "{n} unread", self.badge) if self.badge else ""
        self.setAccessibleDescription(unread)
        self.setToolTip(" · ".join(filter(None, (f"{self.place.word} ({key_name(self.key)})", unread))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            ground = QRectF(self.rect()).adjusted(1.5, 0.5, -1.5, -0.5)
            if self.isChecked() or self.underMouse():
                paint_box(painter, ground, Measure.RADIUS, "panel" if self.isChecked() else "hover")
            if self.hasFocus():
                ring = ground.adjusted(0.5, 0.5, -0.5, -0.5)
                paint_box(painter, ring, Measure.RADIUS, line="accent", thick=1.5)
            role = "accent" if self.isChecked() else "secondary"
            paint_icon(painter, QPoint((self.width() - ICON) // 2, 6), self.place.icon, role, ICON)
            below = QRect(1, 27, self.width() - 2, 17)
            paint_text(painter, below, self.place.word, self.font(), color_of(role), CENTER)
            if self.badge:
                paint_badge(painter, self.width() // 2 + 3 + badge_width(self.badge), 11, self.badge)
