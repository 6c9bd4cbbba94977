"""The tray icon: the desk's state, the number of alerts, and a small menu."""

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from wxdesk.desk.health import HealthState
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.icons import pixmap
from wxdesk.ui.look.theme import Theme, font
from wxdesk.ui.notifications.notice import DesktopNotice, NoticeAction, OnNoticeAction

SIDE = 64
MOST = 99


class Tray(QObject):
    """Shown where the system has a place for it; a press on it opens the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._shown: tuple[bool, bool, int] | None = None
        self._message: tuple[DesktopNotice, OnNoticeAction] | None = None
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu(window)
        self.open = self.menu.addAction(tr("Open wxdesk"))
        self.pause = self.menu.addAction("")
        self.silence = self.menu.addAction(tr("Silence"))
        self.menu.addSeparator()
        self.quit = self.menu.addAction(tr("Quit"))
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._pressed)
        self.show_state(HealthState(), 0)
        self.show_ringing(False)

    def show_state(self, health: HealthState, calling: int) -> None:
        """Show the listener, the pause, and the number of conversations needing attention."""
        state = (bool(health.listener_url), health.paused, calling)
        if state == self._shown:
            return
        self._shown = state
        self.pause.setText(tr("Resume automatic replies") if health.paused else tr("Pause automatic replies"))
        self.icon.setToolTip("wxdesk · " + self._words(*state))
        self.icon.setIcon(_icon(*state))

    def show_ringing(self, ringing: bool) -> None:
        """Enable Silence while something rings."""
        self.silence.setEnabled(ringing)

    def show(self, notice: DesktopNotice, answered: OnNoticeAction) -> None:
        """Implement `Notifier` with the tray's message, which has no buttons."""
        if self.icon.isVisible() and QSystemTrayIcon.supportsMessages():
            self._message = (notice, answered)
            self.icon.showMessage(notice.title, notice.body, self.icon.icon())

    def withdraw(self, key: str) -> None:
        """Do nothing: such a message goes away by itself, and a late press still works."""

    def stop(self) -> None:
        """Forget the last message, so that a press on it does nothing."""
        self._message = None

    def _pressed(self) -> None:
        if self._message is not None:
            notice, answered = self._message
            answered(notice, NoticeAction.OPEN)

    def _words(self, listening: bool, paused: bool, calling: int) -> str:
        parts = [tr("paused") if paused else tr("listening") if listening else tr("Not listening")]
        if calling:
            parts.append(ntr("{n} conversation calls for you", "{n} conversations call for you", calling))
        return " · ".join(parts)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open.trigger()


def _icon(listening: bool, paused: bool, calling: int) -> QIcon:
    role = "pending" if paused else "accent" if listening else "failed"
    picture = pixmap("pause" if paused else "inbox", role, SIDE)
    if not calling:
        return QIcon(picture)
    theme, ratio = Theme.current(), picture.devicePixelRatio()
    side = picture.width() / ratio
    badge = QRectF(side * 0.4, side * 0.4, side * 0.6, side * 0.6)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("failed"))
    painter.drawEllipse(badge)
    face = font(14, strong=True)
    face.setPixelSize(int(badge.height() * (0.7 if calling < 10 else 0.5)))
    painter.setFont(face)
    painter.setPen(theme.color("on_accent"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(min(calling, MOST)))
    painter.end()
    return QIcon(picture)
