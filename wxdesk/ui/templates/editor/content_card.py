"""Card for a template's content: its kind, and the text or fields of that kind."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import IN_CONTENT, Template, TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.content.form import ContentForm
from wxdesk.ui.editing.record_editor import EditorCard
from wxdesk.ui.editing.template_text import FieldVariableMenu
from wxdesk.ui.editing.wordings import Wordings
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.text import kind_name
from wxdesk.ui.widgets.boxes import AT_LEFT
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import heading


class ContentCard(EditorCard):
    """Card for one kind of content; what was written for other kinds stays meanwhile."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ReplyKind.TEXT
        self.kinds = {kind: Chip(kind_name(kind), parent=self) for kind in ReplyKind}
        self.text = Wordings(self, asking=True)
        self.fields = ContentForm((ReplyKind.LINK, ReplyKind.CARD, ReplyKind.IMAGE), _hints(), bridge, self)
        self.fields.column.setSpacing(10)
        written = [field.edit for field in self.fields.by_name.values()]
        self.variables = FieldVariableMenu(written, self.fields, asking=True)
        self.fields.column.insertWidget(len(written), self.variables, 0, AT_LEFT)
        for kind, chip in self.kinds.items():
            chip.clicked.connect(partial(self._choose_kind, kind))
        self.text.changed.connect(self.changed)
        self.fields.changed.connect(self.changed)
        kinds = FlowLayout(None, heading(tr("What it says"), self), *self.kinds.values())
        self._stack(kinds, self.text, self.fields, foot=16)
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
        return replace(template, body=body, others=tuple(others), variant=self.text.variant, content=content)

    @property
    def variant(self) -> int:
        """Number of the wording that had the cursor last, from 0."""
        return self.text.at if self._kind is ReplyKind.TEXT else 0

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Show faults at their fields."""
        self.text.show_mistakes((one.variant, one.line, one.reason) for one in faults if one.where == "body")
        reasons: dict[str, str] = {}
        for fault in faults:
            name = fault.where.removeprefix(IN_CONTENT)
            reasons[name] = "\n".join(filter(None, (reasons.get(name), tr(fault.reason))))
        self.fields.show_faults(reasons)

    def _choose_kind(self, kind: ReplyKind) -> None:
        self._kind = kind
        self._show_content(self.fields.content(kind))
        self._show_kind()
        if kind is ReplyKind.TEXT:
            self.text.place(self.text.at, 0).setFocus()
        else:
            self.fields.start()
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
        "picture": tr("It is kept on this machine and uploaded when it leaves."),
        "thumb_picture": tr("A picture of 5:4, such as 520 × 416."),
    }
