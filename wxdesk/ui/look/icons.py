"""The program's own line icons, tinted by a role of the theme.

resources/icons/<name>.svg are drawn on 24 × 24 with strokes in `currentColor`; the colour is put in before
they are rendered, so one drawing serves both appearances. QPixmapCache keeps the rendered ones.
"""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from wxdesk.paths import resource
from wxdesk.ui.look.theme import Theme


def program_icon() -> QIcon:
    """Return the program's own icon, which also the installers carry."""
    return QIcon(str(resource("wxdesk.svg")))


def icon(name: str, role: str = "secondary", size: int = 20) -> QIcon:
    """Return the icon `name` in the colour of `role`, faint while disabled.

    It holds the colours of the moment: a widget sets it again when the palette changes.
    """
    made = QIcon(pixmap(name, role, size))
    made.addPixmap(pixmap(name, "faint", size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, role: str = "secondary", size: int = 20) -> QPixmap:
    """Render the icon `name` at `size` device-independent pixels for this screen.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    color = Theme.current().color(role)
    ratio = _ratio()
    key = f"wxdesk:{name}:{color.name()}:{size}:{ratio}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = _render(name, color, size, ratio)
        QPixmapCache.insert(key, found)
    return found


def _render(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    drawing = resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", color.name().encode())
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def _ratio() -> float:
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
