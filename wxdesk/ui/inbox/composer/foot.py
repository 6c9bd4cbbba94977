"""Line below the text: its size, its cost or problem, and the send buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.inbox.sendability import TextFit, cost_words, size_words, split_words
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip


class ComposerFoot(QWidget):
    """Shows a `TextFit`.

    Signals:
        sent: send the text. split: send it in several messages.
    """

    sent = Signal()
    split = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = PlainLabel(size=Size.SMALL, role="secondary", tabular=True)
        self.hint = PlainLabel(size=Size.SMALL, role="secondary", elide=True)
        self.send_split = Button("")
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.count)
        row.addWidget(self.hint, 1)
        row.addWidget(self.send_split)
        row.addWidget(self.send)
        self.send.clicked.connect(self.sent)
        self.send_split.clicked.connect(self.split)

    def show_fit(self, fit: TextFit, *, blank: bool, editing: bool) -> None:
        """Show how a text fits; a `blank` one cannot be sent."""
        self.count.setText(size_words(fit.size))
        self.count.set_role("failed" if fit.too_long else "secondary")
        words = fit.problem or ("" if editing else cost_words(1, fit.left))
        self.hint.setText(f"· {words}" if words else "")
        self.hint.set_role("pending" if fit.can_split else "failed" if fit.problem else "secondary")
        self.send.setEnabled(not fit.problem and not blank)
        self.send.setToolTip(plain_tip(fit.problem))
        self.send.setText(tr("Save and send") if editing else tr("Send"))
        self.send_split.setText(tr("Send as {n}", n=fit.parts))
        self.send_split.setToolTip(plain_tip(split_words(fit.messages)))
        self.send_split.setVisible(fit.can_split)
