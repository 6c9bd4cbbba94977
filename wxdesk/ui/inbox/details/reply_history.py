"""History of the reply in focus: each step, its author, its time, and its text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.replies.lifecycle import ReplyStep, StepKind
from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.i18n import tr
from wxdesk.ui.inbox.details.decision import CardRow
from wxdesk.ui.inbox.details.difference import (
    DifferenceView,
    DiffPiece,
    changes_in_text,
    difference,
    editable_text,
    picture_changed,
    shortened,
)
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import AT_TOP, Frame, extend, remove_widgets, vbox
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, heading, set_tip, small_label
from wxdesk.ui.wording.reply_status import stopped_words
from wxdesk.ui.wording.status import snooze_span
from wxdesk.ui.wording.times import clock_second, date_text, dated_time


class HistoryLine(Struct, frozen=True):
    """One step: time, text, reason if known, and what an edit changed."""

    at: datetime
    icon: str
    text: str
    note: str = ""
    role: str = "secondary"
    pieces: tuple[DiffPiece, ...] = ()


def history_of(reply: Reply, steps: Sequence[ReplyStep]) -> tuple[HistoryLine, ...]:
    """Return all known steps of a reply, oldest first."""
    icon = "robot" if reply.author is Author.RULE else "person"
    lines = [HistoryLine(reply.created_at, icon, written_by(reply), _status_after(reply))]
    after = _contents_after(reply, steps)
    lines += [_line(reply, step, content) for step, content in zip(steps, after, strict=True)]
    settled = any(step.kind is StepKind.CONFIRM for step in steps)
    if reply.state is ReplyState.SENT and reply.sent_at is not None and not settled:
        lines.append(HistoryLine(reply.sent_at, "check", _accepted(reply), role="accent"))
    return tuple(lines)


def written_by(reply: Reply) -> str:
    """Return the author of a reply's first text; for a rule, with its revision."""
    if reply.author is not Author.RULE:
        return tr("You wrote it")
    if not reply.rule_name:
        return tr("By a rule")
    if not reply.rule_revision:
        return tr("By “{rule}”", rule=reply.rule_name)
    return tr("By “{rule}”, revision {n}", rule=reply.rule_name, n=reply.rule_revision)


def _status_after(reply: Reply) -> str:
    """Return the status that its rule sets on the conversation afterwards."""
    if reply.aside is None:
        return ""
    if reply.aside.minutes:
        span = snooze_span(reply.aside.minutes)
        return tr("Once all of it has been sent, the conversation is snoozed for {span}", span=span)
    return tr("Once all of it has been sent, the conversation is resolved")


def exact_time(at: datetime) -> str:
    """Local date and time to the second."""
    return tr("{day} {time}", day=date_text(at.astimezone().date()), time=clock_second(at))


def _accepted(reply: Reply) -> str:
    if reply.attempts > 1:
        return tr("Accepted by WeChat at attempt {n}", n=reply.attempts)
    return tr("Accepted by WeChat")


def _contents_after(reply: Reply, steps: Sequence[ReplyStep]) -> list[Content]:
    contents, now = [], reply.content
    for step in reversed(steps):
        contents.append(now)
        now = step.before or now
    return contents[::-1]


def _line(reply: Reply, step: ReplyStep, after: Content) -> HistoryLine:
    icon, role, words = _STEPS[step.kind]
    said = stopped_words(replace(reply, by=step.by)) if words is None else words(step)
    return HistoryLine(step.at, icon, said, _note(step, after), role, _changes(step, after))


def _changes(step: ReplyStep, after: Content) -> tuple[DiffPiece, ...]:
    if step.before is None:
        return ()
    before, now = editable_text(step.before), editable_text(after)
    return () if before == now else shortened(difference(before, now))


def _note(step: ReplyStep, after: Content) -> str:
    if step.before is not None:
        return tr("With another picture") if picture_changed(step.before, after) else ""
    if step.errcode is not None:
        return tr(refusal_text(step.errcode, step.reason).meaning)
    return tr(step.reason) if step.reason and step.kind is not StepKind.CANCEL else ""


def _who(step: ReplyStep) -> str:
    return tr("you") if step.by == "operator" else step.by


def _unlocked_text(step: ReplyStep) -> str:
    return tr("Left as it was by {who}", who=_who(step)) if step.by else tr("Nobody is editing it any more")


def _held(step: ReplyStep) -> str:
    return tr("Held until {time}", time=clock_second(step.until)) if step.until else tr("Held until you decide")


def _kept_text(step: ReplyStep) -> str:
    return _locked_text(step) if step.by else tr("Became a draft")


def _locked_text(step: ReplyStep) -> str:
    return tr("Opened for editing by {who}", who=_who(step))


def _released(step: ReplyStep) -> str:
    return tr("Released by {who}", who=_who(step)) if step.by else tr("Released on time")


def _postponed(step: ReplyStep) -> str:
    if step.errcode is None and not step.reason:
        return tr("Put back by a pause")
    refused = _refused(step)
    return tr("{said}, again at {time}", said=refused, time=clock_second(step.until)) if step.until else refused


def _refused(step: ReplyStep) -> str:
    return tr("Not sent") if step.errcode is None else tr("Refused with {code}", code=step.errcode)


_STEPS: Mapping[StepKind, tuple[str, str, Callable[[ReplyStep], str] | None]] = {
    StepKind.EDIT: ("edit", "secondary", lambda step: tr("Edited by {who}", who=_who(step))),
    StepKind.HOLD: ("hourglass", "pending", _held),
    StepKind.KEEP: ("pause", "secondary", _kept_text),
    StepKind.RELEASE: ("play", "secondary", _released),
    StepKind.POSTPONE: ("retry", "pending", _postponed),
    StepKind.REFUSE: ("warning", "failed", _refused),
    StepKind.LOSE: ("question", "pending", lambda _: tr("WeChat's answer never came")),
    StepKind.EXPIRE: ("clock", "pending", _held),
    StepKind.CANCEL: ("stop", "secondary", None),
    StepKind.RECALL: ("stop", "secondary", None),
    StepKind.RETRY: ("retry", "secondary", lambda step: tr("Sent again by {who}", who=_who(step))),
    StepKind.CONFIRM: ("check", "accent", lambda step: tr("It arrived, said {who}", who=_who(step))),
    StepKind.LOCK: ("pause", "secondary", _locked_text),
    StepKind.UNLOCK: ("undo", "secondary", _unlocked_text),
    StepKind.INSTEAD: ("edit", "secondary", lambda _: tr("You wrote something instead")),
    StepKind.ASK: ("person", "pending", lambda _: tr("Asks you again")),
}
"""Icon, role and text by kind of step; None where `stopped_words` has the text."""


class ReplyHistoryPanel(QFrame):
    """One row a step, oldest first; hidden while no reply is in focus.

    Signals:
        rule_wanted: the id and revision of the rule that wrote the reply, to be shown.
    """

    rule_wanted = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Reply, tuple[ReplyStep, ...]] | None = None
        self.title = heading(tr("This reply"))
        self.card = Frame("card")
        self.card.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rows = vbox(within=self.card, spacing=0, margins=(1, 1, 1, 1))
        vbox(self.title, self.card, within=self, spacing=8, margins=(0, 0, 0, 12))
        self.hide()

    def show_reply(self, reply: Reply | None, steps: Sequence[ReplyStep] = ()) -> None:
        """Show the history of `reply`, or nothing."""
        shown = None if reply is None else (reply, tuple(steps))
        if shown == self._shown:
            return
        self._shown = shown
        remove_widgets(self._rows)
        if reply is not None:
            lines = history_of(reply, steps)
            rows = [StepRow(line, reply.created_at, first=line is lines[0]) for line in lines]
            extend(self._rows, *rows)
            if reply.rule_id is not None and reply.rule_revision:
                wanted = partial(self.rule_wanted.emit, reply.rule_id, reply.rule_revision)
                rows[0].offer_rule(reply.rule_name, wanted)
            for row in rows:
                row.show()  # at once: a layout's widgets are painted a moment later, and the card would blink
            self._rows.activate()
            said = [_accessible_text(line) for line in lines]
            self.card.setAccessibleName(tr("This reply"))
            self.card.setAccessibleDescription(". ".join(said))
        self.setVisible(reply is not None)


class StepRow(CardRow):
    """One step: icon, text and time; below, its reason and what an edit changed."""

    def __init__(self, line: HistoryLine, made_at: datetime, *, first: bool) -> None:
        super().__init__(first=first)
        self.grid.setVerticalSpacing(3)
        exact = exact_time(line.at)
        self.line = line
        self.setAccessibleName(_accessible_text(line))
        set_tip(self, exact)
        self.grid.addWidget(IconLabel(line.icon, line.role, 14), 0, 0, AT_TOP)
        self.grid.addWidget(PlainLabel(line.text, wrap=True), 0, 1)
        self.time = PlainLabel(dated_time(line.at, made_at), size=Size.CAPTION, role="faint", tabular=True)
        set_tip(self.time, exact)
        self.grid.addWidget(self.time, 0, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        if line.note:
            self._add(small_label(line.note, wrap=True))
        if line.pieces:
            self._add(DifferenceView(line.pieces))

    def _add(self, widget: QWidget) -> None:
        self.grid.addWidget(widget, self.grid.rowCount(), 1, 1, 2)


def _accessible_text(line: HistoryLine) -> str:
    said = (line.text, line.note, changes_in_text(line.pieces), exact_time(line.at))
    return ", ".join(words for words in said if words)
