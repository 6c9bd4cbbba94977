"""Pages of the documentation, which every delivery of the program has with it."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QTextBrowser, QWidget

from wxdesk.i18n import language, tr
from wxdesk.paths import pages
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.labels import small_label

WIDTH, HEIGHT = 760, 640


class PageDialog(Dialog):
    """A page in the language of the window; Esc closes it.

    Links to other pages open in its place, others in the browser. The foot names the file, to be read elsewhere.
    """

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent.window(), tr("Documentation"))
        self.place = small_label(wrap=True, parent=self)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view = QTextBrowser(self, openExternalLinks=True)
        self.view.setProperty("class", "flat")
        self.view.sourceChanged.connect(self._name_file)
        file = pages() / (f"{name}.zh-CN.md" if language() == "zh_CN" else f"{name}.md")
        self.view.setSource(QUrl.fromLocalFile(str(file)))
        close = Button(tr("Close"), key_hint="Esc", parent=self, then=self.accept)
        foot = hbox((self.place, 1), close, spacing=12)
        vbox((self.view, 1), foot, within=self, spacing=12, margins=(16, 16, 16, 16))
        self._fit_into_window(WIDTH, HEIGHT)

    def _name_file(self, page: QUrl) -> None:
        self.place.setText(page.toLocalFile())


def show_documentation(name: str, parent: QWidget) -> None:
    """Show the page `name`, such as server."""
    PageDialog(name, parent).open()
