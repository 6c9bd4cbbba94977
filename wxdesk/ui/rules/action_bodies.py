"""What stands inside an action: a text, the fields of a picture, link or card, tags, or a sentence about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wxdesk.core.faults import Fault
from wxdesk.core.model import Content, ReplyKind
from wxdesk.core.render import TEXT_LIMIT_BYTES, VARIABLES, byte_count
from wxdesk.core.rules import Action, ActionKind
from wxdesk.i18n import tr
from wxdesk.ui.rules.choices import MenuButton
from wxdesk.ui.rules.condition_parts import error_label
from wxdesk.ui.rules.template_edit import TemplateEdit
from wxdesk.ui.rules.word_chips import WordChips
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import ButtonKind
from wxdesk.ui.widgets.field import set_wrong
from wxdesk.ui.widgets.flow import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel


class ActionBody(QWidget):
    """The inside of one action.

    Signals:
        changed: it says something else now.
    """

    changed = Signal()

    def action(self) -> Action:
        """What it says."""
        raise NotImplementedError

    def start(self) -> None:
        """Give it the keyboard."""
        self.setFocus()

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Say what is wrong with it; None takes that away."""

    def show_groups(self, names: Iterable[str]) -> None:
        """Tell it which named groups the rule's patterns have."""


class ReplyBody(ActionBody):
    """reply: a text that may hold Liquid."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._groups: tuple[str, ...] = ()
        self.edit = TemplateEdit(self)
        self.edit.set_text(action.text)
        self.edit.edited.connect(self._edited)
        self._error = error_label(self)
        self.variables = MenuButton(tr("Insert a variable"), kind=ButtonKind.LINK, parent=self)
        self.variables.menu_shown.aboutToShow.connect(self._fill_menu)
        self.variables.menu_shown.triggered.connect(self._insert)
        self._size = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        foot = QHBoxLayout()
        foot.addWidget(self.variables)
        foot.addStretch(1)
        foot.addWidget(self._size)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.edit)
        column.addWidget(self._error)
        column.addLayout(foot)
        self._measure()

    def action(self) -> Action:
        """The template, beside the further ones that a rules file may name."""
        return replace(self._action, text=self.edit.text())

    def start(self) -> None:
        """The text."""
        self.edit.setFocus()

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Mark the line, and explain it below."""
        line = fault.template_line if fault else 0
        self.edit.mark_line(line)
        if line:
            reason = tr("Line {line}: {reason}", line=line, reason=reason)
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer them as `m.…`."""
        self._groups = tuple(sorted(names))

    def _edited(self) -> None:
        self._measure()
        self.changed.emit()

    def _measure(self) -> None:
        size = byte_count(self.edit.text())
        self._size.setText(tr("{size} / {limit} bytes as written", size=size, limit=TEXT_LIMIT_BYTES))

    def _fill_menu(self) -> None:
        menu = self.variables.menu_shown
        menu.clear()
        for name, meaning in variable_names(self._groups):
            action = menu.addAction(f"{meaning}    {name}")
            action.setData(name)

    def _insert(self, action: QAction) -> None:
        self.edit.insert("{{ " + action.data() + " }}")


class FieldsBody(ActionBody):
    """image, link, card: the fields that WeChat takes for it."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = action.kind
        self._content = action.content
        self._fields: dict[str, QLineEdit] = {}
        self._error = error_label(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, label, hint) in enumerate(_fields(action.kind)):
            field = QLineEdit(self)
            field.setText(getattr(action.content, name))
            field.setAccessibleName(label)
            field.setPlaceholderText(hint)
            field.textEdited.connect(self._edited)
            self._fields[name] = field
            grid.addWidget(PlainLabel(label, size=Size.SMALL, role="secondary", parent=self), row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._error, len(self._fields), 1)

    def action(self) -> Action:
        """The fields."""
        said = {name: field.text().strip() for name, field in self._fields.items()}
        return Action(self._kind, content=replace(self._content, kind=_KINDS[self._kind], **said))

    def start(self) -> None:
        """The first field."""
        next(iter(self._fields.values())).setFocus()

    def field(self, name: str) -> QLineEdit:
        """One field, by its name in `Content`."""
        return self._fields[name]

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Frame what is empty, and say it below."""
        for name, field in self._fields.items():
            set_wrong(field, fault is not None and name in _NEEDED and not field.text().strip())
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def _edited(self) -> None:
        self.changed.emit()


class TemplateBody(ActionBody):
    """template: the shortcut or the title of a stored answer."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(action.text, self)
        self.name.setAccessibleName(tr("Shortcut or title of the template"))
        self.name.setPlaceholderText(tr("Shortcut or title of the template"))
        self.name.textEdited.connect(self._edited)
        self._error = error_label(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.name)
        column.addWidget(self._error)

    def action(self) -> Action:
        """The name."""
        return Action(ActionKind.TEMPLATE, text=self.name.text().strip())

    def start(self) -> None:
        """The name."""
        self.name.setFocus()

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Frame the name, and say it below."""
        set_wrong(self.name, fault is not None)
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def _edited(self) -> None:
        self.changed.emit()


class TagBody(ActionBody):
    """tag: words that the customer is tagged with."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self.chips = WordChips(self, tr("tag"))
        self.chips.set_words(action.tags)
        self.chips.changed.connect(self.changed)
        self.chips.relaid.connect(self._set)
        self._error = error_label(self)
        self._set()

    def action(self) -> Action:
        """The tags."""
        return Action(ActionKind.TAG, tags=self.chips.words())

    def start(self) -> None:
        """The field for a word."""
        self.chips.open_field()

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Say it below the tags."""
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def _set(self) -> None:
        while self._flow.count():
            self._flow.takeAt(0)
        for widget in (*self.chips.widgets(), self._error):
            self._flow.addWidget(widget)
        self._flow.invalidate()
        self.updateGeometry()


class SentenceBody(ActionBody):
    """take_over, transfer, typing, notify, silent: nothing to fill in, but something to know."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(PlainLabel(_sentence(action.kind), size=Size.SMALL, role="secondary", wrap=True, parent=self))

    def action(self) -> Action:
        """As it was."""
        return self._action


def body_of(action: Action, parent: QWidget | None = None) -> ActionBody:
    """The inside of `action`."""
    match action.kind:
        case ActionKind.REPLY:
            return ReplyBody(action, parent)
        case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
            return FieldsBody(action, parent)
        case ActionKind.TEMPLATE:
            return TemplateBody(action, parent)
        case ActionKind.TAG:
            return TagBody(action, parent)
        case _:
            return SentenceBody(action, parent)


def variable_names(groups: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What a template can show: the name to write, and what it is."""
    meanings = {
        "contact.alias": tr("the customer's name, as you gave it"),
        "message.text": tr("what the customer wrote"),
        "time": tr("the time, as 14:05"),
        "date": tr("the date"),
        "window.left": tr("replies that are left"),
        "account": tr("the mini program's name"),
        "session.value": tr("where the customer came from last; session.id and the like, if it has fields"),
        "contact.short_id": tr("the end of the customer's openid"),
    }
    known = [(name, text) for name, text in meanings.items() if name.partition(".")[0] in VARIABLES]
    return [*((f"m.{group}", tr("found by the pattern")) for group in groups), *known]


def empty_action(kind: ActionKind) -> Action:
    """A new action of this kind."""
    return Action(kind, content=Content(kind=_KINDS.get(kind, ReplyKind.TEXT)))


_KINDS = {ActionKind.IMAGE: ReplyKind.IMAGE, ActionKind.LINK: ReplyKind.LINK, ActionKind.CARD: ReplyKind.CARD}
_NEEDED = frozenset({"media_id", "title", "url", "page_path", "thumb_media_id"})


def _fields(kind: ActionKind) -> list[tuple[str, str, str]]:
    title = ("title", tr("Title"), "")
    media = tr("from WeChat's upload of temporary media, valid for 3 days")
    match kind:
        case ActionKind.IMAGE:
            return [("media_id", "media_id", media)]
        case ActionKind.LINK:
            return [
                title,
                ("description", tr("Description"), ""),
                ("url", tr("Link's address"), "https://"),
                ("thumb_url", tr("Picture's address"), "https://"),
            ]
        case _:
            return [
                title,
                ("page_path", tr("Page of the mini program"), "pages/index/index"),
                (
                    "thumb_media_id",
                    tr("Cover, media_id"),
                    tr("from WeChat's upload of temporary media, valid for 3 days"),
                ),
            ]


def _sentence(kind: ActionKind) -> str:
    match kind:
        case ActionKind.TAKE_OVER:
            return tr("The conversation waits for a person; the rules keep quiet in it until it is handed back.")
        case ActionKind.TRANSFER:
            return tr(
                "The answer to this very message hands the customer over to WeChat's own service tool. Until his "
                "session there ends, at most half an hour after the last word, this desk sees nothing of what he "
                "writes."
            )
        case ActionKind.TYPING:
            return tr("The customer sees that somebody is typing before the next message comes.")
        case ActionKind.NOTIFY:
            return tr("Somebody at the desk is called; the rules go on as ever.")
        case _:
            return tr("The message counts as answered, and the customer gets nothing.")
