"""Fields of a picture, link or card as WeChat takes them, with a local picture."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.content.form import FIELDS, UPLOADED, ContentForm
from wxdesk.ui.editing.template_text import FieldVariableMenu
from wxdesk.ui.rules.editor.actions.bodies import ActionBody
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import AT_LEFT, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import LabelledField, set_wrong

KINDS = {ActionKind.IMAGE: ReplyKind.IMAGE, ActionKind.LINK: ReplyKind.LINK, ActionKind.CARD: ReplyKind.CARD}

_NEEDED = frozenset({"title", "url", "page_path"})


class ContentFieldsBody(ActionBody):
    """Fields of image, link and card: a local picture or a media_id, and texts."""

    def __init__(self, action: Action, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self._kind = kind = KINDS[action.kind]
        self.form = ContentForm((kind,), _hints(), bridge, self)
        self.form.column.setSpacing(6)
        self.form.show_content(replace(action.content, kind=kind))
        self._media = next((UPLOADED[name] for name in FIELDS[kind] if name in UPLOADED), "")
        self.picture = next(iter(self.form.pictures.values()), None)
        media = tr("Cover, media_id") if kind is ReplyKind.CARD else "media_id"
        self.media = LabelledField(media, tr("from WeChat's upload of temporary media, valid for 3 days"), self)
        self.media.edit.setText(getattr(action.content, self._media, ""))
        self.by_id = Button(tr("Name a media_id instead"), kind=ButtonKind.LINK, parent=self, then=self._name_media)
        written = [self.field(name) for name in WORDS[kind]]
        self.variables = FieldVariableMenu(written, self) if written else None
        if self.variables is not None:
            self.form.column.insertWidget(len(written), self.variables, 0, AT_LEFT)
        vbox(self.form, (self.by_id, AT_LEFT), self.media, self._error, spacing=6, within=self)
        self._show_media(bool(self.media.text()))
        if self.picture is not None:
            self.picture.changed.connect(self._picture_changed)
        self.form.changed.connect(self.changed)
        self.media.edited.connect(self.changed)

    @property
    def picture_digest(self) -> str:
        """Digest of the local picture that is sent; empty for none."""
        return self.picture.digest if self.picture is not None else ""

    def action(self) -> Action:
        """Return the action; a local picture takes precedence over a media_id."""
        content = self.form.content(self._kind)
        if self._media:
            media: dict[str, Any] = {self._media: "" if self.picture_digest else self.media.text()}
            content = replace(content, **media)
        return replace(self._action, content=content)

    def start(self) -> None:
        """Focus the first field to fill in."""
        self.form.start()

    def place(self, where: FieldPath, line: int) -> QWidget:
        """Return the named field, else the first empty required one, else a fallible one."""
        name = str(where[0]) if where else next(iter(self._empty()), "")
        if name in self.form.by_name:
            return self.field(name)
        if self.picture is not None:
            return self.picture.choose if self.media.isHidden() else self.media.edit
        return self.field("url")

    def field(self, name: str) -> QLineEdit:
        """Return a field by its name in `Content`."""
        return (self.media if name == self._media else self.form.by_name[name]).edit

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer the named groups as `m.…`."""
        if self.variables is not None:
            self.variables.show_groups(names)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Frame empty or wrong fields, and show each fault below its field."""
        reasons: dict[str, list[str]] = {}
        for fault in faults:
            name = str(fault.where[3]) if len(fault.where) > 3 else ""
            reasons.setdefault(name if name in (*self.form.by_name, self._media) else "", []).append(tr(fault.reason))
        said = {name: "\n".join(lines) for name, lines in reasons.items()}
        self.form.show_faults(said)
        self.media.show_error(said.get(self._media, "") if self._media else "")
        for name in self._empty() if any(len(fault.where) <= 3 for fault in faults) else ():
            set_wrong(self.field(name), True)
        self._error.show_if_any(said.get("", ""))

    def _empty(self) -> list[str]:
        return [name for name, field in self.form.by_name.items() if name in _NEEDED and not field.text()]

    def _name_media(self) -> None:
        self._show_media(True)
        self.media.edit.setFocus()

    def _show_media(self, named: bool) -> None:
        self.media.setVisible(named and not self.picture_digest)
        self.by_id.setVisible(bool(self._media) and not named and not self.picture_digest)

    def _picture_changed(self) -> None:
        self._show_media(bool(self.media.text()))
        self.changed.emit()


def _hints() -> dict[str, str]:
    return {
        "picture": tr("Choose it, drop it or paste it here."),
        "thumb_picture": tr("A picture of 5:4: choose it, drop it or paste it here."),
    }
