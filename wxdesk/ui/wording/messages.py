"""Words that several pages use: who, in what state, when, for how long.

Times come in UTC and are told in the operator's own time zone. Nothing here ever shows a whole openid.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from wxdesk.core.content.text_links import as_seen
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.reply import Reply
from wxdesk.core.wechat.emoticon_codes import Legend
from wxdesk.desk.wechat import emoticons
from wxdesk.i18n import language, ntr, tr
from wxdesk.ui.look.fonts import has_emoji

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNITS = (DAY, HOUR, MINUTE, SECOND)


def name_of(contact: Contact) -> str:
    """The alias that the operator gave, else the openid's two ends: `oX3f…9k2`."""
    return contact.alias or short_openid(contact.openid)


def short_openid(openid: str) -> str:
    """Enough of an openid to tell two contacts apart, too little to address one."""
    return f"{openid[:4]}…{openid[-3:]}" if len(openid) >= 12 else f"{openid[:2]}…"


def author_word(reply: Reply) -> str:
    """Who wrote a reply: the rule by name (and whether it was changed by hand), or the operator."""
    return " · ".join(author_words(reply))


def author_words(reply: Reply) -> tuple[str, ...]:
    """`author_word` piece by piece."""
    if reply.author is Author.OPERATOR:
        return (tr("You"),)
    name = (reply.rule_name,) if reply.rule_name else ()
    edited = (tr("edited by you"),) if reply.edited else ()
    return (tr("Rule"), *name, *edited)


def mode_word(mode: ReplyMode) -> str:
    """What happens to automatic replies, in a word or two."""
    return tr(_MODES[mode])


_MODES = {
    ReplyMode.AUTO: "Automatic",
    ReplyMode.HOLD: "Automatic, waits first",
    ReplyMode.DRAFT: "Drafts only",
    ReplyMode.OFF: "By hand",
}


def brief_mode_word(mode: ReplyMode) -> str:
    """The same in one word, where there is little room."""
    return tr(_BRIEF_MODES[mode])


_BRIEF_MODES = {
    ReplyMode.AUTO: "Auto",
    ReplyMode.HOLD: "Waits",
    ReplyMode.DRAFT: "Drafts",
    ReplyMode.OFF: "By hand",
}


def preview_of(conversation: Conversation, *, with_author: bool = True) -> str:
    """The last thing said, on one line; `[Image]` and the like for what has no text. Empty when nothing was said.

    What was not written by the contact says who wrote it.
    """
    if conversation.last_at is None:
        return ""
    own = conversation.preview_author is not Author.CONTACT
    preview = as_seen(conversation.preview) if own else conversation.preview
    said = " ".join(readable(preview).split()) or kind_word(conversation.preview_kind)
    if not own or not with_author:
        return said
    if conversation.preview_author is Author.RULE:
        return tr("Rule: {said}", said=said)
    return tr("You: {said}", said=said)


def readable(text: str) -> str:
    """`text` with WeChat's emoticon codes as emoji, or as names where no emoji can be shown; for display only."""
    if "/" not in text and "[" not in text:
        return text
    return _legends(language())[0](text) if has_emoji() else with_names(text)


def with_names(text: str) -> str:
    """`text` with WeChat's emoticon codes as names in brackets; for display only."""
    return _legends(language())[1](text)


@cache
def _legends(spoken: str) -> tuple[Legend, Legend]:
    table = emoticons.read_emoticons()
    return emoticons.readable(table, spoken), emoticons.named(table, spoken)


def more_words(count: int) -> str:
    """What stands below a list that is not whole."""
    return ntr("{n} more: write a few letters to find it", "{n} more: write a few letters to find them", count)


def kind_word(kind: str) -> str:
    """What stands for something without text; `kind` is a MessageType, a ReplyKind, or WeChat's MsgType."""
    return tr(_KINDS.get(kind, "[Other message]"))


_KINDS = {
    "text": "[Empty message]",
    "image": "[Image]",
    "link": "[Link]",
    "card": "[Mini-program card]",
    "enter_session": "[Entered the chat]",
    "voice": "[Voice message]",
    "video": "[Video]",
    "shortvideo": "[Video]",
    "location": "[Location]",
    "file": "[File]",
}


def waiting_word(since: datetime, now: datetime) -> str:
    """How long somebody has been waiting for an answer."""
    return tr("Waiting {span}", span=span_word(now - since))


def ago(at: datetime, now: datetime) -> str:
    """When something happened, as short as a list wants it: just now, 2 min, 5 h, yesterday, Oct 2."""
    passed = now - at
    if passed < MINUTE:
        return tr("just now")
    if at.astimezone().date() == now.astimezone().date():
        return span_word(passed)
    return day_word(at, now)


def clock_time(at: datetime) -> str:
    """Local hours and minutes."""
    return f"{at.astimezone():%H:%M}"


def day_word(at: datetime, now: datetime) -> str:
    """The local day: today, yesterday, else its date; with its year when that is another one."""
    day, today = at.astimezone().date(), now.astimezone().date()
    if day == today:
        return tr("Today")
    if day == today - DAY:
        return tr("Yesterday")
    return date_word(day, with_year=day.year != today.year)


def weekday_word(number: int) -> str:
    """The day of the week, 0 for Monday."""
    return tr(_WEEKDAYS[number])


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date_word(day: date, *, with_year: bool = True) -> str:
    """A date as one says it."""
    values = {"month_name": tr(_MONTHS[day.month - 1]), "year": day.year, "month": day.month, "day": day.day}
    return tr("{month_name} {day}, {year}", **values) if with_year else tr("{month_name} {day}", **values)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def span_word(span: timedelta) -> str:
    """A length of time in its largest unit, rounded down; never less than 0 s."""
    span = max(span, timedelta())
    if span < MINUTE:
        return tr("{n} s", n=int(span.total_seconds()))
    if span < HOUR:
        return tr("{n} min", n=span // MINUTE)
    if span < 3 * DAY:
        return tr("{n} h", n=span // HOUR)
    return tr("{n} d", n=span // DAY)


def unit_word(unit: timedelta, n: int) -> str:
    """A unit of time as it stands behind the number `n`."""
    words = {
        DAY: ntr("day", "days", n),
        HOUR: ntr("hour", "hours", n),
        MINUTE: ntr("minute", "minutes", n),
        SECOND: ntr("second", "seconds", n),
    }
    return words[unit]


def whole_unit(span: timedelta) -> timedelta:
    """The largest unit in which `span`, whole seconds, is a whole number."""
    return next(unit for unit in UNITS if not span % unit)


def exact_span(span: timedelta) -> str:
    """A length of time as somebody chose it, with nothing rounded: `90 seconds`, `2 hours`."""
    unit = whole_unit(span)
    return f"{span // unit} {unit_word(unit, span // unit)}"


def countdown(span: timedelta) -> str:
    """A length of time that runs out, as `47:59:52` or `1:05`; rounded up, so that 0:00 means over."""
    seconds = max(0, -(-span // timedelta(seconds=1)))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
