"""The status bar at the foot: listener, tokens, today's figures, and the pause."""

from collections.abc import Coroutine, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core import events
from wxdesk.core.conversations.listing import DayCounts, InboxCounts
from wxdesk.core.model.conversation import Conversation
from wxdesk.desk.health import HealthState, TokenState
from wxdesk.i18n import account_title, tr
from wxdesk.ui.look.theme import Measure, Size, font
from wxdesk.ui.presence.presence import PresenceChip
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import VisibleTick
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.shell.setup_lamp import SetupLamp
from wxdesk.ui.widgets.boxes import Frame, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.fitting_label import FittingLabel, Shrinkable, ShrinkSteps, StatusDot, shrink_steps
from wxdesk.ui.widgets.labels import literal
from wxdesk.ui.wording.days import Days
from wxdesk.ui.wording.figures import Figure, figure_texts
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.times import clock_time, span_text, time_left_text

_LEAST_FOR_NOTICES = 480
"""Pixels that a notice takes with three buttons and a few words."""
GATHER_MS = 200
"""Time in which changes are gathered before the figures are read again."""
_COUNTED = (*events.ROW_CHANGES, events.EverythingChanged)
OF_HEALTH = (
    events.ListenerChanged, events.SetupChanged, events.TokenChanged, events.PauseChanged, events.ConfigurationChanged,
    events.TroubleRaised,
)  # fmt: skip


class StatusBar(Frame):
    """Listener, tokens, figures of the day, longest wait, presence, and the pause.

    Signals:
        day_began: the date of the figures has changed.
        shared: the width was shared anew, and `room` with it.
    """

    day_began = Signal()
    shared = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__("footer", parent)
        self._bridge = bridge
        self._day: date | None = None
        self._today: DayCounts | None = None
        self._counts: InboxCounts | None = None
        self.setFixedHeight(Measure.STATUS_BAR)
        self.listener = SetupLamp(self)
        self.token = StatusDot(self, tabular=True)
        self.figures = FittingLabel(size=Size.SMALL, role="secondary", elide=True, tabular=True, parent=self)
        self.longest = LongestWait(self)
        self.silence = Button(tr("Silence"), key_hint="F9", parent=self)
        self.silence.setProperty("class", "small")
        self.silence.hide()
        self.presence = PresenceChip(bridge.desk.presence.now, self)
        self.replies = StatusDot(self)
        self.pause = Button(tr("Pause all"), key_hint="F8", parent=self)
        self.pause.setProperty("class", "small")
        self.pause_for = SmallButton("chevron-up", tr("Pause for how long…"), self)
        self._right = hbox(
            self.longest, 6, self.silence, 16, self.presence, 12, self.replies, 6, self.pause, self.pause_for, spacing=4
        )
        left = (self.listener, self.token, (self.figures, 1))
        self._row = hbox(*left, self._right, within=self, spacing=20, margins=(14, 0, 14, 0))
        self._covered = False
        self._order = self._giving_way()
        self._steps: ShrinkSteps = dict.fromkeys((part for part, _ in self._order), 0)
        VisibleTick(self, self._show_time)
        bridge.follow(self, self.show_health, *OF_HEALTH)
        self.show_health()
        longest = bridge.desk.attention.longest_waiting
        self._questions: tuple[Refresher[Any], ...] = (
            Refresher(bridge, self._ask_day, self.show_day, self, gather_ms=GATHER_MS),
            Refresher(bridge, longest, self.show_longest, self, gather_ms=GATHER_MS),
        )
        for question in self._questions:
            bridge.follow(self, question.ask_soon, *_COUNTED)

    def ask(self) -> None:
        """Read the figures now, or soon after the answers that are still awaited."""
        for question in self._questions:
            question.ask()

    def _ask_day(self) -> Coroutine[Any, Any, DayCounts]:
        desk = self._bridge.desk
        return desk.inbox.day_counts(self._days.midnight(desk.clock()))

    def show_day(self, today: DayCounts) -> None:
        """Show today's figures, once it is known who waits."""
        self._today = today
        self._show_figures()

    def show_counts(self, counts: InboxCounts) -> None:
        """Show the number of waiting contacts, which stays longest."""
        self._counts = counts
        self._show_figures()

    def _show_figures(self) -> None:
        if self._today is None or self._counts is None:
            return
        figures = {**asdict(self._today), "waiting": self._counts.waiting}
        wordings = (
            "{waiting} waiting · today {messages} in · sent {by_rule} by rules, {by_operator} by hand",
            "{waiting} waiting · today {messages} in",
            "{waiting} waiting",
        )
        texts = figure_texts()
        meanings = ("\n".join(texts[figure]) for figure in (Figure.WAITING, Figure.MESSAGES, Figure.SENT))
        about = "\n\n".join(filter(None, (*meanings, self._days.words(self._bridge.desk.clock()))))
        self.figures.show_wordings([tr(words, **figures) for words in wordings], about=about)

    @property
    def _days(self) -> Days:
        return Days.of(self._bridge.desk.accounts.values())

    def show_longest(self, conversation: Conversation | None) -> None:
        """Show the conversation with the longest wait, if there is one."""
        self.longest.show_conversation(conversation, self._bridge.desk.clock())

    def show_health(self) -> None:
        """Show the desk's current state."""
        desk = self._bridge.desk
        state = desk.health.state
        self.listener.show_setup(desk.setup.state, is_remote=desk.is_remote, refused=tr(state.refused))
        if not desk.accounts.are_known:  # nor is anything else of the server's set-up
            self.listener.show_state("accent", "")
        self._show_time()
        if state.paused:
            self.replies.show_state("pending", _paused_text(state), short=tr("Paused"))
            self.pause.setText(tr("Resume"))
        else:
            self.replies.show_state("accent", tr("Automatic replies: on"), short=tr("Replies on"))
            self.pause.setText(tr("Pause all"))

    def _giving_way(self) -> Sequence[tuple[Shrinkable, int]]:
        """Return the parts to shorten when room is scarce, least needed first."""
        away = self.presence.lamp
        return (
            (self.figures, 1),
            (self.listener, 1),
            (self.figures, 2),
            (self.token, 1),
            (self.longest, 1),
            (self.replies, 1),  # the bar of a pause tells the rest
            (away, 1),
            (self.listener, 2),
            (self.token, 2),
            (self.figures, 3),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._right.invalidate()  # what it held for a part that has just come or gone
        self._row.invalidate()
        self._share()

    def event(self, event: QEvent) -> bool:
        """Share the width again when a part has changed its text.

        Qt has laid the parts out by then. To invalidate them here would cause the next such event, without end.
        """
        if event.type() is QEvent.Type.LayoutRequest:
            self._share()
        return super().event(event)

    def cover(self, covered: bool) -> None:
        """Note whether a notice lies in `room`; a red lamp stays visible beside it."""
        if covered is not self._covered:
            self._covered = covered
            self._share()

    @property
    def _lamp_stays(self) -> bool:
        return self._covered and self.listener.role == "failed"

    def _share(self) -> None:
        fixed = self._row.sizeHint().width() - sum(part.width_at(step) for part, step in self._steps.items())
        beside = self._beside_notices() if self._covered else {}
        self._steps = shrink_steps(self._order, fixed, self.width())
        self._steps |= {part: max(step, self._steps[part]) for part, step in beside.items()}
        if self._lamp_stays:
            self._steps[self.listener] = max(1, self._steps[self.listener])
        for part, step in self._steps.items():
            part.use_step(step)
        self.shared.emit()

    def _beside_notices(self) -> ShrinkSteps:
        """Return steps for the parts at the right that leave room for a notice."""
        order = [(part, step) for part, step in self._order if part in (self.longest, self.replies, self.presence.lamp)]
        fixed = self._right.sizeHint().width() - sum(part.width_at(self._steps[part]) for part, _ in order)
        return shrink_steps(order, fixed, self.width() - _LEAST_FOR_NOTICES)

    def room(self, *, passing: bool = False) -> QRect:
        """Return the place of lamp, token and figures, which a notice may take.

        In a narrow window that of the longest wait as well, or no word of the notice would be seen. A `passing`
        one covers neither that nor the lamp, which can be pressed.
        """
        beside = [one for one in (self.longest, self.silence, self.presence) if not one.isHidden()]
        if beside[0] is self.longest and self.longest.x() < _LEAST_FOR_NOTICES and not passing:
            del beside[0]
        lamp = self.listener.width_at(self._steps[self.listener])  # as it will be laid out
        left = self.listener.x() + lamp + 8 if self._lamp_stays or passing else 0
        return QRect(self.mapTo(self.window(), QPoint(left, 0)), QSize(beside[0].x() - 8 - left, self.height()))

    def _show_time(self) -> None:
        now = self._bridge.desk.clock()
        words = TokenText.of(self._bridge.desk.health.state, tuple(self._bridge.desk.accounts), now)
        self.token.show_state(words.role, words.text, words.details, short=words.short)
        self.longest.tick(now)
        today = self._days.date(now)
        if self._day is not None and today != self._day:
            self.ask()
            self.day_began.emit()
        self._day = today


def _paused_text(state: HealthState) -> str:
    if state.paused_until is None:
        return tr("Automatic replies: paused")
    return tr("Automatic replies: paused until {time}", time=clock_time(state.paused_until))


class TokenText(Struct, frozen=True):
    """The status of the access tokens: theme role, text, tooltip and short text."""

    role: str
    text: str
    details: str = ""
    short: str = ""

    @staticmethod
    def of(state: HealthState, accounts: Sequence[str], now: datetime) -> "TokenText":
        """Return the text for these accounts' tokens at `now`; empty without accounts."""
        if not accounts:
            return TokenText("accent", "")
        known = dict(state.tokens)
        failing = [name for name in accounts if known.get(name, TokenState(None)).error]
        missing = [name for name in failing if known[name].expires_at is None]
        details = "\n".join(f"{account_title(name)}: {_left(known.get(name), now)}" for name in accounts)
        if missing:
            whose = account_title(missing[0]) if len(missing) == 1 else tr("{n} accounts", n=len(missing))
            return TokenText("failed", tr("No token for {accounts}", accounts=whose), details, tr("No token"))
        role = "pending" if failing else "accent"
        if len(accounts) == 1:
            left = _time(known.get(accounts[0]), now)
            role = role if accounts[0] in known else "faint"
            return TokenText(role, tr("Token {left}", left=left), details, tr("Token"))
        ends = [token.expires_at for token in known.values() if token.expires_at is not None]
        if not ends:
            return TokenText("faint", tr("Tokens {left}", left=tr("not fetched yet")), details, tr("Tokens"))
        return TokenText(role, tr("Next token {left}", left=time_left_text(min(ends) - now)), details, tr("Tokens"))


def _left(token: TokenState | None, now: datetime) -> str:
    if token is None or not token.error:
        return _time(token, now)
    if token.expires_at is None:
        return tr(token.error)
    return tr("{left}, no new one: {why}", left=_time(token, now), why=tr(token.error))


def _time(token: TokenState | None, now: datetime) -> str:
    if token is None or token.expires_at is None:
        return tr("not fetched yet")
    return time_left_text(token.expires_at - now)


LONGEST_NAME = 12
"""Characters of a name that are shown, to leave room for the other figures."""


class LongestWait(Button):
    """Hidden while nobody waits.

    Signals:
        wanted: the id of the conversation to open.
    """

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", kind=ButtonKind.LINK, parent=parent)
        self.conversation: Conversation | None = None
        self._wordings = ("", "")
        self._step = 0
        self.setFont(font(Size.SMALL))
        self.setToolTip(tr("Open who waits longest (F7)"))
        self.clicked.connect(self.open)
        self.hide()

    def show_conversation(self, conversation: Conversation | None, now: datetime) -> None:
        """Show the conversation with the longest wait, if there is one."""
        self.conversation = conversation
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Update the length of the wait."""
        since = self.conversation.waiting_since if self.conversation is not None else None
        if self.conversation is not None and since is not None:
            name = name_of(self.conversation.contact)
            name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
            span = span_text(max(now - since, timedelta()))
            self._wordings = (
                tr("Longest wait: {name}, {span}", name=name, span=span),
                tr("Longest: {name}, {span}", name=name, span=span),
            )
            self.setAccessibleName(self._wordings[0])
            self._show_wording()
        self.setVisible(since is not None)

    def width_at(self, step: int) -> int:
        """Return the width in full (0) and short (1); 0 while hidden."""
        if self.isHidden():
            return 0
        metrics = self.fontMetrics()
        now, then = (metrics.horizontalAdvance(self._wordings[at]) for at in (self._step, step))
        return self.sizeHint().width() - now + then

    def use_step(self, step: int) -> None:
        """Show the full text (0) or the short one (1)."""
        self._step = step
        self._show_wording()

    def _show_wording(self) -> None:
        text = literal(self._wordings[self._step])
        if text != self.text():
            self.setText(text)

    def open(self) -> None:
        """Ask for the conversation to be opened, if somebody waits."""
        if self.conversation is not None:
            self.wanted.emit(self.conversation.id)
