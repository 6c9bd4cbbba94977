"""One wording of each condition: it is so, it was so, it was not so.

Conditions are named as in verdicts. Each has an entry in one table, in the order of a rule's sentence: its name
in the menu, the words before its value, and its outcome in the trial and among the reasons of an answer.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.rule import Condition, SessionFromTest
from wxdesk.core.rules.conditions.kind import Stage
from wxdesk.core.rules.conditions.table import given
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import quoted
from wxdesk.ui.wording.times import exact_span

SHOWN_WORDS = 4
"""Words of a condition that a line of the list shows."""

NEGATED = "not."


class ConditionWording(Struct, frozen=True):
    """Words for one condition, in English; they are translated when they are used.

    choice: in the menu · phrase: before its value · about_message: the phrase is said of the message itself ·
    missing: the thing that an unfinished one lacks. Of its outcome either speaks `said`, the same in all
    places, by a verdict and whether the condition holds; or `is_so` a rule's summary, and `tried` and `found`
    the trial and the reasons of an answer, each for success and failure.
    """

    choice: str
    phrase: str
    is_so: str = ""
    tried: tuple[str, str] = ("", "")
    found: tuple[str, str] = ("", "")
    said: Callable[[Verdict, bool], str] | None = None
    about_message: bool = False
    missing: str = ""


def condition_choice(condition: str) -> str:
    """Return a condition's name in the menu that adds one."""
    return tr(WORDINGS[condition].choice)


def condition_label(condition: str, *, first: bool, excepted: bool) -> str:
    """Return the words before a condition in the sentence.

    Conditions that must hold are joined by “and”; of the excepted ones none may, so “or” stands between them.
    """
    wording = WORDINGS[condition]
    what = tr(wording.phrase)
    if excepted:
        if not first:
            return tr("or {what}", what=what)
        return tr("unless it {what}", what=what) if wording.about_message else tr("unless {what}", what=what)
    return tr("that {what}", what=what) if first and wording.about_message else tr("and {what}", what=what)


def condition_phrase(condition: str, *, excepted: bool) -> str:
    """Return the words before a condition on its own, without a joining word."""
    return condition_label(condition, first=True, excepted=True) if excepted else tr(WORDINGS[condition].phrase)


def condition_texts(when: Condition) -> Iterator[str]:
    """Yield a short phrase for each condition: mini program, event and text first."""
    values = sorted(given(replace(when, any=when.any + when.all, all=(), none=())), key=lambda one: one[0].stage)
    said = [(kind.stage, context_text(Verdict(kind.name, ok=True, words=kind.words(one)))) for kind, one in values]
    yield from (text for stage, text in said if text and stage is Stage.BUTTON)
    for kind, value in values:
        if WORDINGS.get(kind.name, _UNKNOWN).is_so:
            yield tr(WORDINGS[kind.name].is_so, words=_brief(value), value=_brief(value))
    if when.none and not when.words:
        yield tr(WORDINGS["none"].is_so, words=_brief(when.none))
    yield from (text for stage, text in said if text and stage is not Stage.BUTTON)
    if when.unless is not None:
        yield tr("unless {what}", what=tr(" or ").join(condition_texts(when.unless)))


def _brief(value: tuple[str, ...] | SessionFromTest | str) -> str:
    match value:
        case str():
            return value
        case SessionFromTest():
            return f"{value.prefix}…" if value.prefix is not None else value.equals or tr("a pattern")
        case _:
            shown, more = tr(", ").join(value[:SHOWN_WORDS]), len(value) - SHOWN_WORDS
            return tr("{words} and {n} more", words=shown, n=more) if more > 0 else shown


def without_not(verdict: Verdict) -> Verdict:
    """Turn the verdict of a condition under `not` into that of the condition itself."""
    if not verdict.condition.startswith(NEGATED):
        return verdict
    return Verdict(verdict.condition.removeprefix(NEGATED), not verdict.ok, verdict.words, verdict.found)


def tried_text(verdict: Verdict) -> str:
    """Return one condition's outcome in a trial."""
    verdict = without_not(verdict)
    words = " ".join(tr("“{word}”", word=word) for word in _looked_at(verdict))
    pair = WORDINGS.get(verdict.condition, _UNKNOWN).tried
    return context_text(verdict) or tr((pair if any(pair) else _UNKNOWN.tried)[not verdict.ok], word=words, words=words)


def found_text(verdict: Verdict) -> str:
    """Return one condition's outcome among the reasons of an answer."""
    verdict = without_not(verdict)
    words = quoted(_looked_at(verdict) if verdict.found else verdict.words)
    text = WORDINGS.get(verdict.condition, _UNKNOWN).found[not verdict.ok]
    return context_text(verdict) or (tr(text, words=words) if text else verdict.condition)


def context_text(verdict: Verdict) -> str:
    """Return a finding as a phrase; empty for conditions on text and button."""
    said = WORDINGS.get(verdict.condition, _UNKNOWN).said
    return said(verdict, verdict.ok) if said else ""


def _looked_at(verdict: Verdict) -> tuple[str, ...]:
    """Return the words of the condition, or what was found of them if that tells more."""
    all_count = verdict.condition == "all" or verdict.ok is (verdict.condition == "none")
    return verdict.words if all_count else (verdict.found,)


def _account(verdict: Verdict, ok: bool) -> str:
    [name] = verdict.words
    if ok:
        return tr("in the mini program “{account}”", account=name)
    return tr("not in the mini program “{account}”", account=name)


def _event(verdict: Verdict, ok: bool) -> str:
    names = tr(", ").join(verdict.words)
    return tr("is the event {names}", names=names) if ok else tr("is not the event {names}", names=names)


def _hours(verdict: Verdict, ok: bool) -> str:
    place, calendar = verdict.words
    if (place == "inside") is ok:
        return tr("within the hours “{calendar}”", calendar=calendar)
    return tr("outside the hours “{calendar}”", calendar=calendar)


def _operator(verdict: Verdict, ok: bool) -> str:
    return tr("somebody is at the desk") if (verdict.words == ("present",)) is ok else tr("nobody is at the desk")


def _any_tag(verdict: Verdict, ok: bool) -> str:
    tags = verdict.found or tr(", ").join(verdict.words)
    return tr("the customer has the tag {tags}", tags=tags) if ok else tr("the customer has no tag {tags}", tags=tags)


def _first_contact(verdict: Verdict, ok: bool) -> str:
    if (verdict.words == ("true",)) is ok:
        return tr("the customer never wrote before")
    return tr("the customer has written before")


def _quiet_days(verdict: Verdict, ok: bool) -> str:
    days = int(verdict.words[0])
    if ok:
        return ntr("the customer was quiet for {n} day", "the customer was quiet for {n} days", days)
    return ntr("the customer was not quiet for {n} day", "the customer was not quiet for {n} days", days)


def _message_no(verdict: Verdict, ok: bool) -> str:
    least, most = verdict.words
    numbers = tr("from {n} on", n=least) if not most else least if least == most else f"{least}–{most}"
    if ok:
        return tr("message number since a human answered: {numbers}", numbers=numbers)
    return tr("message number since a human answered: not {numbers}", numbers=numbers)


def _last_rule(verdict: Verdict, ok: bool) -> str:
    rule, minutes = verdict.words
    n = int(minutes)
    if ok:
        many = "“{rule}” answered within the last {n} minutes"
        return ntr("“{rule}” answered within the last {n} minute", many, n, rule=rule)
    many = "“{rule}” did not answer within the last {n} minutes"
    return ntr("“{rule}” did not answer within the last {n} minute", many, n, rule=rule)


def _cooldown(verdict: Verdict, ok: bool) -> str:
    if ok:
        return tr("has not answered too often")
    seconds, _times, _rate = verdict.words
    match verdict.found:
        case "per_contact_s":
            span = exact_span(timedelta(seconds=int(seconds)))
            return tr("answered this customer less than {span} ago", span=span)
        case "per_conversation":
            return tr("has answered in this conversation as often as it may")
        case _:
            return tr("has answered as often as it may within a minute")


_UNKNOWN = ConditionWording("", "", tried=("comes from {word}", "does not come from {words}"))

_TEXT = partial(ConditionWording, about_message=True)

WORDINGS: Mapping[str, ConditionWording] = {
    "any": _TEXT(
        "contains any of these words", "contains any of", "contains {words}",
        ("contains {word}", "does not contain {words}"), ("has {words}", "has no {words}"),
    ),
    "all": _TEXT(
        "contains all of these words", "contains all of", "contains {words}",
        ("contains {word}", "does not contain all of {words}"), ("has all of {words}", "does not have all of {words}"),
    ),
    "exact": _TEXT(
        "is exactly", "is exactly one of", "is {words}",
        ("is exactly {word}", "is not {words}"), ("is exactly {words}", "is not exactly {words}"),
    ),
    "prefix": _TEXT(
        "begins with", "begins with one of", "begins with {words}",
        ("begins with {word}", "does not begin with {words}"), ("starts with {words}", "does not start with {words}"),
    ),
    "suffix": _TEXT(
        "ends with", "ends with one of", "ends with {words}",
        ("ends with {word}", "does not end with {words}"), ("ends with {words}", "does not end with {words}"),
    ),
    "none": _TEXT(
        "contains none of these words", "does not contain", "without {words}",
        ("does not contain {word}", "contains {words}"), ("has no {words}", "has {words}, which it must not"),
    ),
    "regex": _TEXT(
        "regular expression", "has this pattern in it", "by pattern",
        ("the pattern finds {word}", "the pattern finds nothing"),
        ("fits the pattern at {words}", "does not fit its pattern"), missing="a pattern",
    ),
    "event": _TEXT("an event of WeChat's", "is the event", said=_event),
    "account": ConditionWording("which mini program it is", "the mini program is", said=_account),
    "session_from": _TEXT(
        "by which button they came", "comes by a button whose session_from", "from {value}",
        ("comes from {word}", "does not come from {words}"), ("came in from {words}", "did not come in from {words}"),
    ),
    "session_from.fields": _TEXT("a field of what the button carries", "comes by a button with the field"),
    "hours": ConditionWording("within or outside business hours", "it is", said=_hours, missing="which business hours"),
    "operator": ConditionWording("somebody is at the desk, or nobody", "there is", said=_operator),
    "tags.any": ConditionWording("has one of these tags", "the customer has one of the tags", said=_any_tag),
    "tags.none": ConditionWording(
        "has none of these tags", "the customer has none of the tags", said=lambda found, ok: _any_tag(found, not ok)
    ),
    "first_contact": ConditionWording(
        "writes for the first time, or has written before", "the customer", said=_first_contact
    ),
    "quiet_days": ConditionWording(
        "comes back after some days", "the customer was quiet for at least", said=_quiet_days
    ),
    "message_no": ConditionWording(
        "how many messages since a person answered", "the number of messages since a person last answered is",
        said=_message_no,
    ),
    "last_rule_within": ConditionWording(
        "another rule has just answered", "the customer was answered by the rule",
        said=_last_rule, missing="which other rule",
    ),
    # verdicts that no condition makes
    "cooldown": ConditionWording("", "", said=_cooldown),
    "on": ConditionWording("", "", found=("is of the right kind", "is for other kinds of message")),
    "default": ConditionWording(
        "", "", tried=("everything else", "a rule above has answered"),
        found=("answers what no rule above did", "answers what no rule above did"),
    ),
}  # fmt: skip
