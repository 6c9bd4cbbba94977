"""Texts of a line of traffic: kind, result, contact and content.

They are made once, when the line is made or its stored rows have been found, so that filtering two thousand
lines at each key costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeGuard

from wxdesk.core.events import ApiCalled, PushSeen
from wxdesk.core.model.traces import PushTrace, ReplyTrace
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import TOKEN_CALLS, CheckVerdict
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.traffic.outcomes import call_code, call_problem, push_result, refusal_of
from wxdesk.ui.wording.messages import kind_text, name_of, span_text

type TrafficEntry = PushSeen | ApiCalled

KINDS = {
    "text": "Message in",
    "image": "Picture in",
    "miniprogrampage": "Card in",
    "event": "WeChat event",
}
CALLS = {
    "custom/send": "Reply out",
    "custom/typing": "Typing out",
    "media/upload": "Picture out",
    "media/get": "Picture fetched",
    "stable_token": "Access token",
    "token": "Access token",
}
"""Words of WeChat's message types and calls, whose own names stand in the detail."""

MESSAGE_KINDS = frozenset({"text", "image", "miniprogrampage"})


class Tone(Enum):
    """Outcome of a line; the value is the theme's role for its colour."""

    GOOD = "accent"
    NOTICE = "pending"
    BAD = "failed"


@dataclass(frozen=True, slots=True)
class TrafficLine:
    """One line of the table; `who` is a contact's name or empty, `said` the content."""

    entry: TrafficEntry
    what: str
    result: str
    tone: Tone
    who: str = ""
    said: str = ""
    push: PushTrace | None = None
    reply: ReplyTrace | None = None

    @property
    def incoming(self) -> bool:
        """True for a request from outside, False for a call to WeChat."""
        return isinstance(self.entry, PushSeen)

    @property
    def kind(self) -> str:
        """WeChat's MsgType of a push, empty if it was none; of a call its name."""
        return self.entry.kind.partition(":")[0] if isinstance(self.entry, PushSeen) else self.entry.call

    @property
    def time(self) -> str:
        """Local time with milliseconds; date and minute for a line from the quarantine."""
        if self.entry.milliseconds < 0:
            return f"{self.entry.at.astimezone():%m-%d %H:%M}"
        return precise_time(self.entry.at)

    @property
    def took(self) -> str:
        """The duration, if it is known."""
        if self.entry.milliseconds < 0:
            return ""
        return tr("{n} ms", n=f"{self.entry.milliseconds:.0f}")

    def contains(self, phrase: str) -> bool:
        """Tell if a casefolded phrase occurs anywhere in the line."""
        own = self.entry.kind if isinstance(self.entry, PushSeen) else self.entry.call
        shown = (self.who, self.said, self.result, self.what, self.time, own)
        return any(phrase in text.casefold() for text in shown)


def precise_time(at: datetime) -> str:
    """Format a local time to milliseconds."""
    local = at.astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"


def line_of(entry: TrafficEntry, push: PushTrace | None = None, reply: ReplyTrace | None = None) -> TrafficLine:
    """Make the line of an entry, with what the store knows about it so far."""
    return _push_line(entry, push) if isinstance(entry, PushSeen) else _call_line(entry, reply)


def _push_line(entry: PushSeen, push: PushTrace | None) -> TrafficLine:
    msg_type, _, event = entry.kind.partition(":")
    unread = push is not None and bool(push.note)
    result, tone = push_result(entry.outcome, unread=unread)
    if entry.is_untimely:
        result, tone = with_signed_age(entry, result), "pending"
    return TrafficLine(
        entry=entry,
        what=_kind_of(entry, msg_type),
        result=result,
        tone=Tone(tone),
        who=_contact_name(push),
        said=_push_summary(entry, push, event),
        push=push,
    )


def _kind_of(entry: PushSeen, msg_type: str) -> str:
    """Name a check of the URL, also a refused one, a stranger's visit, or a push."""
    finding = entry.finding
    if finding is not None and finding.verdict is CheckVerdict.NOT_WECHAT:
        return tr("Visit")
    if entry.outcome == "checked" or (finding is not None and finding.check is Check.URL_CHECK):
        return tr("GET check")
    return tr(KINDS[msg_type]) if msg_type in KINDS else tr("Push {kind}", kind=msg_type).rstrip()


def with_signed_age(entry: PushSeen, result: str) -> str:
    """Add to a result the difference between signed time and arrival."""
    if entry.age < timedelta():
        return tr("{result}, {span} early", result=result, span=span_text(-entry.age))
    return tr("{result}, {span} old", result=result, span=span_text(entry.age))


def _contact_name(push: PushTrace | None) -> str:
    """Name the contact, or for an unreadable push the account."""
    if push is None:
        return ""
    return name_of(push.contact) if push.contact is not None else push.account if push.note else ""


def _push_summary(entry: PushSeen, push: PushTrace | None, event: str) -> str:
    refusal = refusal_of(entry.outcome)
    if refusal is not None:
        return sentences.text(entry.finding) if explains(entry.finding) else tr("Nothing was kept")
    if entry.outcome == "checked":
        return tr("WeChat checked this address")
    message = push.message if push is not None else None
    if message is None:
        return event or (tr("Not readable: {reason}", reason=tr(push.note)) if push is not None and push.note else "")
    if event:
        return "    ".join(part for part in (event, message.session_from or "") if part)
    return one_line(message.text) or kind_text(message.type)


def explains(finding: Finding | None) -> TypeGuard[Finding]:
    """Tell if a finding says more about a request than its outcome does."""
    return finding is not None and finding.verdict not in (CheckVerdict.UNKNOWN, CheckVerdict.OK)


def _call_line(entry: ApiCalled, reply: ReplyTrace | None) -> TrafficLine:
    code = call_code(entry.outcome)
    good = code == 0
    return TrafficLine(
        entry=entry,
        what=tr(CALLS[entry.call]) if entry.call in CALLS else entry.call,
        result=tr("Successful") if good else str(code) if code is not None else tr("No answer"),
        tone=Tone.GOOD if good else Tone.BAD,
        who=name_of(reply.contact) if reply is not None else "",
        said=_call_summary(entry, reply) if good else call_problem(entry.outcome, entry.errmsg),
        reply=reply,
    )


def _call_summary(entry: ApiCalled, reply: ReplyTrace | None) -> str:
    if reply is not None:
        content = reply.reply.content
        return one_line(content.summary) or kind_text(content.kind)
    return tr("access_token renewed") if entry.call in TOKEN_CALLS else ""


def one_line(text: str) -> str:
    """Join a text to one line, cut to what a line can hold."""
    return " ".join(text[:400].split())
