"""Field for a value from WeChat's console, cleaned and judged as it comes."""

from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.wechat.credential_shapes import CredentialField, clean, judge
from wxdesk.desk.wechat.explanations import explain_cleaning, explain_issue, field_name
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.fields.labelled import LabelledField

PASTED = 3
"""Characters that come at once only by pasting."""


class PastedField(LabelledField):
    """One value of an account; an impossible one is refused here, in words."""

    def __init__(self, field: CredentialField, hint: str = "", *, hidden: bool = False, parent: QWidget) -> None:
        self.field = field
        self._before = 0
        word = field_name(field)
        self._eye = SmallButton("eye", tr("Show or hide the {field}", field=word), parent)
        super().__init__(word[:1].upper() + word[1:], hint, parent, room=True, beside=self._eye)
        self.edit.setAccessibleName(word)
        self._eye.setCheckable(True)
        self._eye.setVisible(hidden)
        self._eye.toggled.connect(self._show_letters)
        if hidden:
            self._show_letters(False)
        self.edit.editingFinished.connect(self.check)

    def text(self) -> str:
        """Return the value as it would be kept."""
        return clean(self.field, self.edit.text()).value

    def show_value(self, value: str) -> None:
        """Show a stored value, without a note or an error."""
        if value != self.edit.text():
            self.edit.setText(value)
        self.words.show_note("")
        self.show_error("")

    def check(self) -> bool:
        """Clean the value and judge it; False if it cannot be right. Empty is no fault."""
        self._clean()
        issue = judge(self.field, self.edit.text()) if self.edit.text() else None
        self.show_error(explain_issue(issue) if issue is not None else "")
        return issue is None

    def _clean(self) -> None:
        cleaned = clean(self.field, self.edit.text())
        if cleaned.value != self.edit.text():
            self.edit.blockSignals(True)
            self.edit.setText(cleaned.value)
            self.edit.blockSignals(False)
            self.words.show_note(explain_cleaning(self.field, cleaned.cleanings))

    def _changed(self, text: str) -> None:
        came, self._before = len(text) - self._before, len(text)
        self.words.show_note("")
        self.show_error("")
        if came >= PASTED:
            self.check()
            self._before = len(self.edit.text())
        self.edited.emit()

    def _show_letters(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
