"""Card for a template's content: its kind, and the text or fields of that kind."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.templates import IN_CONTENT, Template, TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.content.form import ContentForm
from wxdesk.ui.editing.template_text.variable_menu import AT_LEFT, FieldVariableMenu
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.editor.texts import TextBody
from wxdesk.ui.templates.text import kind_name
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.labels import PlainLabel


class ContentCard(QFrame):
    """Card for one kind of content; what was written for other kinds stays meanwhile.

    Signals:
        changed: the content has changed.
        looked_at: another variant of the text is shown.
    """

    changed = Signal()
    looked_at = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._kind = ReplyKind.TEXT
        self.kinds = {kind: Chip(kind_name(kind), parent=self) for kind in ReplyKind}
        self.text = TextBody(self)
        self.fields = ContentForm((ReplyKind.LINK, ReplyKind.CARD, ReplyKind.IMAGE), _hints(), bridge, self)
        self.fields.column.setSpacing(10)
        written = [field.edit for field in self.fields.by_name.values()]
        self.variables = FieldVariableMenu(written, self.fields, asking=True)
        self.fields.column.insertWidget(len(written), self.variables, 0, AT_LEFT)
        for chip in self.kinds.values():
            chip.clicked.connect(self._kind_clicked)
        self.text.changed.connect(self.changed)
        self.text.looked_at.connect(self.looked_at)
        self.fields.changed.connect(self.changed)
        kinds = hbox(
            PlainLabel(tr("What it says"), size=Size.SMALL, role="secondary", strong=True, parent=self),
            STRETCH,
            *self.kinds.values(),
            spacing=6,
        )
        vbox(kinds, self.text, self.fields, spacing=10, margins=(16, 14, 16, 16), within=self)
        self._show_kind()

    def show_template(self, template: Template) -> None:
        """Show the content of `template`."""
        self.text.show_texts(template.texts, template.variant)
        self.fields.clear()
        self._kind = template.kind
        self._show_content(template.content)
        self._show_kind()

    def apply_to(self, template: Template) -> Template:
        """Return `template` with the content of this card."""
        body, *others = self.text.texts()
        content = Content() if self._kind is ReplyKind.TEXT else self.fields.content(self._kind)
        return replace(template, body=body, others=tuple(others), variant=self.text.which(), content=content)

    @property
    def variant(self) -> int:
        """Index of the shown text, from 0."""
        return self.text.at if self._kind is ReplyKind.TEXT else 0

    def look_at(self, variant: int) -> None:
        """Show that variant of the text, if it exists."""
        self.text.look_at(variant)

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Show faults at their fields."""
        self.text.show_faults([fault for fault in faults if fault.where == "body"])
        reasons: dict[str, str] = {}
        for fault in faults:
            name = fault.where.removeprefix(IN_CONTENT)
            reasons[name] = "\n".join(filter(None, (reasons.get(name), tr(fault.reason))))
        self.fields.show_faults(reasons)

    def _kind_clicked(self) -> None:
        pressed = self.sender()
        self._kind = next(kind for kind, chip in self.kinds.items() if chip is pressed)
        self._show_content(self.fields.content(self._kind))
        self._show_kind()
        self.changed.emit()

    def _show_content(self, content: Content) -> None:
        self.fields.show_content(content)
        self.variables.setVisible(bool(WORDS[content.kind]))

    def _show_kind(self) -> None:
        for kind, chip in self.kinds.items():
            chip.setChecked(kind is self._kind)
        is_text = self._kind is ReplyKind.TEXT
        self.text.setVisible(is_text)
        self.fields.setVisible(not is_text)


def _hints() -> dict[str, str]:
    return {
        "picture": tr("PNG, JPEG or GIF, kept on this machine and uploaded when it leaves."),
        "thumb_picture": tr("A PNG, JPEG or GIF of 5:4, such as 520 × 416."),
    }
