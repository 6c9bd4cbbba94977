"""Steps of one request or call, as pairs of a label and a text."""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.events import ApiCalled, PushSeen
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.traces import PushPath, ReplyTrace
from wxdesk.core.replies import parts
from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.desk.setup import sentences
from wxdesk.desk.wechat.explanations import LONGEST, refusal_text
from wxdesk.i18n import account_title, tr
from wxdesk.ui.traffic.entries import ANSWERS_SENT, TrafficEntry, TrafficLine, explains, precise_time, push_sentence
from wxdesk.ui.wording.decision import short_outcome
from wxdesk.ui.wording.messages import author_word
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason, status_of_reply
from wxdesk.ui.wording.times import clock_second, span_text

MODES = {
    PushMode.PLAIN: "signed, plain text",
    PushMode.COMPAT: "verified and decrypted, compatible mode",
    PushMode.SECURE: "verified and decrypted, secure mode",
}
FORMATS = {BodyFormat.JSON: "JSON", BodyFormat.XML: "XML"}


class TrafficStep(Struct, frozen=True):
    """One pair of a label and a text.

    `role` is the theme's role for the text's colour, `copy` offers to copy it, `icon` stands before it.
    """

    name: str
    text: str
    role: str = "text"
    copy: bool = False
    icon: str = ""


def push_steps(
    line: TrafficLine, path: PushPath | None, account: Account | None, now: datetime, hold_reason_of: FindHoldReason
) -> list[TrafficStep]:
    """List the steps of a request: checked, stored, answered, decided, replied to."""
    entry = line.entry
    steps = _meaning(entry)
    if isinstance(entry, PushSeen) and entry.signed_at is not None:
        steps.append(_signed(entry, entry.signed_at))
    if path is not None:
        steps += _steps_to_message(path, account)
    answer = ANSWERS_SENT.get(entry.outcome, "")
    response = " · ".join(part for part in (line.result, answer, line.took) if part)
    steps.append(TrafficStep(tr("Response"), response, line.tone.value))
    if path is not None:
        steps += _decided(path)
        behind = parts.blocked_parts(path.replies)
        for one in path.replies:
            hold_reason = HoldReason.BEHIND
            if one.id not in behind:
                hold_reason = hold_reason_of(one.conversation_id, one.due_at, path.closes_at)
            steps.append(reply_step(one, now, hold_reason))
    return steps


def _meaning(entry: TrafficEntry) -> list[TrafficStep]:
    """Explain an unusual request, best by what is wrong with the set-up."""
    finding = entry.finding if isinstance(entry, PushSeen) else None
    if not explains(finding):
        sentence = push_sentence(entry.outcome)
        return [TrafficStep(tr("What it means"), sentence)] if sentence else []
    steps = [TrafficStep(tr("What it means"), sentences.text(finding))]
    if more := sentences.remedy(finding):
        steps.append(TrafficStep(tr("What to do"), more))
    return steps


def call_steps(line: TrafficLine, entry: ApiCalled) -> list[TrafficStep]:
    """List the steps of a call: recipient, result and advice."""
    steps = [TrafficStep(tr("To"), line.who)] if line.who else []
    if entry.errcode is None:
        steps.append(TrafficStep(tr("Result"), tr(entry.outcome), line.tone.value))
    elif entry.errcode == 0:
        steps.append(TrafficStep(tr("Result"), f"0 {tr(meaning_of(0))}", line.tone.value))
    else:
        steps += _refused(entry.errcode, entry, line)
    if line.reply is not None:
        steps += _sent(line.reply)
    steps.append(TrafficStep(tr("Took"), line.took))
    return steps


def _refused(code: int, entry: ApiCalled, line: TrafficLine) -> list[TrafficStep]:
    words = refusal_text(code, entry.errmsg)
    steps = [TrafficStep(tr("Result"), f"{code} {tr(words.meaning)}", line.tone.value)]
    if entry.errmsg:
        steps.append(TrafficStep(tr("WeChat said"), entry.errmsg[:LONGEST]))
    remedy = tr(words.remedy) if line.is_problem else line.said
    if remedy:
        steps.append(TrafficStep(tr("What to do"), remedy))
    if words.copy:
        steps.append(TrafficStep(tr("IP address"), words.copy, copy=True))
    if entry.rid:
        steps.append(TrafficStep(tr("Request id"), entry.rid, copy=True))
    return steps


def subject_of(line: TrafficLine) -> str:
    """Make the title of the detail."""
    own = line.entry.kind if isinstance(line.entry, PushSeen) else line.entry.call
    return " · ".join(filter(None, (line.what, own, account_title(line.entry.account))))


def _signed(entry: PushSeen, at: datetime) -> TrafficStep:
    time, early = clock_second(at), entry.age < timedelta()
    span = span_text(abs(entry.age))
    if early:
        said = tr("{time}, {span} ahead of this machine's clock", time=time, span=span)
    else:
        said = tr("{time}, {span} before it came", time=time, span=span)
    if not entry.is_untimely:
        return TrafficStep(tr("Signed"), said)
    slow = tr("The clock of this machine is slow.")
    old = tr("It is an old push that somebody has sent once more, or the clock of this machine is fast.")
    return TrafficStep(tr("Signed"), f"{said} · {slow if early else old}", "pending")


def _steps_to_message(path: PushPath, account: Account | None) -> list[TrafficStep]:
    push = path.push
    said = [tr(MODES[account.push_mode])] if account is not None else []
    said += [FORMATS[push.format]] if push.format is not None else []
    return [
        TrafficStep(tr("Checked"), " · ".join(said) or tr("signed")),
        TrafficStep(tr("Kept"), tr("{time} · no. {n}", time=precise_time(push.received_at), n=str(push.id))),
    ]


def _decided(path: PushPath) -> list[TrafficStep]:
    if path.push.note:
        return [TrafficStep(tr("Not read"), tr(path.push.note), "pending")]
    if path.message is None:
        word = tr("not a message in a chat") if path.push.derived else tr("not reached yet")
        return [TrafficStep(tr("Rule"), word, "secondary")]
    if path.decision is None:
        return [TrafficStep(tr("Rule"), tr("not reached yet"), "secondary")]
    return [TrafficStep(tr("Rule"), _decision_text(path.decision))]


def _decision_text(decision: Decision) -> str:
    if decision.rule_id is None:
        return short_outcome(decision)
    said = tr("{rule} · revision {n}", rule=decision.rule_name, n=decision.rule_revision)
    return f"{said} · {tr(decision.problem)}" if decision.problem else said


def reply_step(reply: Reply, now: datetime, hold_reason: HoldReason = HoldReason.NONE) -> TrafficStep:
    """Make the step that shows the state of a reply."""
    status = status_of_reply(reply, now, hold_reason)
    role = "accent" if reply.state is ReplyState.SENT else status.role
    return TrafficStep(tr("Reply"), f"{status.text} · {author_word(reply)}", role, icon=status.icon)


def _sent(trace: ReplyTrace) -> list[TrafficStep]:
    reply = trace.reply
    steps = [TrafficStep(tr("Written by"), author_word(reply))]
    if reply.attempts > 1:
        steps.append(TrafficStep(tr("Attempts"), str(reply.attempts)))
    return steps
