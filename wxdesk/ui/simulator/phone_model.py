"""Model of the lines on a customer's phone; its last row is the typing sign."""

from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QImage

from wxdesk.i18n import tr
from wxdesk.ui.simulator.port import Phone, PhoneLine, PhoneSide
from wxdesk.ui.simulator.text import line_text, notice_text
from wxdesk.ui.widgets.row_index import Index

NOTICES = frozenset({PhoneSide.ENTERED, PhoneSide.NOT_AVAILABLE})


class PhoneRole(IntEnum):
    """Data of a row beside its text."""

    LINE = Qt.ItemDataRole.UserRole  # a Line; None in the row of the typing sign


class PhoneModel(QAbstractListModel):
    """Appends new lines and keeps the others, so that the view does not jump."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._openid = ""
        self._lines: tuple[PhoneLine, ...] = ()
        self._typing = False
        self._images: dict[str, QImage] = {}

    def show_phone(self, phone: Phone | None, pictures: dict[str, bytes]) -> None:
        """Show this phone from now on."""
        for digest, data in pictures.items():
            if digest not in self._images:
                self._images[digest] = QImage.fromData(data)
        lines = phone.lines if phone is not None else ()
        typing = phone is not None and phone.typing
        known = len(self._lines)
        same = phone is not None and phone.openid == self._openid and lines[:known] == self._lines
        if not same:
            self.beginResetModel()
            self._openid = phone.openid if phone is not None else ""
            self._lines, self._typing = lines, typing
            self.endResetModel()
            return
        self._show_typing(False if len(lines) > known else typing)
        if len(lines) > known:
            self.beginInsertRows(QModelIndex(), known, len(lines) - 1)
            self._lines = lines
            self.endInsertRows()
            self._show_typing(typing)

    def picture(self, digest: str, size: QSize) -> QImage | None:
        """Find a picture by its digest; an empty one if it is gone."""
        return self._images.get(digest, QImage())

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines) + self._typing

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()] if index.row() < len(self._lines) else None
        if role == PhoneRole.LINE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _words(line)
        return None

    def _show_typing(self, typing: bool) -> None:
        if typing == self._typing:
            return
        row = len(self._lines)
        if typing:
            self.beginInsertRows(QModelIndex(), row, row)
            self._typing = True
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), row, row)
            self._typing = False
            self.endRemoveRows()


def _words(line: PhoneLine | None) -> str:
    if line is None:
        return tr("The shop is typing…")
    if line.side in NOTICES:
        return notice_text(line)
    whose = tr("Customer") if line.side is PhoneSide.CUSTOMER else tr("Shop")
    return f"{whose}: {line_text(line)}"
