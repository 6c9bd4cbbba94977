"""Panel that explains an answer: the stored decision, rule by rule."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome, RuleVerdict
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, hold_reason_of_entry, message_text, reply_text
from wxdesk.ui.look.theme import color_of
from wxdesk.ui.widgets.boxes import AT_LEFT, AT_TOP, Frame, grid, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, Slot
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, small_label
from wxdesk.ui.widgets.painting import painting
from wxdesk.ui.wording.decision import outcome_text, rule_title, rule_words
from wxdesk.ui.wording.messages import author_word, first_words
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason, status_of_reply
from wxdesk.ui.wording.times import clock_second


class OutcomeLine(Struct, frozen=True):
    """One reply: its status in a text that stays true, its author, and its beginning."""

    status: str
    role: str
    author: str
    words: str


def outcome_lines(
    message_id: int, entries: Iterable[TimelineEntry], hold_reason_of: FindHoldReason, now: datetime
) -> tuple[OutcomeLine, ...]:
    """Return a line for each automatic reply to a message, oldest first, if several."""
    lines = [
        _line(entry.reply, hold_reason_of_entry(entry, hold_reason_of), now)
        for entry in entries
        if entry.reply is not None and entry.reply.message_id == message_id
    ]
    return tuple(lines) if len(lines) > 1 else ()


def _line(reply: Reply, hold_reason: HoldReason, now: datetime) -> OutcomeLine:
    status = status_of_reply(reply, now, hold_reason)
    text = status.text
    counts_down = reply.state is ReplyState.HELD and hold_reason in _GOES_ON
    if counts_down and reply.due_at is not None:
        text = tr("Held until {time}", time=clock_second(reply.due_at))
    elif reply.state is ReplyState.QUEUED and reply.not_before and now < reply.not_before and reply.attempts:
        text = tr("Tries again at {time}", time=clock_second(reply.not_before))
    return OutcomeLine(text, status.role, author_word(reply), first_words(reply_text(reply)))


_GOES_ON = frozenset({HoldReason.NONE, HoldReason.HANDED_OVER})


SHOWN = 4
"""Rules shown at first; a button shows the others."""

MOST = 100
"""Rules shown at most: the last ones that were tried."""


class DecisionPanel(QFrame):
    """The decision about one message.

    Signals:
        all_wanted: a message's id; the verdicts of all rules are wanted, for `show_verdicts`.
        rule_wanted: a rule's id and the revision that matched, to be shown.
        try_wanted: a conversation's id and a text, to be tried with the present rules.
    """

    all_wanted = Signal(int)
    rule_wanted = Signal(int, int)
    try_wanted = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._decision: Decision | None = None
        self._message: Message | None = None
        self._reply: Reply | None = None
        self._answers: tuple[OutcomeLine, ...] = ()
        self._verdicts: tuple[RuleVerdict, ...] = ()
        self._all = False
        self.about = small_label(elide=True)
        self.sentence = PlainLabel(role="text", wrap=True)
        self.card = Frame("card")
        self._rows = vbox(within=self.card, spacing=0, margins=(1, 1, 1, 1))
        self.more = Button("", kind=ButtonKind.LINK, then=self._show_all)
        self.try_it = Button(tr("Try it with the present rules"), kind=ButtonKind.LINK, then=self._try)
        links = [(link, AT_LEFT) for link in (self.more, self.try_it)]
        vbox(self.about, self.sentence, self.card, *links, within=self, spacing=6)
        self.show_decision(None, None)

    def show_decision(
        self,
        decision: Decision | None,
        message: Message | None,
        reply: Reply | None = None,
        answers: tuple[OutcomeLine, ...] = (),
    ) -> None:
        """Show the decision about `message`, or that there is none.

        With a `reply` it is about that one; otherwise `answers` give the outcome of each of several replies.
        """
        self._message = message
        self.try_it.setVisible(message is not None and message.type is MessageType.TEXT)
        about = "" if message is None else " ".join(message_text(message).split())
        self.about.show_if_any(tr("About “{text}”", text=about) if about else "")
        shown = (self._decision, self._reply, self._answers)
        if decision is not None and (decision, reply, answers) == shown:
            return
        if decision is None or decision != self._decision:
            self._verdicts = decision.verdicts if decision else ()
            self._all = False
        self._decision, self._reply, self._answers = decision, reply, answers
        self._show()

    def show_verdicts(self, message_id: int, verdicts: tuple[RuleVerdict, ...]) -> None:
        """Show the verdicts of all rules, if this message is still explained."""
        if self._decision is not None and self._decision.message_id == message_id:
            self._verdicts = verdicts or self._verdicts
            self._all = True
            self._show()

    def _try(self) -> None:
        if self._message is not None:
            self.try_wanted.emit(self._message.conversation_id, self._message.text)

    def _show_all(self) -> None:
        decision = self._decision
        if decision is not None and (decision.rules_asked or 0) > len(self._verdicts):
            self.all_wanted.emit(decision.message_id)
            return
        self._all = True
        self._show()

    def _show(self) -> None:
        decision, verdicts = self._decision, self._verdicts
        self.sentence.show_if_any(self._sentence())
        self.sentence.set_role("secondary" if decision is None else "text")
        few = MOST if self._all else SHOWN
        shown = [*(one for one in verdicts[:-few] if one.matched), *verdicts[-few:]][-MOST:]
        remove_widgets(self._rows)
        for verdict in shown:
            wrote = self._reply is None or self._reply.rule_id == verdict.rule_id
            row = VerdictRow(verdict, first=self._rows.count() == 0, wrote=wrote)
            if verdict.matched and verdict.revision:
                row.offer_rule(rule_title(verdict), partial(self.rule_wanted.emit, verdict.rule_id, verdict.revision))
            self._rows.addWidget(row)
        if decision and decision.rules_left:
            words = ntr("{n} more rule was not asked", "{n} more rules were not asked", decision.rules_left)
            self._rows.addWidget(NoteRow(words, first=self._rows.count() == 0))
        for line in self._answers:
            self._rows.addWidget(OutcomeRow(line, first=self._rows.count() == 0))
        self.card.setVisible(self._rows.count() > 0)
        asked = max(len(verdicts), (decision.rules_asked or 0) if decision else 0)
        hidden = asked - len(shown)
        self.more.setText(ntr("{n} more rule did not apply", "{n} more rules did not apply", hidden))
        self.more.setVisible(hidden > 0)
        self.more.setEnabled(not self._all)

    def _sentence(self) -> str:
        decision, reply = self._decision, self._reply
        if reply is not None and reply.author is not Author.RULE:
            return tr("You wrote this one. No rule had a part in it.")
        if decision is None:
            return tr("Nothing has been decided yet.")
        spoke = sum(verdict.matched and not verdict.shadow for verdict in self._verdicts)
        if reply is not None and spoke > 1:
            return tr("“{rule}” wrote this one. Other rules answered as well.", rule=reply.rule_name)
        return outcome_text(decision) if decision.outcome is not Outcome.REPLIED or not self._verdicts else ""


class CardRow(QFrame):
    """Row of a card: tinted if its rule matched, with a line above unless it is first."""

    def __init__(self, *, first: bool, matched: bool = False) -> None:
        super().__init__()
        self._first = first
        self.tinted = matched
        self.grid = grid(across=8, down=1, margins=(10, 7, 10, 8), within=self)

    def offer_rule(self, rule: str, then: Slot) -> None:
        """Add a link to the rule as it was then, which calls `then`."""
        self.link = Button(tr("See the rule"), kind=ButtonKind.LINK, then=then)
        self.link.setAccessibleName(tr("See the rule: {rule}", rule=rule))
        self.grid.addWidget(self.link, self.grid.rowCount(), 1, AT_LEFT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self.tinted:
                painter.fillRect(self.rect(), color_of("accent_tint"))
            if not self._first:
                painter.fillRect(QRect(0, 0, self.width(), 1), color_of("line"))


class VerdictRow(CardRow):
    """One rule: its match, name and reason; tinted if it `wrote` the explained reply."""

    def __init__(self, verdict: RuleVerdict, *, first: bool, wrote: bool = True) -> None:
        matched = verdict.matched and not verdict.shadow
        super().__init__(first=first, matched=matched and wrote)
        title, words = rule_title(verdict), rule_words(verdict)
        state = tr("Matched") if verdict.matched else tr("Did not match")
        self.setAccessibleName(f"{state}: {title}. {words}")
        mark = IconLabel("check" if matched else "dash", "accent" if matched else "secondary", 14)
        self.grid.addWidget(mark, 0, 0)
        self.grid.addWidget(PlainLabel(title, strong=matched, elide=True), 0, 1)
        self.grid.addWidget(small_label(words, wrap=True), 1, 1)


class NoteRow(CardRow):
    """Row with a text only."""

    def __init__(self, text: str, *, first: bool) -> None:
        super().__init__(first=first)
        self.grid.addWidget(IconLabel("dot", "faint", 14), 0, 0)
        self.grid.addWidget(small_label(text, wrap=True), 0, 1)


class OutcomeRow(CardRow):
    """Row with the outcome of one of several replies to the message."""

    def __init__(self, line: OutcomeLine, *, first: bool) -> None:
        super().__init__(first=first)
        self.line = line
        self.setAccessibleName(", ".join((line.words, line.status, line.author)))
        self.grid.addWidget(IconLabel("send", "secondary", 14), 0, 0, AT_TOP)
        self.grid.addWidget(PlainLabel(line.words, elide=True), 0, 1)
        self.grid.addWidget(small_label(line.status, role=line.role, wrap=True), 1, 1)
        self.grid.addWidget(small_label(line.author, elide=True), 2, 1)
