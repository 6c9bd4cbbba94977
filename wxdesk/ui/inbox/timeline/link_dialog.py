"""Dialog with the whole address of a link, to read, copy or open it."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wxdesk.core.content.limits import is_web_address
from wxdesk.core.content.text_links import TextLink
from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import NarrowDialog

_HEIGHT = 96


class LinkDialog(NarrowDialog):
    """One link; only web addresses can be opened, in the system's browser."""

    def __init__(self, link: TextLink, parent: QWidget) -> None:
        title = tr("A page of the mini program") if link.path else tr("Open this address?")
        super().__init__(parent, title)
        self._link = link
        self.address = QPlainTextEdit(link.target)
        self.address.setReadOnly(True)
        self.address.setProperty("class", "well")
        self.address.setAccessibleName(tr("Address"))
        self.address.setTabChangesFocus(True)
        self.address.setFixedHeight(_HEIGHT)
        self.cancel = Button(tr("Close"), parent=self)
        self.copy = Button(tr("Copy"), icon="copy", parent=self)
        self.open_it = Button(tr("Open in the browser"), kind=ButtonKind.PRIMARY, parent=self)
        self.open_it.setVisible(not link.path and is_web_address(link.url))
        self._lay_out(title, self.address, hbox(self.copy, STRETCH, self.cancel, self.open_it, spacing=8))
        self.cancel.clicked.connect(self.reject)
        self.copy.clicked.connect(self._copy)
        self.open_it.clicked.connect(self._open)
        self.cancel.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._link.target)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._link.url, QUrl.ParsingMode.StrictMode))
        self.accept()
