"""Layout of the inbox's regions, as drawers if narrow, and their order of focus."""

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.inbox.chat.panel import ChatPanel
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.inbox.details.panel import DetailPanel
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import MOVEMENT_MS, wants_movement


class Drawer:
    """One side region: part of the row, or a drawer over the page."""

    def __init__(self, page: QWidget, panel: QWidget, row: QHBoxLayout, *, left: bool) -> None:
        self._page = page
        self._panel = panel
        self._row = row
        self._left = left
        self.is_drawer = False
        self._slide = QPropertyAnimation(panel, b"pos", panel)
        self._slide.setDuration(MOVEMENT_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        row.insertWidget(0 if left else -1, panel)

    @property
    def open(self) -> bool:
        """True while it lies over the page."""
        return self.is_drawer and not self._panel.isHidden()

    def arrange(self, *, as_drawer: bool) -> None:
        """Put the region into the row, or make it a closed drawer; fit an open drawer."""
        if as_drawer == self.is_drawer:
            if self.open:
                self._panel.setGeometry(self._place().x(), 0, self._panel.width(), self._page.height())
            return
        self.is_drawer = as_drawer
        self._slide.stop()
        if as_drawer:
            self._row.removeWidget(self._panel)
            self._panel.hide()
        else:
            self._row.insertWidget(0 if self._left else -1, self._panel)
            self._panel.show()

    def toggle(self) -> None:
        """Open or close the drawer; does nothing in the row."""
        if self.open:
            self.close()
        else:
            self.pull_out()

    def pull_out(self) -> None:
        """Open the drawer over the page."""
        if not self.is_drawer or self.open:
            return
        place = self._place()
        width = self._panel.sizeHint().width() if self._panel.width() <= 0 else self._panel.width()
        self._panel.setGeometry(place.x(), 0, width, self._page.height())
        self._panel.show()
        self._panel.raise_()
        if wants_movement(self._page):
            away = -width if self._left else width
            self._slide.setStartValue(QPoint(place.x() + away, 0))
            self._slide.setEndValue(place)
            self._slide.start()

    def close(self) -> None:
        """Close the drawer."""
        if self.open:
            self._slide.stop()
            self._panel.hide()

    def _place(self) -> QPoint:
        width = Measure.LIST if self._left else Measure.DETAIL
        return QPoint(0 if self._left else self._page.width() - width, 0)


_BY_KEY = Qt.FocusReason.ShortcutFocusReason


class Regions:
    """List, chat and details of one page; the outer two become drawers if narrow."""

    def __init__(self, page: QWidget, shown: ConversationList, chat: ChatPanel, detail: DetailPanel) -> None:
        row = hbox((chat, 1), within=page, spacing=0)
        self._page = page
        self._list = shown
        self._chat = chat
        self._detail = detail
        self.list_drawer = Drawer(page, shown, row, left=True)
        self.detail_drawer = Drawer(page, detail, row, left=False)
        shown.left.connect(self.list_drawer.close)
        detail.left.connect(self.leave_drawers)

    @property
    def drawer_open(self) -> bool:
        """True while a drawer lies over the chat."""
        return self.list_drawer.open or self.detail_drawer.open

    def arrange(self, width: int) -> None:
        """Arrange the regions for a window of this width."""
        self.detail_drawer.arrange(as_drawer=width < Measure.DETAIL_BECOMES_DRAWER)
        self.list_drawer.arrange(as_drawer=width < Measure.LIST_BECOMES_DRAWER)
        for shower, putter, drawer in (
            (self._chat.header.show_detail, self._detail.away, self.detail_drawer),
            (self._chat.header.show_list, self._list.away, self.list_drawer),
        ):
            shower.setVisible(drawer.is_drawer)
            putter.setVisible(drawer.is_drawer)

    def leave_drawers(self) -> None:
        """Close the drawers and focus the composer."""
        self.detail_drawer.close()
        self.list_drawer.close()
        self._chat.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_detail(self) -> None:
        """Toggle the details drawer, or focus the contact in a wide window."""
        if self._detail.area.isHidden():
            return
        self.detail_drawer.toggle()
        if not self._detail.isHidden():
            self._detail.focus_first()

    def focus_search(self) -> None:
        """Focus the search field."""
        self.list_drawer.pull_out()
        self._list.search.setFocus(_BY_KEY)
        self._list.search.selectAll()

    def toggle_held(self) -> None:
        """Unfold and focus the list of held replies, or fold it."""
        if not self._list.strip.isHidden():
            self.list_drawer.pull_out()
        self._list.strip.toggle()

    def cycle(self) -> None:
        """Focus the next region: list, timeline, composer, contact."""
        regions = [self._list, self._chat.timeline, self._chat.composer, self._detail]
        focused = self._page.focusWidget()
        at = next((i for i, region in enumerate(regions) if region.isAncestorOf(focused) or region is focused), -1)
        match (at + 1) % len(regions):
            case 0:
                self.list_drawer.pull_out()
                self._list.focus_rows()
            case 1:
                self._chat.timeline.focus_last()
            case 2:
                self._chat.composer.edit.setFocus(_BY_KEY)
            case _:
                self.detail_drawer.pull_out()
                self._detail.focus_first()
