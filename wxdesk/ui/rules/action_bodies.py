"""What stands inside the other actions: the fields of a picture, link or card, tags, or a sentence about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from wxdesk.core.faults import MOST_SNOOZE_MINUTES, MOST_TYPING_SECONDS, Fault, Place
from wxdesk.core.model import Content, ReplyKind
from wxdesk.core.rules import Action, ActionKind
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.action_body import ActionBody
from wxdesk.ui.rules.condition_parts import error_label, sentence_word
from wxdesk.ui.rules.reply_body import ReplyBody
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.field import set_wrong
from wxdesk.ui.widgets.flow import KEEP_WITH_NEXT, FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.number_field import NumberField
from wxdesk.ui.widgets.word_chips import WordChips

TYPING = 3
"""Seconds that typing begins with: about as long as a short sentence takes."""

SNOOZE = 60
"""Minutes that a snooze begins with."""


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
        for row, (name, label, hint) in enumerate(content_fields(action.kind)):
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
        said: dict[str, Any] = {name: field.text().strip() for name, field in self._fields.items()}
        return Action(self._kind, content=replace(self._content, kind=_KINDS[self._kind], **said))

    def start(self) -> None:
        """The first field."""
        next(iter(self._fields.values())).setFocus()

    def place(self, where: Place, line: int) -> QWidget:
        """The field that is named, else the first that is empty and must not be, else the one that can be wrong."""
        empty = (name for name in self._fields if name in _NEEDED and not self._fields[name].text().strip())
        name = str(where[0]) if where else next(empty, "")
        doubtful = self._fields.get("url") or next(iter(self._fields.values()))
        return self._fields.get(name, doubtful)

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

    def place(self, where: Place, line: int) -> QWidget:
        """Its only field."""
        return self.name

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

    def place(self, where: Place, line: int) -> QWidget:
        """Its only field."""
        return self.chips.add

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


class TypingBody(ActionBody):
    """typing: how long the customer sees that somebody writes."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seconds = NumberField(1, MOST_TYPING_SECONDS, tr("Seconds of typing"), self)
        self.seconds.show_number(action.seconds)
        self.seconds.valueChanged.connect(self._edited)
        self._error = error_label(self)
        flow = FlowLayout(self)
        before, _ = typing_words(action.seconds)
        unit = sentence_word("", self)
        self.seconds.count(unit, _typed)
        self.seconds.setProperty(KEEP_WITH_NEXT, True)
        for widget in (sentence_word(before, self), self.seconds, unit):
            flow.addWidget(widget)
        flow.addWidget(self._error)

    def action(self) -> Action:
        """So many seconds."""
        return Action(ActionKind.TYPING, seconds=self.seconds.value())

    def start(self) -> None:
        """The number."""
        self.seconds.setFocus()

    def place(self, where: Place, line: int) -> QWidget:
        """Its only field."""
        return self.seconds

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Say it below."""
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def _edited(self) -> None:
        self.changed.emit()


def typing_words(seconds: int) -> tuple[str, str]:
    """What stands before and behind the number of seconds of typing."""
    return tr("The customer sees somebody typing for"), _typed(seconds)


def _typed(seconds: int) -> str:
    return ntr("second, then the next message comes.", "seconds, then the next message comes.", seconds)


class SnoozeBody(ActionBody):
    """snooze: for how long the conversation is out of sight."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minutes = NumberField(1, MOST_SNOOZE_MINUTES, tr("Minutes of snoozing"), self)
        self.minutes.show_number(action.minutes)
        self.minutes.valueChanged.connect(self._edited)
        self._error = error_label(self)
        flow = FlowLayout(self)
        for widget in (
            sentence_word(tr("Out of sight for"), self),
            self.minutes,
            sentence_word(tr("minutes, or until the customer writes; then it calls for you."), self),
            PlainLabel(_when_aside(), size=Size.SMALL, role="secondary", wrap=True, parent=self),
            self._error,
        ):
            flow.addWidget(widget)

    def action(self) -> Action:
        """So many minutes."""
        return Action(ActionKind.SNOOZE, minutes=self.minutes.value())

    def start(self) -> None:
        """The number."""
        self.minutes.setFocus()

    def place(self, where: Place, line: int) -> QWidget:
        """Its only field."""
        return self.minutes

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Say it below."""
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def _edited(self) -> None:
        self.changed.emit()


class SentenceBody(ActionBody):
    """take_over, transfer, notify, resolve, silent: nothing to fill in, but something to know."""

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
        case ActionKind.TYPING:
            return TypingBody(action, parent)
        case ActionKind.SNOOZE:
            return SnoozeBody(action, parent)
        case _:
            return SentenceBody(action, parent)


def empty_action(kind: ActionKind) -> Action:
    """A new action of this kind."""
    seconds = TYPING if kind is ActionKind.TYPING else 0
    minutes = SNOOZE if kind is ActionKind.SNOOZE else 0
    content = Content(kind=_KINDS.get(kind, ReplyKind.TEXT))
    return Action(kind, content=content, seconds=seconds, minutes=minutes)


_KINDS = {ActionKind.IMAGE: ReplyKind.IMAGE, ActionKind.LINK: ReplyKind.LINK, ActionKind.CARD: ReplyKind.CARD}
_NEEDED = frozenset({"media_id", "title", "url", "page_path", "thumb_media_id"})


def content_fields(kind: ActionKind) -> list[tuple[str, str, str]]:
    """The fields of a picture, link or card: name in `Content`, label, hint."""
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


def _when_aside() -> str:
    """What keeps a rule from setting the conversation aside."""
    return tr(
        "Only once all that the rule says has been sent, and not if the customer has written since, if anything waits "
        "for a person, or if the rule only prepares drafts."
    )


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
        case ActionKind.NOTIFY:
            return tr("Somebody at the desk is called; the rules go on as ever.")
        case ActionKind.RESOLVE:
            done = tr("It leaves the list and the figures until the customer writes again.")
            return tr("{first} {second}", first=done, second=_when_aside())
        case _:
            return tr("The message counts as answered, and the customer gets nothing.")
