"""Sender of the tried sentence: nobody certain, a name, or a stored customer."""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem, QWidget

from wxdesk.core.events import ConversationEvent, Event, PresenceChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.rules.ruling import ConversationContext
from wxdesk.desk.ports import Clock
from wxdesk.i18n import account_title, tr
from wxdesk.ui.look.icons import icon
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.trial.text import contact_facts_text
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import AT_LEFT, Frame, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import small_label
from wxdesk.ui.widgets.painting import paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate, RowList, RowModel, tell_current
from wxdesk.ui.wording.messages import name_of, preview_of
from wxdesk.ui.wording.times import ago


class TrialSender(QWidget):
    """Chooser of the sender, with the facts taken from a stored customer below.

    The name field is elsewhere in the panel. Changes of the stored conversation are followed.

    Signals:
        chosen: another customer is supposed, or nobody in particular.
        refreshed: the same customer with new facts.
    """

    chosen = Signal()
    refreshed = Signal()

    def __init__(self, bridge: Bridge, rules: RuleModel, panel: QWidget) -> None:
        super().__init__(panel)
        self._bridge = bridge
        self._rules = rules
        self.known: ConversationContext | None = None
        self._wanted = 0
        self._sought: str | None = None
        self.alias = ""  # as most customers are: an alias is given by hand, and what lacks it has to be seen
        self.name = TrialNameField(panel)
        self.picker = ContactPicker(bridge.desk.clock, panel)
        self.taken = small_label(wrap=True, parent=self)
        self.changed = small_label(role="pending", wrap=True, parent=self)
        self.nobody = Button(tr("Back to nobody in particular"), kind=ButtonKind.LINK, parent=self, then=self.forget)
        vbox(self.taken, self.changed, (self.nobody, AT_LEFT), spacing=4, within=self)
        self.changed.hide()
        self.hide()
        self._later = Debounce(self._seek_typed, self)
        self._connect()

    def _connect(self) -> None:
        self.name.textEdited.connect(self._edited)
        self.name.button.triggered.connect(self._end_pressed)
        self.name.moved.connect(self._move)
        self.name.entered.connect(self._enter)
        self.name.left.connect(self.close_picker)
        self.name.emptied.connect(self.forget)
        self.picker.chosen.connect(self.choose)
        self._bridge.events.connect(self._on_events)
        for come in (self._rules.modelReset, self._rules.dataChanged):
            come.connect(self._rules_loaded)

    def choose(self, conversation_id: int) -> None:
        """Suppose the customer of this conversation."""
        self.close_picker()
        self._wanted = conversation_id
        self._ask()

    def forget(self) -> None:
        """Suppose nobody in particular."""
        self.close_picker()
        self._wanted = 0
        if self.known is not None:
            self.known = None
            self._show()
            self.chosen.emit()
            self.name.setFocus()

    def close_picker(self) -> None:
        """Stop searching and close the list."""
        self._later.stop()
        self._sought = None
        self.picker.hide()

    def say_changed(self, what: Sequence[str]) -> None:
        """Show which of the facts below differ from what was taken over."""
        self.changed.show_if_any(tr("Supposed otherwise here: {what}", what=tr(", ").join(what)) if what else "")

    # -- finding the contact

    def _edited(self, text: str) -> None:
        self.alias = text
        self._later.start()

    def _seek_typed(self) -> None:
        self._seek(self.alias.strip())

    def _seek(self, phrase: str) -> None:
        self._later.stop()
        self._sought = phrase
        work = self._bridge.desk.inbox.customers(phrase, accounts=tuple(self._bridge.desk.accounts))
        self._bridge.ask(work, partial(self._found, phrase), about=lambda: self._sought)

    def _found(self, phrase: str, conversations: list[Conversation]) -> None:
        self.picker.show_found(self.name, phrase, conversations, several=len(self._bridge.desk.accounts) > 1)

    def _end_pressed(self) -> None:
        if self.known is not None:
            self.forget()
        elif self.picker.isVisible():
            self.close_picker()
        else:
            self.name.setFocus()
            self._seek("")

    def _move(self, step: int) -> None:
        if self.picker.isVisible():
            self.picker.move_by(step)
        elif self.known is None:
            self._seek("")

    def _enter(self) -> None:
        if not self.picker.isVisible() or not self.picker.take():
            self.close_picker()

    # -- as the contact is now

    def _on_events(self, events: Sequence[Event]) -> None:
        if self._wanted and any(self._concerns(event) for event in events):
            self._ask()

    def _concerns(self, event: Event) -> bool:
        if isinstance(event, ConversationEvent):
            return event.conversation_id == self._wanted
        return isinstance(event, PresenceChanged)

    def _ask(self) -> None:
        desk = self._bridge.desk
        work = desk.reports.decisions.load_for_trial(self._wanted, desk.clock())
        self._bridge.ask(work, self._show_known, about=lambda: self._wanted)

    def _show_known(self, known: ConversationContext) -> None:
        same = self.known is not None and self.known.conversation.id == self._wanted
        self.known = known
        self._show()
        (self.refreshed if same else self.chosen).emit()

    def _rules_loaded(self) -> None:
        """Show the facts again, as the names of rules may have changed."""
        if self.known is not None:
            self._show()
            self.refreshed.emit()

    def _show(self) -> None:
        known, desk = self.known, self._bridge.desk
        self.name.show_name(self.alias if known is None else name_of(known.conversation.contact), fixed=bool(known))
        self.setVisible(known is not None)
        if known is not None:
            self.taken.setText(contact_facts_text(known, desk.presence.now.who, self._rules.rows(), desk.clock()))


class TrialNameField(QLineEdit):
    """Field for a typed name or a stored customer's read-only one, with a `button`.

    Signals:
        moved: an arrow key, +1 down or -1 up. entered, left: Enter; Esc or loss of the focus.
        emptied: a stored customer's name is deleted.
    """

    moved = Signal(int)
    entered = Signal()
    left = Signal()
    emptied = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, placeholderText=tr("no alias"))
        self.setAccessibleName(tr("Name of the customer in this trial"))
        self.setAccessibleDescription(tr("A part of the name finds stored customers."))
        self.setToolTip(tr("Any name, or a part of a stored customer's, who is found below it."))
        self.button = self.addAction(icon("chevron-down"), QLineEdit.ActionPosition.TrailingPosition)
        self._say_end()

    def show_name(self, text: str, *, fixed: bool) -> None:
        """Show a typed name, or a stored customer's that is `fixed`."""
        self.setText(text)
        self.setCursorPosition(0)
        self.setReadOnly(fixed)
        self._say_end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys of the list of customers, and deletion of a read-only name."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in ENTER:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.isReadOnly() and event.key() in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self.emptied.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and isinstance(getattr(self, "button", None), QAction):
            self._say_end()

    def _say_end(self) -> None:
        fixed = self.isReadOnly()
        self.button.setIcon(icon("close" if fixed else "chevron-down"))
        self.button.setToolTip(tr("Back to nobody in particular") if fixed else tr("Choose a stored customer"))


ROW, MOST_ROWS = 42, 5
PAD = 8


class FoundContact(Struct, frozen=True):
    """Texts of a found conversation.

    `below` is the account, if there are several, and the last message.
    """

    conversation_id: int
    name: str
    when: str
    below: str


class FoundContacts(RowModel[FoundContact]):
    """Model of what was found."""

    def _accessible_text(self, row: FoundContact) -> str:
        return ", ".join(filter(None, (row.name, row.when, row.below)))


class ContactPickerDelegate(RowDelegate[FoundContact]):
    """Delegate that paints a conversation in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: FoundContact) -> None:
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = option.state & QStyle.StateFlag.State_Selected
            painter.fillRect(option.rect, color_of("selection" if chosen else "hover"))
        small = font(Size.SMALL)
        width = QFontMetrics(small).horizontalAdvance(row.when) + 1
        line = QRect(option.rect.left() + PAD, option.rect.top() + 3, option.rect.width() - 2 * PAD, 18)
        paint_text(painter, line.adjusted(line.width() - width, 0, 0, 0), row.when, small, color_of("faint"))
        paint_text(painter, line.adjusted(0, 0, -width - PAD, 0), row.name, font(Size.BODY), color_of("text"))
        paint_text(painter, line.translated(0, 18), row.below, small, color_of("secondary"))


class ContactPicker(Frame):
    """Popup list over `over`, below a field that keeps the focus.

    Signals:
        chosen: the id of a conversation.
    """

    chosen = Signal(int)

    def __init__(self, clock: Clock, over: QWidget) -> None:
        super().__init__("card", over)
        self._over = over
        self._clock = clock
        self.model = FoundContacts(self)
        self.view = RowList(self.model, ContactPickerDelegate(), tr("Stored customers"), self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tell_current(self.view)
        self.none = small_label(wrap=True, parent=self)
        vbox(self.view, self.none, spacing=0, margins=(4, 4, 4, 4), within=self)
        self.view.clicked.connect(self._take)
        self.hide()

    def show_found(self, field: QWidget, phrase: str, conversations: Sequence[Conversation], *, several: bool) -> None:
        """Show what `phrase` found, as wide as the panel, right below `field`."""
        self.model.replace_rows([self._found(conversation, several=several) for conversation in conversations])
        nobody = (
            tr("No stored customer is called “{name}”.", name=phrase) if phrase else tr("No customer is stored yet.")
        )
        self.none.show_if_any("" if conversations else nobody)
        self.view.setVisible(bool(conversations))
        at = field.mapTo(self._over, QPoint(0, field.height() + 2))
        width = self._over.width() - 2 * 16
        least = self.none.heightForWidth(width - 24) + PAD
        height = min(len(conversations), MOST_ROWS) * ROW if conversations else least
        self.none.setContentsMargins(PAD, 0, PAD, 0)
        self.setGeometry(16, at.y(), width, max(min(height + 10, self._over.height() - at.y() - PAD), ROW))
        self.show()
        self.raise_()

    def _found(self, conversation: Conversation, *, several: bool) -> FoundContact:
        when = "" if conversation.last_at is None else ago(conversation.last_at, self._clock())
        last = preview_of(conversation)
        below = f"{account_title(conversation.account)} · {last}" if several else last
        return FoundContact(conversation.id, name_of(conversation.contact), when, below)

    def move_by(self, step: int) -> None:
        """Mark another row; at first the first one."""
        row, last = self.view.currentIndex().row(), self.model.rowCount() - 1
        self.view.setCurrentIndex(self.model.index(min(max(row + step, 0), last), 0))

    def take(self) -> bool:
        """Choose the marked row; return False if there is none."""
        index = self.view.currentIndex()
        if index.isValid():
            self._take(index)
        return index.isValid()

    def _take(self, index: QModelIndex) -> None:
        found: FoundContact = index.data(RECORD)
        self.hide()
        self.chosen.emit(found.conversation_id)
