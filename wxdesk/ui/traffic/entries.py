"""Texts of a line of traffic: kind, outcome, contact and content.

They are made once, when the line is made or its stored rows have been found, so that filtering two thousand
lines at each key costs nothing.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TypeGuard

from msgspec import Struct

from wxdesk.core.events import ApiCalled, PushSeen
from wxdesk.core.model.push import REFUSED, Refusal, refusal_status
from wxdesk.core.model.traces import PushTrace, ReplyTrace
from wxdesk.core.setup.findings import TOKEN_CALLS, Check, CheckVerdict, Finding
from wxdesk.core.wechat.errcodes import WRONG_TYPING_PATH
from wxdesk.desk.setup import sentences
from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.i18n import account_title, number_text, tr
from wxdesk.ui.wording.messages import kind_text, name_of
from wxdesk.ui.wording.times import dated_time, span_text

type TrafficEntry = PushSeen | ApiCalled

PUSHES = {
    "text": "Message in",
    "image": "Picture in",
    "miniprogrampage": "Card in",
    "event": "WeChat event",
    "event:user_enter_tempsession": "Entered the chat",
}
CALLS = {
    "custom/send": "Reply out",
    "custom/typing": "Typing out",
    "custom/business/typing": "Typing out",
    "media/upload": "Picture out",
    "media/get": "Picture fetched",
    "stable_token": "Access token",
    "token": "Access token",
}
"""Words of WeChat's message types and calls, whose own names stand in the detail."""


class Tone(Enum):
    """Outcome of a line; the value is the theme's role for its colour."""

    GOOD = "accent"
    PLAIN = "secondary"
    NOTICE = "pending"
    BAD = "failed"


class TrafficLine(Struct, frozen=True):
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
    def is_problem(self) -> bool:
        """True if it did not end well and something was lost, or may have been."""
        return self.tone in (Tone.NOTICE, Tone.BAD)

    @property
    def kind(self) -> str:
        """WeChat's MsgType of a push, empty if it was none; of a call its name."""
        return self.entry.kind.partition(":")[0] if isinstance(self.entry, PushSeen) else self.entry.call

    @property
    def time(self) -> str:
        """Local time with milliseconds; date and minute for a line from the quarantine."""
        if self.entry.milliseconds < 0:
            return dated_time(self.entry.at, datetime.now(UTC))
        return precise_time(self.entry.at)

    @property
    def took(self) -> str:
        """The duration, if it is known."""
        if self.entry.milliseconds < 0:
            return ""
        return tr("{n} ms", n=number_text(self.entry.milliseconds))

    def contains(self, phrase: str) -> bool:
        """Tell if a casefolded phrase occurs anywhere in the line."""
        own = self.entry.kind if isinstance(self.entry, PushSeen) else self.entry.call
        shown = (self.who, self.said, self.result, self.what, self.time, own)
        return any(phrase in text.casefold() for text in shown)


def precise_time(at: datetime) -> str:
    """Format a local time to milliseconds."""
    local = at.astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"


def line_of(entry: TrafficEntry, known: PushTrace | ReplyTrace | None = None) -> TrafficLine:
    """Make the line of an entry, with what the store knows about it so far."""
    if isinstance(entry, PushSeen):
        return _push_line(entry, known if isinstance(known, PushTrace) else None)
    return _call_line(entry, known if isinstance(known, ReplyTrace) else None)


def _push_line(entry: PushSeen, push: PushTrace | None) -> TrafficLine:
    event = "" if entry.kind in PUSHES else entry.kind.partition(":")[2]
    unread = push is not None and bool(push.note)
    result, tone = push_result(entry.outcome, unread=unread)
    if entry.is_untimely:
        result, tone = with_signed_age(entry, result), "pending"
    return TrafficLine(
        entry=entry,
        what=_kind_of(entry),
        result=result,
        tone=Tone(tone),
        who=_contact_name(push),
        said=_push_summary(entry, push, event),
        push=push,
    )


def _kind_of(entry: PushSeen) -> str:
    """Name a check of the URL, also a refused one, a stranger's visit, or a push."""
    finding = entry.finding
    if finding is not None and finding.verdict is CheckVerdict.NOT_WECHAT:
        return tr("Visit")
    if entry.outcome == "checked" or (finding is not None and finding.check is Check.URL_CHECK):
        return tr("GET check")
    msg_type = entry.kind.partition(":")[0]
    known = PUSHES.get(entry.kind) or PUSHES.get(msg_type)
    return tr(known) if known else tr("Push {kind}", kind=msg_type).rstrip()


def with_signed_age(entry: PushSeen, result: str) -> str:
    """Add to a result the difference between signed time and arrival."""
    if entry.age < timedelta():
        return tr("{result}, {span} early", result=result, span=span_text(-entry.age))
    return tr("{result}, {span} old", result=result, span=span_text(entry.age))


def _contact_name(push: PushTrace | None) -> str:
    """Name the contact, or for an unreadable push the account."""
    if push is None:
        return ""
    return name_of(push.contact) if push.contact is not None else account_title(push.account) if push.note else ""


def _push_summary(entry: PushSeen, push: PushTrace | None, event: str) -> str:
    if entry.outcome.startswith(REFUSED):
        return sentences.text(entry.finding) if explains(entry.finding) else tr("Nothing was kept")
    if entry.outcome == "checked":
        return tr("WeChat checked this address")
    message = push.message if push is not None else None
    if message is None:
        return event or (tr("Not readable: {reason}", reason=tr(push.note)) if push is not None and push.note else "")
    if entry.kind.startswith("event"):
        return "    ".join(part for part in (event, message.session_from or "") if part)
    return one_line(message.text) or kind_text(message.kind)


def explains(finding: Finding | None) -> TypeGuard[Finding]:
    """Tell if a finding says more about a request than its outcome does."""
    return finding is not None and finding.verdict not in (CheckVerdict.UNKNOWN, CheckVerdict.OK)


def _call_line(entry: ApiCalled, reply: ReplyTrace | None) -> TrafficLine:
    code = entry.errcode
    good = code == 0
    found = _call_summary(entry, reply) if good else call_problem(entry)
    tries_on = entry.call == "custom/business/typing" and code in WRONG_TYPING_PATH
    return TrafficLine(
        entry=entry,
        what=tr(CALLS[entry.call]) if entry.call in CALLS else entry.call,
        result=tr("Successful") if good else str(code) if code is not None else tr("No answer"),
        tone=Tone.GOOD if good else Tone.PLAIN if tries_on else Tone.BAD,
        who=name_of(reply.contact) if reply is not None else "",
        said=tr("WeChat wants it at its other address, which is tried next") if tries_on else found,
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


REFUSALS: dict[str, tuple[str, str]] = {
    Refusal.ADDRESS: ("unknown address",
        "No account has this address. The push URL in WeChat's console must end with /wx/ and the account's name."),
    Refusal.METHOD: ("wrong method", "Somebody called this address in a way that WeChat never does."),
    Refusal.HTTP: ("not HTTP", "What arrived was no HTTP request. Scanners on the internet do that."),
    Refusal.TOO_LARGE: ("too large", "The request was far larger than any real push."),
    Refusal.ENCODED: ("compressed", "The body was compressed, which WeChat never does."),
    Refusal.SLOW: ("too slow", "The body did not arrive in time. Look at the tunnel if this repeats."),
    Refusal.BROKEN_OFF: ("broken off", "The connection broke before the whole body had arrived."),
    Refusal.CREDENTIALS: ("no credentials",
        "This account has no usable push Token or EncodingAESKey, so no push can be checked."),
    Refusal.QUERY: ("incomplete", "The parameters that WeChat sends with every push were missing or doubled."),
    Refusal.ENVELOPE: ("not encrypted", "What arrived held nothing encrypted, and was no message either."),
    Refusal.AGE: ("too old",
        "A genuine request of another day: somebody kept it and sent it again. Messages never take a day to arrive."),
    Refusal.PLAIN_TEXT: ("plain text: attack",
        "A message came in plain text, but the account takes only encrypted ones. Somebody tried to slip it in, or "
        "WeChat's console is not set to secure mode."),
    Refusal.SIGNATURE: ("wrong signature",
        "The signature does not fit: the push Token here and in WeChat's console differ, or it was not WeChat."),
    Refusal.DECRYPTION: ("not decrypted",
        "The push could not be decrypted: the EncodingAESKey here and in the console differ."),
    Refusal.APP_ID: ("another AppID", "The push was meant for another mini program."),
}  # fmt: skip
"""Words on each refusal: a short form, and a sentence with advice."""

_OUTCOMES = {
    "failed: store":
        ("503 not kept", "failed", "The database could not be written, so WeChat was asked to send it again."),
    "failed: overloaded":
        ("503 too many", "failed", "Too many pushes waited for the disk; WeChat was asked to send it again."),
    "failed: unexpected":
        ("500 fault", "failed", "Something unexpected happened; the log has more. WeChat sends it again."),
    "duplicate": ("Repeated, acknowledged", "pending",
                  "WeChat sent this push again. It had been kept already and was only acknowledged."),
    "checked": ("Confirmed", "accent",
                "WeChat asked whether this address is yours, as it does when its console saves the push settings."),
    "transferred": ("Transferred", "accent", "The answer handed the customer over to WeChat's own service tool."),
}  # fmt: skip
"""Other outcomes than an ordinary one: a short form, its colour, and a sentence."""

ANSWERS_SENT = {"kept": "success", "duplicate": "success", "checked": "echostr"}
"""Answers to requests, by outcome, as WeChat got them."""


def _refusal(why: str) -> tuple[str, str]:
    """Return the words on a refusal; a newer server of a team may tell another reason."""
    return REFUSALS.get(why, (why, "The request was refused."))


def push_result(outcome: str, *, unread: bool = False) -> tuple[str, str]:
    """Describe a request's outcome and its colour; `unread`: stored, not understood."""
    if outcome.startswith(REFUSED):
        why = outcome.removeprefix(REFUSED)
        return f"{refusal_status(why).value} {tr(_refusal(why)[0])}", "failed"
    if outcome in _OUTCOMES:
        return tr(_OUTCOMES[outcome][0]), _OUTCOMES[outcome][1]
    return (tr("Kept as it came"), "pending") if unread else (tr("Received"), "accent")


def push_sentence(outcome: str) -> str:
    """Explain an unusual outcome; empty for an ordinary one."""
    if outcome.startswith(REFUSED):
        return tr(_refusal(outcome.removeprefix(REFUSED))[1])
    return tr(_OUTCOMES[outcome][2]) if outcome in _OUTCOMES else ""


def call_problem(entry: ApiCalled) -> str:
    """Describe the failure of a call."""
    return tr(entry.outcome if entry.errcode is None else refusal_text(entry.errcode, entry.errmsg).meaning)
