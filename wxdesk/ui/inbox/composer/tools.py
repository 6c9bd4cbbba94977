"""The lines above and below the text: tools, the draft in hand, size, and buttons."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES
from wxdesk.core.model.reply import ReplyKind
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.sendability import TextFit, cost_words, guarded_text
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, set_tip, small_label

_GAP = 12

_SHOWN = 16
"""Characters shown of each end of a message, to tell where a text is split."""


class ComposerTools(QWidget):
    """Buttons for templates, pictures, links and cards."""

    def __init__(self) -> None:
        super().__init__()
        self.template = _tool("template", tr("/ Templates"), tr("Templates"))
        self.picture = _tool("image", tr("Picture"), tr("Send a picture (Ctrl+Shift+P)"))
        self.link = _tool("link", tr("Link"), tr("Send a link with title and description (Ctrl+Shift+L)"))
        self.card = _tool("card", tr("Mini-program card"), tr("Send a card of the mini program (Ctrl+Shift+M)"))
        self.text_link = _tool("edit", tr("Link in the text"), tr("Make a link of the selected words (Ctrl+L)"))
        self.emoticon = _tool("emoji", tr("Emoticon"), tr("Insert an emoticon or emoji (Ctrl+Shift+E)"))
        self._buttons = (self.template, self.emoticon, self.picture, self.link, self.card, self.text_link)
        self._words = tuple(button.text() for button in self._buttons)
        hbox(*self._buttons, STRETCH, within=self, spacing=_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._full = sum(button.sizeHint().width() for button in self._buttons) + _GAP * (len(self._buttons) - 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(len(self._buttons) * (16 + _GAP), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= self._full
        for button, words in zip(self._buttons, self._words, strict=True):
            button.setText(words if roomy else "")


def more_ways() -> Button:
    """Return the button beside “Send” that opens the menu of more ways to send."""
    button = Button(icon="chevron-down")
    button.setAccessibleName(tr("More ways to send"))
    button.setToolTip(tr("More ways to send"))
    return button


def _tool(icon: str, words: str, tip: str) -> Button:
    button = Button(words, kind=ButtonKind.LINK, icon=icon)
    button.setFont(font(Size.SMALL))
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button


class DraftBanner(QWidget):
    """Hidden while no reply is edited and nothing else is begun here."""

    def __init__(self) -> None:
        super().__init__()
        self.words = PlainLabel(size=Size.SMALL, role="pending", strong=True, elide=True)
        self.leave = Button("", kind=ButtonKind.LINK, key_hint="Esc")
        hbox((self.words, 1), self.leave, within=self, spacing=12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, editing: str, below: int, begun: Sequence[ReplyKind]) -> None:
        """Show the `editing` text, else how many texts lie below, else what is `begun`."""
        if editing:
            words, leave = editing, tr("Leave it as it was")
        elif below:
            words, leave = ntr("{n} more text is put by", "{n} more texts are put by", below), tr("Show it")
        else:
            words, leave = _begun_text(begun[0]) if begun else "", tr("Go on with it")
        self.words.setText(words)
        self.leave.setText(leave)
        self.setVisible(bool(words))


class ComposerFoot(QWidget):
    """Shows a `TextFit`; `send_split` sends the text in several messages."""

    def __init__(self) -> None:
        super().__init__()
        self.count = small_label(tabular=True)
        self.hint = small_label(elide=True)
        self.send_split = Button("")
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY)
        self.more = more_ways()
        told, sending = hbox(self.count, (self.hint, 1), spacing=3), hbox(self.send, self.more, spacing=2)
        hbox((told, 1), self.send_split, sending, within=self, spacing=8)

    def show_fit(self, fit: TextFit, guarded: Sequence[str], *, blank: bool, editing: bool) -> None:
        """Show how a text fits and what is `guarded` in it; a `blank` one cannot be sent."""
        self.count.setText(tr("{size} / {limit} bytes", size=fit.size, limit=TEXT_LIMIT_BYTES))
        self.count.set_role("failed" if fit.too_long else "secondary")
        words = fit.problem or guarded_text(guarded) or ("" if editing else cost_words(fit.left))
        self.hint.setText(f"· {words}" if words else "")
        problem = "pending" if fit.can_split else "failed"
        self.hint.set_role(problem if fit.problem else "pending" if guarded else "secondary")
        self.send.setEnabled(not fit.problem and not blank)
        set_tip(self.send, fit.problem)
        self.send.setText(tr("Save and send") if editing else tr("Send"))
        self.send_split.setText(tr("Send as {n}", n=fit.parts))
        texts = (f"{number}. {_ends_of(message)}" for number, message in enumerate(fit.messages, 1))
        set_tip(self.send_split, "\n".join(texts))
        self.send_split.setVisible(fit.can_split)


def _begun_text(kind: ReplyKind) -> str:
    if kind is ReplyKind.IMAGE:
        return tr("A picture is not sent yet")
    return tr("A link is not sent yet") if kind is ReplyKind.LINK else tr("A card is not sent yet")


def _ends_of(message: str) -> str:
    said = " ".join(message.split())
    return said if len(said) <= 2 * _SHOWN else f"{said[:_SHOWN]} … {said[-_SHOWN:]}"
