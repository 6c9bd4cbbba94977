"""Texts that several pages use: names, states, times and spans.

Times come in UTC and are shown in the operator's own time zone. Nothing here ever shows a whole openid.
"""

from datetime import date, datetime, timedelta
from functools import cache

from wxdesk import emoticons
from wxdesk.core.content.kind_words import KIND_WORDS, OTHER_KIND
from wxdesk.core.content.text_links import visible_text
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.reply import Reply
from wxdesk.core.wechat.emoticon_codes import EmoticonReplacer
from wxdesk.i18n import clock_text, language, ntr, tr
from wxdesk.ui.look.fonts import has_emoji

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNITS = (DAY, HOUR, MINUTE, SECOND)


def name_of(contact: Contact) -> str:
    """Return the alias that the operator gave, else the openid's ends: `oX3f…9k2`."""
    return contact.alias or short_openid(contact.openid)


def short_openid(openid: str) -> str:
    """Return enough of an openid to tell contacts apart, too little to address one."""
    return f"{openid[:4]}…{openid[-3:]}" if len(openid) >= 12 else f"{openid[:2]}…"


def author_word(reply: Reply) -> str:
    """Return the author of a reply: the rule (and whether edited), or the operator."""
    return " · ".join(author_words(reply))


def author_words(reply: Reply) -> tuple[str, ...]:
    """Return `author_word` piece by piece."""
    if reply.author is Author.OPERATOR:
        return (reply.operator or tr("You"),)
    name = (reply.rule_name,) if reply.rule_name else ()
    by = tr("edited by {who}", who=reply.operator) if reply.operator else tr("edited by you")
    edited = (by,) if reply.edited else ()
    return (tr("Rule"), *name, *edited)


def mode_text(mode: ReplyMode) -> str:
    """Return the name of a reply mode, in a few words."""
    return tr(_MODES[mode])


_MODES = {
    ReplyMode.AUTO: "Automatic",
    ReplyMode.HOLD: "Automatic, waits first",
    ReplyMode.DRAFT: "Drafts only",
    ReplyMode.OFF: "By hand",
}


def brief_mode_text(mode: ReplyMode) -> str:
    """Return the shortest name of a reply mode, for little room."""
    return tr(_BRIEF_MODES[mode])


_BRIEF_MODES = {ReplyMode.AUTO: "Auto", ReplyMode.HOLD: "Waits", ReplyMode.DRAFT: "Drafts", ReplyMode.OFF: "By hand"}


def preview_of(conversation: Conversation, *, with_author: bool = True, operator: str = "") -> str:
    """Return the last message on one line, or an empty text if there is none.

    `[Image]` and the like stand for content without text. A message not by the contact names its author or `operator`.
    """
    if conversation.last_at is None:
        return ""
    own = conversation.preview_author is not Author.CONTACT
    preview = visible_text(conversation.preview) if own else conversation.preview
    said, kind = " ".join(readable(preview).split()), conversation.preview_kind
    if not said or kind in {ReplyKind.LINK, ReplyKind.CARD}:
        said = f"{kind_text(kind)} {said}".rstrip()
    if not own or not with_author:
        return said
    if conversation.preview_author is Author.RULE:
        return tr("Rule: {said}", said=said)
    return said_by(operator, said)


def said_by(operator: str, said: str) -> str:
    """Return what an operator said, after their name; without one it is the only one."""
    return tr("{name}: {value}", name=operator, value=said) if operator else tr("You: {said}", said=said)


def readable(text: str) -> str:
    """Show WeChat's emoticon codes as emoji, or as names; for display only."""
    if "/" not in text and "[" not in text:
        return text
    return _legends(language())[0](text) if has_emoji() else with_names(text)


def with_names(text: str) -> str:
    """Show WeChat's emoticon codes in `text` as names in brackets, for display only."""
    return _legends(language())[1](text)


@cache
def _legends(spoken: str) -> tuple[EmoticonReplacer, EmoticonReplacer]:
    table = emoticons.read_emoticons()
    return emoticons.readable(table, spoken), emoticons.named(table, spoken)


def more_text(count: int) -> str:
    """Return the line below a list that is not complete."""
    return ntr("{n} more: write a few letters to find it", "{n} more: write a few letters to find them", count)


def kind_text(kind: str) -> str:
    """Return a placeholder for a MessageType, ReplyKind or MsgType without text."""
    return tr(KIND_WORDS.get(kind, OTHER_KIND))


def waiting_text(since: datetime, now: datetime) -> str:
    """Return the length of a contact's wait for an answer."""
    return tr("Waiting {span}", span=span_text(now - since))


def ago(at: datetime, now: datetime) -> str:
    """Return a past time in short: just now, 2 min, 5 h, yesterday, Oct 2."""
    passed = now - at
    if passed < MINUTE:
        return tr("just now")
    if at.astimezone().date() == now.astimezone().date():
        return span_text(passed)
    return day_text(at, now)


def clock_time(at: datetime) -> str:
    """Return local hours and minutes."""
    return clock_text(at.astimezone())


def clock_second(at: datetime) -> str:
    """Return local hours, minutes and seconds."""
    return f"{at.astimezone():%H:%M:%S}"


def day_text(at: datetime, now: datetime) -> str:
    """Return the local day: today, yesterday, or its date, with another year's year."""
    day, today = at.astimezone().date(), now.astimezone().date()
    if day == today:
        return tr("Today")
    if day == today - DAY:
        return tr("Yesterday")
    return date_text(day, with_year=day.year != today.year)


def weekday_text(number: int) -> str:
    """Return the name of a day of the week, 0 for Monday."""
    return tr(_WEEKDAYS[number])


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date_text(day: date, *, with_year: bool = True) -> str:
    """Return a date as it is written in a sentence."""
    values = {"month_name": tr(_MONTHS[day.month - 1]), "year": day.year, "month": day.month, "day": day.day}
    return tr("{month_name} {day}, {year}", **values) if with_year else tr("{month_name} {day}", **values)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def span_text(span: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down, at least 0 s."""
    span = max(span, timedelta())
    if span < MINUTE:
        return tr("{n} s", n=int(span.total_seconds()))
    if span < HOUR:
        return tr("{n} min", n=span // MINUTE)
    if span < 3 * DAY:
        return tr("{n} h", n=span // HOUR)
    return tr("{n} d", n=span // DAY)


def unit_text(unit: timedelta, n: int) -> str:
    """Return the name of a unit of time as it follows the number `n`."""
    words = {
        DAY: ntr("day", "days", n),
        HOUR: ntr("hour", "hours", n),
        MINUTE: ntr("minute", "minutes", n),
        SECOND: ntr("second", "seconds", n),
    }
    return words[unit]


def whole_unit(span: timedelta) -> timedelta:
    """Return the largest unit in which `span` (whole seconds) is a whole number."""
    return next(unit for unit in UNITS if not span % unit)


def exact_span(span: timedelta) -> str:
    """Return a length of time without rounding: `90 seconds`, `2 hours`."""
    unit = whole_unit(span)
    return f"{span // unit} {unit_text(unit, span // unit)}"


def time_left_text(span: timedelta) -> str:
    """Return the time left as `47:59:52` or `1:05`, rounded up: 0:00 means over."""
    seconds = max(0, -(-span // timedelta(seconds=1)))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


MOST_QUOTED = 4
"""Words that stand in a sentence; of more, only their number."""


def quoted(words: tuple[str, ...]) -> str:
    """Quote words in the marks of the language, the first few of many."""
    opening, closing = ("「", "」") if language() == "zh_CN" else ("“", "”")
    shown = "".join if language() == "zh_CN" else " ".join
    text = shown([f"{opening}{word}{closing}" for word in words[:MOST_QUOTED]])
    return tr("{words} and {n} more", words=text, n=len(words) - MOST_QUOTED) if len(words) > MOST_QUOTED else text
