"""Dialogs with what a bubble holds: the address of a link, or a picture to zoom."""

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QGuiApplication,
    QImage,
    QKeySequence,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QPlainTextEdit, QWidget

from wxdesk.core.content.limits import is_web_address
from wxdesk.core.content.text_links import TextLink
from wxdesk.core.errors import BadPicture
from wxdesk.i18n import tr
from wxdesk.paths import replace_file
from wxdesk.ui.content.album import Album
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog, NarrowDialog
from wxdesk.ui.widgets.dialogs.file_jobs import ask_where
from wxdesk.ui.widgets.labels import small_label

_HEIGHT = 96


class LinkDialog(NarrowDialog):
    """One link; only web addresses can be opened, in the system's browser."""

    def __init__(self, link: TextLink, parent: QWidget) -> None:
        title = tr("A page of the mini program") if link.path else tr("Open this address?")
        super().__init__(parent, title)
        self._link = link
        self.address = QPlainTextEdit(link.target, readOnly=True)
        self.address.setProperty("class", "well")
        self.address.setAccessibleName(tr("Address"))
        self.address.setTabChangesFocus(True)
        self.address.setFixedHeight(_HEIGHT)
        self.cancel = Button(tr("Close"), parent=self, then=self.reject)
        self.copy = Button(tr("Copy"), icon="copy", parent=self)
        self.open_it = Button(tr("Open in the browser"), kind=ButtonKind.PRIMARY, parent=self, then=self._open)
        self.open_it.setVisible(not link.path and is_web_address(link.url))
        self._lay_out(title, self.address, hbox(self.copy, STRETCH, self.cancel, self.open_it, spacing=8))
        self.copy.clicked.connect(partial(QGuiApplication.clipboard().setText, link.target))
        self.cancel.setFocus()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._link.url, QUrl.ParsingMode.StrictMode))
        self.accept()


LARGEST = QSize(32_767, 32_767)
"""Longest sides that can be painted: a long screenshot is read in its own size."""

UNWRITABLE = "The picture cannot be saved there."

STEP = 1.25
NEAREST, FARTHEST = 8.0, 0.05


class PictureViewer(Dialog):
    """Shows the picture of `digest`; + and - zoom, 0 fits it in, 1 is its own size."""

    def __init__(self, digest: str, album: Album, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent, tr("Picture"))
        self.setModal(False)
        self._fit_into_window(900, 680)
        self._digest = digest
        self._album = album
        self._bridge = bridge
        self._image = QImage()
        self.view = ZoomView()
        self.words = small_label(tr("Reading the picture…"), tabular=True)
        self.smaller = Button("−")
        self.larger = Button("+")
        self.fit = Button(tr("Fit"))
        self.own_size = Button(tr("Own size"))
        self.copy = Button(tr("Copy"), icon="copy")
        self.save = Button(tr("Save as…"), icon="folder")
        self._arrange()
        self._connect()
        album.ready.connect(self._ready)
        self._show()

    def _arrange(self) -> None:
        self.smaller.setAccessibleName(tr("Smaller"))
        self.larger.setAccessibleName(tr("Larger"))
        sizes = (self.smaller, self.larger, self.fit, self.own_size)
        row = hbox(*sizes, (self.words, 1), self.copy, self.save, spacing=8, margins=(12, 8, 12, 8))
        vbox((self.view, 1), row, within=self, spacing=0)

    def _connect(self) -> None:
        self.view.zoomed.connect(self._show_scale)
        for button, slot, key in (
            (self.smaller, partial(self.view.zoom, 1 / STEP), "-"),
            (self.larger, partial(self.view.zoom, STEP), "+"),
            (self.fit, self.view.fit, "0"),
            (self.own_size, self.view.own_size, "1"),
            (self.copy, self._copy, QKeySequence.StandardKey.Copy),
            (self.save, self._save, QKeySequence.StandardKey.Save),
        ):
            button.clicked.connect(slot)
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    def _ready(self, digest: str) -> None:
        if digest == self._digest and self._image.isNull():
            self._show()

    def _show(self) -> None:
        image = self._album.picture(self._digest, LARGEST)
        if image is None:
            return
        self._image = image
        shown = not image.isNull()
        for button in (self.smaller, self.larger, self.fit, self.own_size, self.copy, self.save):
            button.setEnabled(shown)
        if shown:
            self.view.show_image(image)
        else:
            self.words.setText(tr("This picture cannot be shown"))

    def _show_scale(self, scale: float) -> None:
        size = tr("{width} × {height} pixels", width=self._image.width(), height=self._image.height())
        self.words.setText(f"{round(scale * 100)} % · {size}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self._image)

    def _save(self) -> None:
        self._bridge.ask(self._bridge.desk.pictures.path(self._digest), self._ask_where, once=self)

    def _ask_where(self, path: Path | None) -> None:
        if path is not None:
            ask, save, name = self._bridge.ask, asyncio.to_thread, f"{tr('Picture')}{path.suffix}"
            ask_where(self, tr("Save as…"), name, lambda file: ask(save(copied, path, Path(file)), self._saved))

    def _saved(self, file: Path) -> None:
        self.words.setText(tr("Saved as {name}", name=file.name))


def copied(source: Path, target: Path) -> Path:
    """Copy a picture file, whole or not, and return its path; raise `BadPicture`."""
    try:
        replace_file(target, (source.read_bytes(),))
    except OSError:
        raise BadPicture(UNWRITABLE) from None
    return target


class ZoomView(QGraphicsView):
    """Picture that is zoomed by wheel and moved by mouse; it fits until it is zoomed.

    Signals:
        zoomed: the scale; 1.0 is one pixel of the screen a pixel.
    """

    zoomed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._fits = True
        self.setProperty("class", "window")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Picture"))
        self.setScene(QGraphicsScene(self))
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    def show_image(self, image: QImage) -> None:
        """Show another picture, whole."""
        self.scene().clear()
        shown = self.scene().addPixmap(QPixmap.fromImage(image))
        shown.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.scene().setSceneRect(QRectF(image.rect()))
        self.fit()

    def fit(self) -> None:
        """Show it whole, but not larger than it would be on a plain screen."""
        self._fits = True
        room, own = self.viewport().size(), self.scene().sceneRect().size()
        if not own.isEmpty():
            self._set(min(1.0, room.width() / own.width(), room.height() / own.height()))

    def own_size(self) -> None:
        """Show one pixel a pixel, also on a dense screen."""
        self._fits = False
        self._set(1 / self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def zoom(self, factor: float) -> None:
        """Zoom in, or out by a factor below 1."""
        self._fits = False
        self._set(min(NEAREST, max(FARTHEST, self.transform().m11() * factor)))

    def _set(self, scale: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)
        self.zoomed.emit(scale * self.devicePixelRatioF())
