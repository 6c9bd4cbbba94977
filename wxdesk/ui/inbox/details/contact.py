"""Panel about the customer: facts from WeChat, and the operators' own notes."""

from collections.abc import Callable, Iterable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QListView, QPlainTextEdit, QWidget

from wxdesk.core.conversations.changes import ContactChange, change_from_form
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.i18n import account_title, tr
from wxdesk.ui.inbox.acts import LONGEST_TAG
from wxdesk.ui.inbox.timeline.entries import source_rows
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import AT_LEFT, AT_TOP, discard, grid, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, Chip
from wxdesk.ui.widgets.fields.growing import GrowingText
from wxdesk.ui.widgets.fields.title import TitleField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, literal, set_tip, small_label
from wxdesk.ui.widgets.painting import paint_avatar, painting
from wxdesk.ui.wording.messages import short_openid
from wxdesk.ui.wording.times import date_text

AVATAR = 40


class ContactPanel(QFrame):
    """Shows a contact; alias, tags and note are edited in place.

    Signals:
        described: the conversation's id, and the `ContactChange` of its contact.
    """

    described = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._contact: Contact | None = None
        self._noted = ""  # the note from which the operator writes on; a colleague may have changed it since
        self._conversation_id = 0
        self._saving = 0
        self.avatar = Avatar()
        self.alias = AliasEdit()
        self.openid = small_label(elide=True)
        self.first_seen = PlainLabel(elide=True)
        self.source = PlainLabel(wrap=True)
        self.tags = TagRow()
        self.note = NoteEdit()
        self.blocked = PlainLabel(tr("Blocked: rules keep quiet, and nothing new is told of this customer."), wrap=True)
        self.block = Button(kind=ButtonKind.LINK)
        self.export = Button(tr("Export the conversation…"), kind=ButtonKind.LINK)
        self.erase = Button(tr("Delete this customer…"), kind=ButtonKind.LINK)
        self._arrange()
        self.alias.saved.connect(self._save)
        self.note.saved.connect(self._save)
        self.tags.changed.connect(self._save)

    def _arrange(self) -> None:
        who = vbox(self.alias, self.openid, spacing=0)
        head = hbox(self.avatar, (who, 1), spacing=10)
        facts = grid(across=12, down=3, names=60)
        rows = ((tr("First seen"), self.first_seen), (tr("Source"), self.source), (tr("Tags"), self.tags))
        for row, (word, widget) in enumerate((*rows, (tr("Note"), self.note))):
            label = PlainLabel(word, role="secondary")
            label.setBuddy(widget)
            label.setMinimumHeight(22)
            facts.addWidget(label, row, 0, AT_TOP)
            facts.addWidget(widget, row, 1)
        commands = [(button, AT_LEFT) for button in (self.block, self.export, self.erase)]
        vbox(head, facts, self.blocked, vbox(*commands, spacing=4), within=self, spacing=12)

    def show_contact(self, conversation: Conversation, source: str | None) -> None:
        """Show a conversation's contact; keep text being written about the same one."""
        contact, same = conversation.contact, conversation.id == self._conversation_id
        shown = self._contact if same else None
        if not same:
            self.save_unfinished()
            self._conversation_id, self._saving = conversation.id, 0
        elif self._saving:
            return  # what was read is older than what is written here
        self._contact = contact
        self.avatar.show_contact(contact)
        short = short_openid(contact.openid)
        self.alias.setPlaceholderText(short)
        self.openid.setText(" · ".join(filter(None, (short if contact.alias else "", account_title(contact.account)))))
        first = contact.first_seen_at.astimezone().date()
        self.first_seen.setText(date_text(first))
        self.source.setText(source_rows(source) if source else tr("not known"))
        self.source.set_role("text" if source else "secondary")
        self.tags.show_tags(contact.tags)
        self.blocked.setVisible(contact.blocked)
        self.block.setText(tr("Unblock") if contact.blocked else tr("Block this customer"))
        self.block.setToolTip(
            "" if contact.blocked else tr("Resolve the conversation, and hear no more of this customer")
        )
        if shown is None or not self.alias.hasFocus() or self.alias.text() == shown.alias != contact.alias:
            self.alias.show_name(contact.alias)
        if shown is None or not self.note.hasFocus() or self.note.toPlainText() == self._noted != contact.note:
            self._noted = contact.note
            self.note.setPlainText(contact.note)

    def save_unfinished(self) -> None:
        """Save unfinished text before another contact is shown or the window closes."""
        self.tags.finish()
        self._save()

    def _save(self) -> None:
        contact = self._contact
        if contact is None:
            return
        form = replace(contact, alias=self.alias.text(), note=self.note.toPlainText(), tags=self.tags.tags)
        change = change_from_form(contact, form, self._noted)
        if change != ContactChange():
            self._noted = form.note.strip()
            self._contact = change.applied_to(contact)
            self._saving += 1
            self.described.emit(self._conversation_id, change)

    def saving_ended(self, conversation_id: int) -> None:
        """Note that a change of this conversation's contact was stored or has failed."""
        if conversation_id == self._conversation_id:
            self._saving = max(0, self._saving - 1)


class Avatar(QWidget):
    """The contact's letter on its colour."""

    def __init__(self) -> None:
        super().__init__()
        self._contact: Contact | None = None
        self.setFixedSize(AVATAR, AVATAR)

    def show_contact(self, contact: Contact) -> None:
        """Show this contact."""
        self._contact = contact
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._contact is not None:
            with painting(self) as painter:
                paint_avatar(painter, self.rect().toRectF(), self._contact.openid, self._contact.alias)


class AliasEdit(TitleField):
    """Editable name of the contact.

    Signals:
        saved: Enter or Esc was pressed, or the field was left. left: by one of these keys.
    """

    saved = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__(size=14, hint=tr("Give this customer a name"))
        self._before = ""
        self.setMaxLength(60)
        self.setAccessibleName(tr("Alias"))
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def show_name(self, name: str) -> None:
        """Show the stored name; Esc restores it."""
        self._before = name
        self.setText(name)
        self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember the text, so that Esc can restore it."""
        self._before = self.text()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.saved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER or event.key() == Qt.Key.Key_Escape:
            if event.key() == Qt.Key.Key_Escape:
                self.setText(self._before)
            self.saved.emit()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NoteEdit(GrowingText):
    """A few lines about the contact, as high as the text, with names to complete.

    Signals:
        saved: the field was left.
    """

    saved = Signal()

    def __init__(self) -> None:
        super().__init__(range(1, 7), around=8)
        self.completion = NameCompletion(self)
        self.setProperty("class", "flat")
        self.setPlaceholderText(tr("Add a note…"))
        self.setAccessibleName(tr("Note"))
        self.document().setDocumentMargin(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.saved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.completion.is_open and event.key() in ENTER | {Qt.Key.Key_Escape}:
            event.ignore()  # the offered names take it
        else:
            super().keyPressEvent(event)


WIDE = 160


class NameCompletion(QObject):
    """Offers `names` that begin as written behind an @ in `edit`."""

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self.names: Callable[[], Iterable[str]] = tuple
        self._found = QStringListModel(self)
        self.completer = QCompleter(self._found, self)
        self.popup = QListView()
        self.completer.setPopup(self.popup)
        self.completer.setWidget(edit)
        self.completer.activated.connect(self._insert)
        edit.textChanged.connect(self._offer)

    @property
    def is_open(self) -> bool:
        """True while names are offered, to which Enter and Esc belong."""
        return self.popup.isVisible()

    def _begun(self) -> str | None:
        cursor = self._edit.textCursor()
        _, at, begun = cursor.block().text()[: cursor.positionInBlock()].rpartition("@")
        return begun if at else None

    def _offer(self) -> None:
        begun = self._begun()
        names = [] if begun is None else sorted(name for name in self.names() if name.startswith(begun))
        if not names or names == [begun] or not self._edit.hasFocus():
            self.popup.hide()
            return
        self._found.setStringList(names)
        self.completer.setCompletionPrefix("")
        place = self._edit.cursorRect()
        place.setWidth(WIDE)
        self.completer.complete(place)
        self.popup.setCurrentIndex(self._found.index(0))

    def _insert(self, name: str) -> None:
        cursor = self._edit.textCursor()
        left, keep = QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor
        cursor.movePosition(left, keep, len(self._begun() or ""))
        cursor.insertText(f"{name} ")


WIDEST = 130
"""Most pixels of a tag's text, so that its chip fits into one row."""


class TagRow(QWidget):
    """The tags of one contact.

    Signals:
        changed: a tag was added or removed; `tags` has the new ones.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tags: tuple[str, ...] = ()
        self._chips: list[Chip] = []
        self.field = _TagField()
        self.plus = Chip("＋", checkable=False)
        self.plus.setAccessibleName(tr("Add a tag"))
        self.plus.setToolTip(tr("Add a tag"))
        self._flow = FlowLayout(self, self.field, self.plus, gap=4, line_gap=4)
        self.field.hide()
        self.plus.clicked.connect(self._open_field)
        self.field.done.connect(self._add)

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Show these tags."""
        if tags != self.tags:
            self.tags = tags
            discard(*self._chips)
            self._chips = [self._chip(tag) for tag in tags]
            self._flow.set_widgets((*self._chips, self.field, self.plus))
            self.updateGeometry()

    def _chip(self, tag: str) -> Chip:
        chip = Chip(checkable=False, parent=self)
        chip.setText(literal(QFontMetrics(chip.font()).elidedText(tag, Qt.TextElideMode.ElideRight, WIDEST)))
        chip.setAccessibleName(tr("Take away the tag {tag}", tag=tag))
        set_tip(chip, f"{tag} · {tr('Press to take it away')}")
        chip.clicked.connect(partial(self._take_away, tag))
        chip.show()
        return chip

    def finish(self) -> None:
        """Add a tag that is being written."""
        if not self.field.isHidden():
            self._add()

    def _open_field(self) -> None:
        self.plus.hide()
        self.field.clear()
        self.field.show()
        self.field.setFocus()

    def _add(self) -> None:
        self.field.hide()
        self.plus.show()
        tag = " ".join(self.field.text().split())
        if tag and tag not in self.tags:
            self.show_tags((*self.tags, tag))
            self.changed.emit()

    def _take_away(self, gone: str) -> None:
        self.show_tags(tuple(tag for tag in self.tags if tag != gone))
        self.changed.emit()


class _TagField(QLineEdit):
    """Field for one tag; Enter or leaving it adds the tag, Esc gives up."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__(maxLength=LONGEST_TAG)
        self.setFont(font(Size.SMALL))
        self.setFixedWidth(96)
        self.setAccessibleName(tr("New tag"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        if event.key() in ENTER or event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self.done.emit()
