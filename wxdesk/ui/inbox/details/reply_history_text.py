"""Texts for the history of a reply, one line a step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import ReplyStep, StepKind
from wxdesk.desk.wechat.refusals import refusal_text
from wxdesk.i18n import tr
from wxdesk.ui.inbox.timeline.bubbles.difference import DiffPiece, difference, editable_text, picture_changed, shortened
from wxdesk.ui.wording.messages import clock_second, clock_time, date_text
from wxdesk.ui.wording.reply_status import stopped_words
from wxdesk.ui.wording.status import snooze_span


@dataclass(frozen=True, slots=True)
class HistoryLine:
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
    local = at.astimezone()
    return tr("{day} {time}", day=date_text(local.date()), time=f"{local:%H:%M:%S}")


def step_time(at: datetime, made_at: datetime) -> str:
    """Return hours and minutes, with the date if the reply was made on another day."""
    day, made_on = at.astimezone().date(), made_at.astimezone().date()
    if day == made_on:
        return clock_time(at)
    return tr("{day} {time}", day=date_text(day, with_year=day.year != made_on.year), time=clock_time(at))


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
        return refusal_text(step.errcode, step.reason).meaning
    return tr(step.reason) if step.reason and step.kind is not StepKind.CANCEL else ""


def _who(step: ReplyStep) -> str:
    return tr("you") if step.by == "operator" else step.by


def _left(step: ReplyStep) -> str:
    return tr("Left as it was by {who}", who=_who(step)) if step.by else tr("In nobody's hand any more")


def _held(step: ReplyStep) -> str:
    return tr("Held until {time}", time=clock_second(step.until)) if step.until else tr("Held until you decide")


def _kept(step: ReplyStep) -> str:
    return _taken(step) if step.by else tr("Became a draft")


def _taken(step: ReplyStep) -> str:
    return tr("Taken in hand by {who}", who=_who(step))


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
    StepKind.KEEP: ("pause", "secondary", _kept),
    StepKind.RELEASE: ("play", "secondary", _released),
    StepKind.POSTPONE: ("retry", "pending", _postponed),
    StepKind.REFUSE: ("warning", "failed", _refused),
    StepKind.LOSE: ("question", "pending", lambda _: tr("WeChat's answer never came")),
    StepKind.EXPIRE: ("clock", "secondary", _kept),
    StepKind.CANCEL: ("stop", "secondary", None),
    StepKind.RECALL: ("stop", "secondary", None),
    StepKind.RETRY: ("retry", "secondary", lambda step: tr("Sent again by {who}", who=_who(step))),
    StepKind.CONFIRM: ("check", "accent", lambda step: tr("It arrived, said {who}", who=_who(step))),
    StepKind.TAKE: ("pause", "secondary", _taken),
    StepKind.LEAVE: ("undo", "secondary", _left),
    StepKind.INSTEAD: ("edit", "secondary", lambda _: tr("You wrote something instead")),
    StepKind.ASK: ("person", "pending", lambda _: tr("Asks you again")),
}
"""Icon, role and text by kind of step; None where `stopped_words` has the text."""
