"""Fields of a picture, link or card as WeChat takes them, with a local picture."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.content.picture_field import PictureField
from wxdesk.ui.editing.template_text.variable_menu import AT_LEFT, FieldVariableMenu
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.actions.body import ActionBody
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel

KINDS = {ActionKind.IMAGE: ReplyKind.IMAGE, ActionKind.LINK: ReplyKind.LINK, ActionKind.CARD: ReplyKind.CARD}

PICTURES = {ActionKind.IMAGE: ("picture", "media_id"), ActionKind.CARD: ("thumb_picture", "thumb_media_id")}
"""Field of a stored picture, and the one of an upload that WeChat holds."""

_NEEDED = frozenset({"title", "url", "page_path"})


class ContentFieldsBody(ActionBody):
    """Fields of image, link and card: a local picture or a media_id, and texts."""

    def __init__(self, action: Action, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = action.kind
        self._content = action.content
        self._fields: dict[str, QLineEdit] = {}
        self._labels: dict[str, PlainLabel] = {}
        self._reasons: dict[str, PlainLabel] = {}
        self.picture: PictureField | None = None
        self._digest, self._media = PICTURES.get(action.kind, ("", ""))
        self.by_id = Button(tr("Name a media_id instead"), kind=ButtonKind.LINK, parent=self)
        self.by_id.hide()
        self.variables: FieldVariableMenu | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        fields = content_fields(action.kind)
        below = 2 * len(fields)
        for row, (name, label, hint) in enumerate(one for one in fields if one[0] != self._media):
            self._add(grid, row, name, label, hint)
        if self._media:
            self._add_picture(grid, below, bridge)
            self._add(grid, len(fields) + 1, *next(one for one in fields if one[0] == self._media))
            self._show_media(bool(getattr(action.content, self._media)) and not self.picture_digest)
        written = [self._fields[name] for name in WORDS[KINDS[action.kind]]]
        if written:
            self.variables = FieldVariableMenu(written, self)
            grid.addWidget(self.variables, 2 * len(written), 1, AT_LEFT)
        grid.addWidget(self._error, below + 4, 0, 1, 2)

    def _add(self, grid: QGridLayout, row: int, name: str, label: str, hint: str) -> None:
        field = QLineEdit(self)
        field.setText(getattr(self._content, name))
        field.setAccessibleName(label)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self.changed)
        self._fields[name] = field
        self._labels[name] = PlainLabel(label, size=Size.SMALL, role="secondary", parent=self)
        self._reasons[name] = error_label(self)
        grid.addWidget(self._labels[name], 2 * row, 0)
        grid.addWidget(field, 2 * row, 1)
        grid.addWidget(self._reasons[name], 2 * row + 1, 1)

    def _add_picture(self, grid: QGridLayout, row: int, bridge: Bridge) -> None:
        if self._kind is ActionKind.IMAGE:
            name, hint = tr("Picture"), tr("PNG, JPEG or GIF: choose it, drop it or paste it here.")
        else:
            name, hint = tr("Cover picture"), tr("PNG, JPEG or GIF of 5:4: choose it, drop it or paste it here.")
        self.picture = PictureField(name, hint, bridge, self)
        digest = getattr(self._content, self._digest)
        if digest:
            self.picture.hold(digest)
        self.picture.changed.connect(self._picture_changed)
        self.by_id.clicked.connect(self._name_media)
        grid.addWidget(self.picture, row, 0, 1, 2)
        grid.addWidget(self.by_id, row + 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)

    @property
    def picture_digest(self) -> str:
        """Digest of the local picture that is sent; empty for none."""
        return self.picture.digest if self.picture is not None else ""

    def action(self) -> Action:
        """Return the action; a local picture takes precedence over a media_id."""
        said: dict[str, Any] = {name: field.text().strip() for name, field in self._fields.items()}
        if self._media:
            said[self._digest] = self.picture_digest
            if self.picture_digest:
                said[self._media] = ""
        return Action(self._kind, content=replace(self._content, kind=KINDS[self._kind], **said))

    def start(self) -> None:
        """Focus the first field to fill in."""
        picture_first = self.picture is not None and self._kind is ActionKind.IMAGE
        (self.picture.choose if self.picture and picture_first else next(iter(self._fields.values()))).setFocus()

    def place(self, where: FieldPath, line: int) -> QWidget:
        """Return the named field, else the first empty required one, else a fallible one."""
        name = str(where[0]) if where else next(iter(self._empty()), "")
        field = self._fields.get(name)
        if field is not None and not field.isHidden():
            return field
        if self.picture is not None:
            media = self._fields[self._media]
            return self.picture.choose if media.isHidden() else media
        return self._fields["url"]

    def field(self, name: str) -> QLineEdit:
        """Return a field by its name in `Content`."""
        return self._fields[name]

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer the named groups as `m.…`."""
        if self.variables is not None:
            self.variables.show_groups(names)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Frame empty or wrong fields, and show each fault below its field."""
        named = [(str(fault.where[3]) if len(fault.where) > 3 else "", tr(fault.reason)) for fault in faults]
        wrong = {name for name, _ in named}
        if "" in wrong:
            wrong.update(self._empty())
        for name, field in self._fields.items():
            set_wrong(field, name in wrong)
            reasons = "\n".join(reason for one, reason in named if one == name)
            field.setAccessibleDescription(reasons)
            self._reasons[name].show_if_any(reasons)
        self._error.show_if_any("\n".join(reason for name, reason in named if name not in self._fields))

    def _empty(self) -> list[str]:
        return [name for name, field in self._fields.items() if name in _NEEDED and not field.text().strip()]

    def _name_media(self) -> None:
        self._show_media(True)
        self._fields[self._media].setFocus()

    def _show_media(self, shown: bool) -> None:
        self._fields[self._media].setVisible(shown)
        self._labels[self._media].setVisible(shown)
        self.by_id.setVisible(not shown and not self.picture_digest)

    def _picture_changed(self) -> None:
        named = bool(self._fields[self._media].text().strip())
        self._show_media(named and not self.picture_digest)
        self.changed.emit()


def content_fields(kind: ActionKind) -> list[tuple[str, str, str]]:
    """Return the text fields of a picture, link or card: `Content` name, label, hint."""
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
                ("thumb_media_id", tr("Cover, media_id"), media),
            ]
