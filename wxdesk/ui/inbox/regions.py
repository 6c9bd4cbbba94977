"""Layout of the inbox's regions, as drawers if narrow, and their order of focus."""

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from wxdesk.ui.inbox.chat.panel import ChatPanel
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.inbox.details.panel import DetailPanel
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import MOVEMENT_MS, wants_movement


class Drawer:
    """One side region: part of the row, or a drawer over the page; `width` in pixels."""

    def __init__(self, page: QWidget, panel: QWidget, row: QSplitter, *, left: bool) -> None:
        self._page = page
        self._panel = panel
        self._row = row
        self._left = left
        self.is_drawer = False
        self.width = panel.minimumWidth()
        self._slide = QPropertyAnimation(panel, b"pos", panel)
        self._slide.setDuration(MOVEMENT_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._put_in()

    def _put_in(self) -> None:
        self._row.insertWidget(0 if self._left else self._row.count(), self._panel)

    @property
    def open(self) -> bool:
        """True while it lies over the page."""
        return self.is_drawer and not self._panel.isHidden()

    def arrange(self, *, as_drawer: bool) -> None:
        """Put the region into the row, or make it a closed drawer; fit an open drawer."""
        if as_drawer == self.is_drawer:
            if self.open:
                self._panel.setGeometry(self._place().x(), 0, self.width, self._page.height())
            return
        self.is_drawer = as_drawer
        self._slide.stop()
        if as_drawer:
            self._panel.setParent(self._page)
            self._panel.hide()  # also in a window that is not shown yet
        else:
            self._put_in()
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
        place, width = self._place(), self.width
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
        return QPoint(0 if self._left else self._page.width() - self.width, 0)


_BY_KEY = Qt.FocusReason.ShortcutFocusReason


class Regions:
    """List, chat and details of one page; the outer two become drawers if narrow."""

    def __init__(self, page: QWidget, shown: ConversationList, chat: ChatPanel, detail: DetailPanel) -> None:
        self._row = QSplitter(page)
        self._row.setHandleWidth(1)  # Qt lets the mouse take it a few pixels beside as well
        self._row.setChildrenCollapsible(False)
        self._row.addWidget(chat)
        hbox((self._row, 1), within=page, spacing=0)
        self._page = page
        self._list = shown
        self._chat = chat
        self._detail = detail
        self.list_drawer = Drawer(page, shown, self._row, left=True)
        self.detail_drawer = Drawer(page, detail, self._row, left=False)
        self._row.splitterMoved.connect(self._draw)
        shown.left.connect(self.list_drawer.close)
        detail.left.connect(self.leave_drawers)

    @property
    def widths(self) -> tuple[int, int]:
        """Width of the list and of the details, in pixels, to be kept."""
        return self.list_drawer.width, self.detail_drawer.width

    def restore(self, widths: tuple[int, int]) -> None:
        """Make list and details as wide as they were left, within their bounds."""
        for panel, drawer, width in zip(
            (self._list, self._detail), (self.list_drawer, self.detail_drawer), widths, strict=True
        ):
            drawer.width = min(max(width, panel.minimumWidth()), panel.maximumWidth())
        self._spread()

    def _draw(self, _place: int, handle: int) -> None:
        """Note the width of the side whose handle was drawn; it may squeeze the other."""
        if self._row.widget(handle - 1) is self._list:
            self.list_drawer.width = self._list.width()
        else:
            self.detail_drawer.width = self._detail.width()

    def _spread(self) -> None:
        """Give the sides their widths, and the chat the rest."""
        before = [] if self.list_drawer.is_drawer else [self.list_drawer.width]
        after = [] if self.detail_drawer.is_drawer else [self.detail_drawer.width]
        rest = self._row.width() - sum(before) - sum(after) - self._row.handleWidth() * (self._row.count() - 1)
        self._row.setSizes([*before, rest, *after])

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
        self._spread()

    def close_drawers(self) -> None:
        """Close the drawers."""
        self.detail_drawer.close()
        self.list_drawer.close()

    def leave_drawers(self) -> None:
        """Close the drawers and focus the composer."""
        self.close_drawers()
        self._chat.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_detail(self) -> None:
        """Toggle the details drawer, or focus the contact in a wide window."""
        if self._detail.area.isHidden():
            return
        if self.detail_drawer.open:
            self.leave_drawers()  # else its focus falls to some button, which the next Enter presses
        else:
            self.detail_drawer.pull_out()
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
