"""Quota of a conversation: replies left, their time, and the operator's reserve."""

from datetime import datetime, timedelta
from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.replies.lifecycle import is_taken_over, mode_of
from wxdesk.core.wechat import quota
from wxdesk.core.wechat.errcodes import remedy_of
from wxdesk.core.wechat.quota import AFTER_MESSAGE
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.labels import PlainLabel, set_tip, small_label
from wxdesk.ui.widgets.quota_dots import QuotaDots
from wxdesk.ui.wording.conversation import refusal_text
from wxdesk.ui.wording.times import dated_time, span_text, time_left_text

_GAP = 10

_RUNS_FROM = timedelta(hours=1)
"""Time left below which seconds are always shown."""


class QuotaDisplay(IntEnum):
    """Level of detail of the quota; number and time are always shown."""

    SHORT = 0  # 4/5, 47 h
    FIGURE = 1  # 4/5, 47:59:25
    DOTS = 2  # dots, 47:59:25; 0/5 before five pale dots
    WORDS = 3  # 4 replies left, dots, 47:59:25, and the note


class QuotaBlock(QWidget):
    """Replies left, dots and countdown; below, the reserve or WeChat's refusal."""

    def __init__(self) -> None:
        super().__init__()
        self._display = QuotaDisplay.WORDS
        self._left = 0
        self._ends_in: timedelta | None = None
        self._words = self._note = ""
        self.left = small_label(tabular=True)
        self.dots = QuotaDots()
        self.time = small_label(tabular=True)
        self.note = PlainLabel(size=Size.CAPTION, role="faint", tabular=True)
        row = hbox(self.left, self.dots, self.time, spacing=_GAP)
        vbox(STRETCH, row, (self.note, Qt.AlignmentFlag.AlignRight), STRETCH, within=self, spacing=1)

    def show_quota(self, conversation: Conversation, account: Account | None, now: datetime) -> None:
        """Show the quota at `now`."""
        self._left = left = quota.replies_left(conversation.window, now)
        kept = kept_for_human(conversation, account, now)
        refusal = conversation.window.refused
        words, note = self._words, self._note = quota_words(conversation, left, now), note_text(kept, refusal)
        until = conversation.window.until
        self._ends_in = None if until is None or now >= until else until - now
        self.dots.show_left(left, kept)
        self.left.set_role("secondary" if left else "failed")
        spoken = tr("{words} ({note})", words=words, note=note) if note else words
        self.setAccessibleName(spoken)
        remedy = remedy_of(refusal) if refusal else ""
        set_tip(self, tr("{said}. {more}", said=spoken, more=tr(remedy)) if remedy else spoken)
        self.use(self._display)

    def width_for(self, display: QuotaDisplay) -> int:
        """Return the width in pixels at a level of detail."""
        texts = [_width(self.left, self._figure(display)), _width(self.time, self._time(display))]
        row = [width for width in texts if width] + ([self.dots.width()] if display >= QuotaDisplay.DOTS else [])
        note = _width(self.note, self._note) if display is QuotaDisplay.WORDS else 0
        return max(sum(row) + _GAP * (len(row) - 1), note)

    def use(self, display: QuotaDisplay) -> None:
        """Use a level of detail."""
        self._display = display
        self.left.show_if_any(self._figure(display))
        self.dots.setVisible(display >= QuotaDisplay.DOTS)
        self.time.show_if_any(self._time(display))
        self.note.show_if_any(self._note if display is QuotaDisplay.WORDS else "")

    def _figure(self, display: QuotaDisplay) -> str:
        """Return the text before the dots; a closed or missing window is in full."""
        if display is QuotaDisplay.WORDS or self._ends_in is None:
            return self._words
        return "" if display is QuotaDisplay.DOTS and self._left else f"{self._left}/{AFTER_MESSAGE[0]}"

    def _time(self, display: QuotaDisplay) -> str:
        if self._ends_in is None:
            return ""
        short = display is QuotaDisplay.SHORT and self._ends_in >= _RUNS_FROM
        return span_text(self._ends_in) if short else time_left_text(self._ends_in)


def _width(label: PlainLabel, text: str) -> int:
    return label.fontMetrics().horizontalAdvance(text)


def quota_words(conversation: Conversation, left: int, now: datetime) -> str:
    """Return the number of replies left, or why there is none."""
    until = conversation.window.until
    if until is None:
        return tr("No reply possible until the customer writes")
    if now >= until:
        return tr("Reply time over")
    return refusal_text(conversation.window) or ntr("{n} reply left", "{n} replies left", left)


def note_text(kept: int, refusal: int) -> str:
    """Return how many replies are kept for the operator, or WeChat's errcode."""
    if refusal:
        return tr("as WeChat says, {code}", code=refusal)
    return ntr("{n} kept for you", "{n} kept for you", kept) if kept else ""


def kept_for_human(conversation: Conversation, account: Account | None, now: datetime) -> int:
    """Return how many replies rules will not use; 0 where no rule replies."""
    if account is None or is_taken_over(conversation, now) or mode_of(conversation, account) is ReplyMode.OFF:
        return 0
    window = conversation.window
    return quota.replies_left(window, now) - quota.left_for_rules(window, now, account.reserve)


def quota_sentence(conversation: Conversation, account: Account | None, now: datetime) -> str:
    """Return the replies WeChat allows, until when, and how many are kept from rules."""
    window = conversation.window
    if window.until is None:
        return tr("WeChat allows replies only after the customer has written: 5 within 48 hours.")
    if now >= window.until:
        return tr("The time for replies ended at {time}. It opens again when the customer writes.",
                  time=dated_time(window.until, now))  # fmt: skip
    left = quota.replies_left(window, now)
    span = span_text(window.until - now)
    if left == 0 and (refusal := refusal_text(window)):
        return tr("{said}. {more}", said=refusal, more=tr(remedy_of(window.refused)))
    if left == 0:
        return tr("All replies are used up. There are new ones when the customer writes.")
    first = ntr("{n} reply can leave within {span}.", "{n} replies can leave within {span}.", left, span=span)
    kept = kept_for_human(conversation, account, now)
    rest = tr("Rules may use {n} of them, {kept} are kept for you.", n=left - kept, kept=kept)
    more = tr("They are kept for you; rules do not use them.") if left == kept else rest
    return tr("{said} {more}", said=first, more=more) if kept else first
