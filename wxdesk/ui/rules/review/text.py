"""Texts of the reviews: lint findings, unmatched messages and dry runs."""

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Presence, Rule
from wxdesk.core.rules.lint.clustering import GroupKind, MessageGroup
from wxdesk.core.rules.lint.findings import LintCode, LintFinding
from wxdesk.desk.rules.review.dry_run import DryRunLine, DryRunReport
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.review.rows import ReviewRow
from wxdesk.ui.rules.text import type_name
from wxdesk.ui.wording.messages import kind_text


def finding_text(finding: LintFinding) -> str:
    """Return a finding as a sentence."""
    told = _FINDINGS[finding.doubt]
    if finding.other or finding.word:
        told = _TOLD_WITH_ANOTHER.get(finding.doubt, told)
    return tr(
        told,
        other=finding.other.name if finding.other else "",
        word=finding.word,
        name=finding.word,
        reason=tr(finding.fault.reason) if finding.fault else "",
        n=finding.most,
        sends=finding.sends,
    )


_FINDINGS = {
    LintCode.FAULT: "Left out: {reason}",
    LintCode.UNREACHABLE: "It never answers: “{other}” above it matches whatever it matches.",
    LintCode.SAME_WORDS: "“{word}” is answered by “{other}” above it, in another way.",
    LintCode.TOO_MANY_SENDS: "It sends more than the {n} replies that rules may send here.",
    LintCode.MEDIA_EXPIRED: "WeChat keeps what was uploaded for three days; this media_id is older.",
    LintCode.MEDIA_EXPIRES: "WeChat keeps what was uploaded for three days; this media_id ends within a day.",
    LintCode.NEVER_OPEN: "The calendar “{name}” never opens, so the rule never matches.",
    LintCode.ALWAYS_OPEN: "The calendar “{name}” never closes, so the rule never matches.",
    LintCode.NO_EFFECT: "This condition always holds: look at the hours of “{name}”.",
    LintCode.CALL_SET_ASIDE: "It calls for a person and sets the conversation aside, which ends the call.",
    LintCode.RESOLVES_UNREAD: "It resolves whatever no other rule understood, without a word and unseen by anybody.",
    LintCode.REPEATS: "Who writes several messages in a row gets this answer to each: limit how often, or hand over.",
    LintCode.NEVER_SET_ASIDE: "It only prepares drafts, so it never sets the conversation aside by itself.",
    LintCode.CONTRADICTS: "Its conditions exclude each other, so the rule never matches.",
    LintCode.WORD_EXCLUDED: "With “{word}” it never matches, because of what must not be there.",
    LintCode.NO_WORDS: "Messages of this kind have no words, so the rule never matches.",
    LintCode.EMOTICON: "“{word}” is found only in messages without words: beside words, emoticons do not count.",
    LintCode.NO_SUCH_RULE: "There is no rule “{name}”.",
    LintCode.NO_SUCH_ACCOUNT: "There is no mini program “{name}”.",
    LintCode.WAITS_FOR_ITSELF: "It waits until it has spoken itself, so it never does.",
    LintCode.TWO_OF_A_NAME: "Several rules are called “{name}”; each of them counts here.",
    LintCode.SAYS_NOTHING: "“{name}” is switched off, left out or in the shadow, so it says nothing.",
    LintCode.EVERY_TEXT: "This pattern matches every text.",
    LintCode.ALWAYS_HOLDS: "This condition always holds.",
    LintCode.NO_VALUE: "“{name}” never has a value here, so the reply always waits for you.",
    LintCode.UNUSED: "Nothing has matched it for 90 days.",
}

_TOLD_WITH_ANOTHER = {
    LintCode.TOO_MANY_SENDS: "With “{other}” above, which goes on to it, {sends} replies come together; rules may send"
    " {n} here.",
    LintCode.MEDIA_EXPIRED: "WeChat keeps what was uploaded for three days; the media_id in the template “{name}” is"
    " older.",
    LintCode.MEDIA_EXPIRES: "WeChat keeps what was uploaded for three days; the media_id in the template “{name}” ends"
    " within a day.",
}
"""Findings that name another rule, or a template."""


def group_texts(group: MessageGroup) -> tuple[str, str]:
    """Return a group's newest message, and its size with what the messages share."""
    times = ntr("{n} message", "{n} messages", group.times)
    newest, shared = _newest_text(group), _in_common(group)
    return newest, times if shared == newest else f"{times} · {shared}"


def _newest_text(group: MessageGroup) -> str:
    stands_in = group.kind in (GroupKind.TYPE, GroupKind.BLANK)
    return kind_text(group.newest.message.kind) if stands_in else group.newest.text


def _in_common(group: MessageGroup) -> str:
    match group.kind:
        case GroupKind.WORDS:
            return tr(", ").join(group.words)
        case GroupKind.SIGN:
            return tr("no words")
        case GroupKind.NUMBER:
            return tr("a number alone")
        case GroupKind.LINK:
            return tr("a link alone")
        case GroupKind.BLANK:
            return tr("nothing in it")
        case GroupKind.TYPE:
            return type_name(group.newest.type)


def report_text(report: DryRunReport) -> str:
    """Return the result of a dry run in words."""
    one = "It would have answered {answered} of {n} message; {differently} of them you answered differently."
    many = "It would have answered {answered} of {n} messages; {differently} of them you answered differently."
    answered = ntr(one, many, report.messages, answered=report.answered, differently=report.differently)
    if not report.messages:
        return tr("There are no messages yet.")
    off = [tr("The rule is switched off; it was tried as if it were on.")] if report.switched_off else []
    return "\n".join([answered, *_presence_notes(report), *off])


def _presence_notes(report: DryRunReport) -> list[str]:
    """Return notes on the operator's past presence, which is not stored."""
    said = []
    if report.only_present:
        said.append(tr("{n} of them only if somebody was at the desk.", n=report.only_present))
    if report.only_away:
        said.append(tr("{n} of them only if nobody was at the desk.", n=report.only_away))
    return said


def line_row(line: DryRunLine) -> ReviewRow:
    """Return the row of a message: its former answer, and the dry run's."""
    said = line.said or tr("nothing")
    was = tr("You said: {text}", text=said) if line.by_hand else tr("Said: {text}", text=said)
    role = "pending" if line.by_hand else "secondary"
    return ReviewRow(line.message.text or kind_text(line.message.message.kind), was, role, _would_say(line))


def _would_say(line: DryRunLine) -> str:
    if line.said and line.said == line.would_say and not line.problem and line.only is None:
        return tr("Would say the same.")
    would = tr(line.problem) or line.would_say or tr("nothing")
    if line.only is not None:
        would += " · " + tr(_ONLY[line.only])
    return tr("Would say: {text}", text=would)


_ONLY = {Presence.PRESENT: "only if somebody was at the desk", Presence.AWAY: "only if nobody was at the desk"}


BEGINS_WITH_NUMBER = r"^[^\pL]*?(?P<no>[A-Za-z]*[0-9][0-9-]{5,}[A-Za-z0-9]*)"
BEGINS_WITH_LINK = r"(?i)^[^\pL]*?(https?://|www\.)"
"""Pattern of a leading link. Before it may stand `+86…`, `#…`, brackets, emoji."""

EMPTY = "^$"
"""Pattern of an empty text, as patterns see it."""


def suggested_rule(group: MessageGroup) -> Rule:
    """Return a new rule, not stored, that matches the messages of `group`."""
    match group.kind:
        case GroupKind.WORDS:
            return Rule(group.words[0], when=Condition(any=group.words))
        case GroupKind.SIGN:
            return Rule(group.words[0], when=Condition(exact=group.words))
        case GroupKind.NUMBER:
            return Rule(tr("A number alone"), when=Condition(regex=BEGINS_WITH_NUMBER))
        case GroupKind.LINK:
            return Rule(tr("A link alone"), when=Condition(regex=BEGINS_WITH_LINK))
        case GroupKind.BLANK:
            return Rule(tr("An empty message"), when=Condition(regex=EMPTY))
        case GroupKind.TYPE:
            return Rule(tr(_NAMES[group.newest.type]), on=frozenset({group.newest.type}))


_NAMES = {
    MessageType.IMAGE: "Pictures",
    MessageType.CARD: "Mini-program cards",
    MessageType.OTHER: "Neither text nor picture",
}
"""Rule names by kind of message that contacts send; entering the chat is not one."""
