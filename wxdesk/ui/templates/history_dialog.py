"""Every revision of a template that was ever saved: look at one, and take it into the editor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from wxdesk.core.model import ReplyKind
from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.templates.words import kind_name, shortcut_word
from wxdesk.ui.theme import Size, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.words import clock_time, day_word

WIDTH, HEIGHT = 680, 440
LIST, ROW = 220, 32


class HistoryDialog(QDialog):
    """Revisions at the left, the newest first; what the chosen one says at the right.

    Signals:
        taken: the revision whose words shall be edited again.
    """

    taken = Signal(object)

    def __init__(self, revisions: Sequence[Template], now: datetime, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("History"))
        self.setModal(True)
        self._revisions = tuple(revisions)
        self.list = QListWidget(self)
        self.list.setProperty("class", "card")
        self.list.setAccessibleName(tr("Revisions, the newest first"))
        self.list.setFixedWidth(LIST)
        for revision in revisions:
            item = QListWidgetItem(_row_words(revision, now))
            item.setSizeHint(QSize(0, ROW))
            self.list.addItem(item)
        self.facts = PlainLabel(role="secondary", size=Size.SMALL, elide=True, parent=self)
        self.said = QPlainTextEdit(self)
        self.said.setProperty("class", "well")
        self.said.setFont(font(Size.MESSAGE))
        self.said.setReadOnly(True)
        self.said.setTabChangesFocus(True)
        self.said.setAccessibleName(tr("What this revision says"))
        self.take = Button(tr("Take these words"), kind=ButtonKind.PRIMARY, parent=self)
        self.take.setToolTip(tr("Puts them into the editor; they are used once you save."))
        self.close_button = Button(tr("Close"), key_hint="Esc", parent=self)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(self._take)
        self.take.clicked.connect(self._take)
        self.close_button.clicked.connect(self.reject)
        self._lay_out()
        room = parent.window().size()
        self.resize(min(WIDTH, room.width() - 48), min(HEIGHT, room.height() - 48))
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.facts)
        right.addWidget(self.said, 1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def _show(self, row: int) -> None:
        revision = self._revisions[row]
        facts = (revision.title, shortcut_word(revision.shortcut), revision.category, *revision.keywords)
        self.facts.setText(" · ".join(part for part in facts if part))
        self.said.setPlainText(said_words(revision))
        self.take.setEnabled(row > 0)

    def _take(self) -> None:
        if self.take.isEnabled():
            revision = self._revisions[self.list.currentRow()]
            self.accept()
            self.taken.emit(revision)


def _row_words(revision: Template, now: datetime) -> str:
    when = revision.updated_at or now
    return tr("Revision {n} · {day} {time}", n=revision.revision, day=day_word(when, now), time=clock_time(when))


def said_words(template: Template) -> str:
    """All that a template says, in words: each variant, or the fields of a link, card or picture."""
    if template.kind is ReplyKind.TEXT:
        return "\n\n———\n\n".join(template.texts)
    content = template.content
    fields = (kind_name(content.kind), content.title, content.description, content.url, content.page_path)
    return "\n".join(part for part in fields if part)
