"""Drop target for pictures that covers a widget while one is dragged over it."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.content.picture_intake import source_in
from wxdesk.ui.look.theme import Measure, Size, Theme, font
from wxdesk.ui.widgets.painting import CENTER

_MARGIN = 12


class DropZone(QWidget):
    """Covers `host` while a picture is held over it.

    Signals:
        dropped: the `Source` that was let go.
    """

    dropped = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Let go to send this picture"))
        host.setAcceptDrops(True)
        host.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter:
                return self._enter(cast(QDragEnterEvent, event))
            case QEvent.Type.Drop:
                return self._drop(cast(QDropEvent, event))
            case QEvent.Type.DragLeave:
                self.hide()
            case QEvent.Type.Resize:
                self.setGeometry(self._host.rect())
        return False

    def _enter(self, event: QDragEnterEvent) -> bool:
        if source_in(event.mimeData()) is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self.hide()
        source = source_in(event.mimeData())
        if source is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(source)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.92)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setOpacity(1.0)
        painter.setPen(QPen(theme.color("accent"), 2, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.drawRoundedRect(frame, Measure.RADIUS, Measure.RADIUS)
        painter.setFont(font(Size.TITLE, strong=True))
        painter.drawText(frame, CENTER, tr("Let go to send this picture"))
        painter.end()
