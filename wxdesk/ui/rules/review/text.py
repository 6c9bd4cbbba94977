"""Texts of the reviews: lint findings, unmatched messages and dry runs."""

from wxdesk.core.model.rule import Presence
from wxdesk.core.rules.lint.clustering import GroupKind, MessageGroup
from wxdesk.core.rules.lint.findings import LintCode, LintFinding
from wxdesk.desk.rules.review.dry_run import DryRunLine, DryRunReport
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.review.rows import ReviewRow
from wxdesk.ui.rules.text import type_name
from wxdesk.ui.wording.messages import kind_text


def finding_text(finding: LintFinding) -> str:
    """Return a finding as a sentence."""
    other = finding.other.name if finding.other else ""
    reason = tr(finding.fault.reason) if finding.fault else ""
    if finding.doubt is LintCode.TOO_MANY_SENDS and finding.other:
        return tr(
            "With “{other}” above, which goes on to it, {sends} replies come together; rules may send {n} here.",
            other=other,
            sends=finding.sends,
            n=finding.most,
        )
    if finding.doubt in (LintCode.MEDIA_EXPIRED, LintCode.MEDIA_EXPIRES) and finding.word:
        return _media_in_template(finding)
    sentences = {
        LintCode.FAULT: tr("Left out: {reason}", reason=reason),
        LintCode.UNREACHABLE: tr("It never answers: “{other}” above it matches whatever it matches.", other=other),
        LintCode.SAME_WORDS: tr(
            "“{word}” is answered by “{other}” above it, in another way.", word=finding.word, other=other
        ),
        LintCode.TOO_MANY_SENDS: tr("It sends more than the {n} replies that rules may send here.", n=finding.most),
        LintCode.MEDIA_EXPIRED: tr("WeChat keeps what was uploaded for three days; this media_id is older."),
        LintCode.MEDIA_EXPIRES: tr("WeChat keeps what was uploaded for three days; this media_id ends within a day."),
        LintCode.NEVER_OPEN: tr("The calendar “{name}” never opens, so the rule never matches.", name=finding.word),
        LintCode.CALL_SET_ASIDE: tr("It calls for a person and sets the conversation aside, which ends the call."),
        LintCode.RESOLVES_UNREAD: tr(
            "It resolves whatever no other rule understood, without a word and unseen by anybody."
        ),
        LintCode.NEVER_SET_ASIDE: tr("It only prepares drafts, so it never sets the conversation aside by itself."),
        LintCode.ALWAYS_OPEN: tr("The calendar “{name}” never closes, so the rule never matches.", name=finding.word),
        LintCode.NO_EFFECT: tr("This condition always holds: look at the hours of “{name}”.", name=finding.word),
        LintCode.CONTRADICTS: tr("Its conditions exclude each other, so the rule never matches."),
        LintCode.WORD_EXCLUDED: tr(
            "With “{word}” it never matches, because of what must not be there.", word=finding.word
        ),
        LintCode.NO_WORDS: tr("Messages of this kind have no words, so the rule never matches."),
        **_condition_texts(finding.word),
        LintCode.NO_VALUE: tr("“{name}” never has a value here, so the reply always waits for you.", name=finding.word),
        LintCode.UNUSED: tr("Nothing has matched it for 90 days."),
    }
    return sentences[finding.doubt]


def _condition_texts(name: str) -> dict[LintCode, str]:
    """Return sentences by finding about a condition, or what `name` refers to."""
    return {
        LintCode.EMOTICON: tr(
            "“{word}” is found only in messages without words: beside words, emoticons do not count.", word=name
        ),
        LintCode.NO_SUCH_RULE: tr("There is no rule “{name}”.", name=name),
        LintCode.WAITS_FOR_ITSELF: tr("It waits until it has spoken itself, so it never does."),
        LintCode.TWO_OF_A_NAME: tr("Several rules are called “{name}”; each of them counts here.", name=name),
        LintCode.SAYS_NOTHING: tr(
            "“{name}” is switched off, left out or in the shadow, so it says nothing.", name=name
        ),
        LintCode.EVERY_TEXT: tr("This pattern matches every text."),
        LintCode.ALWAYS_HOLDS: tr("This condition always holds."),
    }


def _media_in_template(finding: LintFinding) -> str:
    name = finding.word
    if finding.doubt is LintCode.MEDIA_EXPIRED:
        return tr(
            "WeChat keeps what was uploaded for three days; the media_id in the template “{name}” is older.", name=name
        )
    return tr(
        "WeChat keeps what was uploaded for three days; the media_id in the template “{name}” ends within a day.",
        name=name,
    )


def group_texts(group: MessageGroup) -> tuple[str, str]:
    """Return a group's newest message, and its size with what the messages share."""
    times = ntr("{n} message", "{n} messages", group.times)
    newest, shared = _newest_text(group), _in_common(group)
    return newest, times if shared == newest else f"{times} · {shared}"


def _newest_text(group: MessageGroup) -> str:
    stands_in = group.kind in (GroupKind.TYPE, GroupKind.BLANK)
    return kind_text(group.newest.type) if stands_in else group.newest.text


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
    answered = ntr(
        "It would have answered {answered} of {n} message; {differently} of them you answered differently.",
        "It would have answered {answered} of {n} messages; {differently} of them you answered differently.",
        report.messages,
        answered=report.answered,
        differently=report.differently,
    )
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
    return ReviewRow(line.message.text or tr("(no text)"), was, role, _would_say(line))


def _would_say(line: DryRunLine) -> str:
    if line.said and line.said == line.would_say and not line.problem and line.only is None:
        return tr("Would say the same.")
    would = line.problem or line.would_say or tr("nothing")
    if line.only is not None:
        would += " · " + tr(_ONLY[line.only])
    return tr("Would say: {text}", text=would)


_ONLY = {Presence.PRESENT: "only if somebody was at the desk", Presence.AWAY: "only if nobody was at the desk"}
