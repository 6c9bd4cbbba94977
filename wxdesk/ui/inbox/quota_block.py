"""How much WeChat still allows to a contact, for how long, and how much of it the rules leave to the operator."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.core import quota
from wxdesk.core.errcodes import ErrorAction, action_for, remedy_of
from wxdesk.core.lifecycle import is_taken_over, mode_of
from wxdesk.core.model import Account, Conversation, Reply, ReplyMode
from wxdesk.i18n import ntr, tr
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip
from wxdesk.ui.widgets.quota_dots import QuotaDots
from wxdesk.ui.words import countdown

_GAP = 10


class QuotaBlock(QWidget):
    """Words, dots and a countdown; below them what is kept for the operator, or that WeChat itself said no."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left = PlainLabel(size=Size.SMALL, role="secondary", tabular=True)
        self.dots = QuotaDots()
        self.time = PlainLabel(size=Size.SMALL, role="secondary", tabular=True)
        self.note = PlainLabel(size=Size.CAPTION, role="faint", tabular=True)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        for widget in (self.left, self.dots, self.time):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.note, 0, Qt.AlignmentFlag.AlignRight)
        column.addStretch(1)

    def show_quota(
        self, conversation: Conversation, account: Account | None, failed: Reply | None, now: datetime
    ) -> None:
        """Show what is left at `now`; `failed` is the newest reply that did not arrive."""
        left = quota.left(conversation.window, now)
        kept = kept_for_human(conversation, account, now)
        refusal = refusal_of(failed) if not left else None
        words, note = quota_words(conversation, left, now), note_words(kept, refusal)
        self.dots.show_left(left, kept)
        self.left.setText(words)
        self.left.set_role("secondary" if left else "failed")
        until = conversation.window.until
        over = until is None or now >= until
        self.time.setText("" if over or until is None else countdown(until - now))
        self.time.setVisible(not over)
        self.note.setText(note)
        self.note.setVisible(bool(note) and not self.left.isHidden())
        told = tr("{words} ({note})", words=words, note=note) if note else words
        self.setAccessibleName(told)
        remedy = remedy_of(refusal) if refusal is not None else None
        self.setToolTip(plain_tip(tr("{said}. {more}", said=told, more=tr(remedy)) if remedy else told))

    def width_for(self, *, words: bool, dots: bool) -> int:
        """The width that it takes with these."""
        over = self.time.isHidden()
        wanted = ((self.left, words or over), (self.dots, dots), (self.time, not over))
        shown = [one for one, here in wanted if here]
        row = sum(one.sizeHint().width() for one in shown) + _GAP * (len(shown) - 1)
        note = self.note.sizeHint().width() if words and self.note.full_text() else 0
        return max(row, note, 0)

    def make_room(self, *, words: bool, dots: bool) -> None:
        """Leave out what does not fit; that the time is over, or never began, is always said."""
        self.left.setVisible(words or self.time.isHidden())
        self.note.setVisible(words and bool(self.note.full_text()))
        self.dots.setVisible(dots)


def quota_words(conversation: Conversation, left: int, now: datetime) -> str:
    """How many replies are left, or why none is."""
    until = conversation.window.until
    if until is None:
        return tr("No reply possible until the customer writes")
    if now >= until:
        return tr("Reply time over")
    return ntr("{n} reply left", "{n} replies left", left)


def note_words(kept: int, refusal: int | None) -> str:
    """What is kept for the operator, or that the figure is WeChat's own."""
    if refusal is not None:
        return tr("as WeChat says, {code}", code=refusal)
    return ntr("{n} kept for you", "{n} kept for you", kept) if kept else ""


def kept_for_human(conversation: Conversation, account: Account | None, now: datetime) -> int:
    """How many of the replies left the rules will not use; 0 where no rule speaks anyway."""
    if account is None or is_taken_over(conversation, now) or mode_of(conversation, account) is ReplyMode.OFF:
        return 0
    window = conversation.window
    return quota.left(window, now) - quota.left_for_rules(window, now, account.reserve)


def refusal_of(failed: Reply | None) -> int | None:
    """The errcode by which WeChat itself corrected the count."""
    code = failed.errcode if failed is not None else None
    return code if code is not None and action_for(code) is ErrorAction.USER else None
