"""Closing of the window: stops receiving messages, or keeps on in the tray."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.preferences import OnClose
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, Dialog, NarrowDialog
from wxdesk.ui.widgets.labels import PlainLabel


class Leaving(QObject):
    """Effect of the window's ✕; the first choice is remembered as a preference.

    `has_tray` tells if the tray shows our icon, by which a hidden window comes back.
    """

    def __init__(self, bridge: Bridge, window: QWidget, *, simulated: bool) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._simulated = simulated
        self._window = window
        self.has_tray: Callable[[], bool] = lambda: False

    def ask(self, quit_: Callable[[], None]) -> None:
        """Hide the window, call `quit_`, or let the operator choose between them."""
        wanted, tray = self._bridge.desk.preferences.now.on_close, self.has_tray()
        if wanted is OnClose.TRAY and tray:
            self._window.hide()
        elif wanted is OnClose.ASK and tray and self.receives() and self._may_ask():
            LeavingDialog(self._window).ask(partial(self._stop, quit_), self._keep_on)
        else:
            self.confirm(quit_)

    def confirm(self, quit_: Callable[[], None]) -> None:
        """Call `quit_`, after a question if messages are lost by it: a key slips."""
        if self._bridge.desk.preferences.now.on_close is OnClose.QUIT or not self.receives():
            quit_()
        elif self._may_ask():
            title = tr("Stop receiving messages?")
            ConfirmDialog(self._window, title, lost(), tr("Stop receiving"), destructive=True).ask(quit_)

    def _may_ask(self) -> bool:
        """True unless this question is open already, or another one comes first."""
        return not any(asked.isVisible() for asked in self._window.findChildren(Dialog))

    def receives(self) -> bool:
        """Tell whether a customer's message could arrive here now."""
        desk = self._bridge.desk
        return bool(desk.accounts and desk.health.state.listener_url) and not (self._simulated or desk.is_remote)

    def _keep_on(self) -> None:
        self._window.hide()
        self._remember(OnClose.TRAY)

    def _stop(self, quit_: Callable[[], None]) -> None:
        self._remember(OnClose.QUIT)
        quit_()

    def _remember(self, choice: OnClose) -> None:
        preferences = self._bridge.desk.preferences
        self._bridge.ask(preferences.set_own(replace(preferences.now, on_close=choice), preferences.now))


def lost() -> str:
    """Say what becomes of messages and replies while wxdesk is closed."""
    return tr(
        "While wxdesk is closed, nothing receives what customers write, and WeChat keeps it for 15 seconds only. "
        "Replies that wait, or that you planned for later, do not leave either."
    )


class LeavingDialog(NarrowDialog):
    """Dialog with stop, keep on in the tray and cancel; Enter alone keeps on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "wxdesk")
        self.stop = Button(tr("Stop receiving"), kind=ButtonKind.DANGER, parent=self)
        self.cancel = Button(tr("Cancel"), parent=self, then=self.reject)
        self.keep_on = Button(tr("Keep on in the tray"), kind=ButtonKind.PRIMARY, parent=self, then=self.accept)
        self.keep_on.setDefault(True)
        self.keep_on.setFocus()
        texts = (lost(), tr("This is asked once; the settings page can change it."))
        words = (PlainLabel(text, role="secondary", wrap=True, parent=self) for text in texts)
        buttons = hbox(self.stop, STRETCH, self.cancel, self.keep_on, spacing=8)
        self._lay_out(tr("Stop receiving messages?"), *words, 4, buttons)

    def ask(self, stop: Callable[[], None], keep_on: Callable[[], None]) -> None:
        """Show the question; returns at once."""
        self.accepted.connect(keep_on)
        self.stop.clicked.connect(self.reject)
        self.stop.clicked.connect(stop)
        self.open()
