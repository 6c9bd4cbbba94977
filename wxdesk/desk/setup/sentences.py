"""Sentences of each finding, and the remedy, in the operator's language.

The only source of these texts for window, doctor, troubles and log. `docs/dev/setup.md` lists the values that fill
their holes.
"""

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.desk.setup.inward_sentences import CAUSES, WAY_IN
from wxdesk.desk.setup.local_sentences import LOCAL
from wxdesk.desk.setup.wording import GOOD, GOOD_CAUSES, NAMES, filled
from wxdesk.i18n import tr

WORDINGS = LOCAL | WAY_IN
"""The wording of every verdict."""

CAUSE = "cause"
"""Name of the value that chooses a more exact wording of the same verdict."""

_COPIED = {
    CheckVerdict.IP_NOT_LISTED: "address",
    CheckVerdict.REDIRECT: "to",
    CheckVerdict.WRONG_PATH: "url",
    CheckVerdict.OTHER_ACCOUNT_PATH: "url",
    CheckVerdict.TUNNEL_RENAMED: "url",
    CheckVerdict.TUNNEL_MISSING: "where",
    CheckVerdict.LIBRARY_MISSING: "command",
}


def text(finding: Finding) -> str:
    """Tell what was found."""
    if finding.verdict is CheckVerdict.OK and finding.check in GOOD:
        good = GOOD_CAUSES.get((finding.check, finding.values.get(CAUSE, "")), GOOD[finding.check])
        return good.text(_values(finding))
    wording = CAUSES.get(_cause(finding)) or WORDINGS[finding.verdict]
    return wording.text(_values(finding))


def remedy(finding: Finding) -> str:
    """Tell what mends it; empty where there is nothing to do."""
    cause = CAUSES.get(_cause(finding))
    sentence = (cause.remedy if cause else "") or WORDINGS[finding.verdict].remedy
    return filled(sentence, _values(finding))


def copy(finding: Finding) -> str:
    """Return the value that the remedy wants pasted elsewhere; empty if none."""
    return finding.values.get(_COPIED.get(finding.verdict, ""), "")


def name(check: Check, account: str = "") -> str:
    """Name what is checked, of an account or of the whole desk."""
    if not account:
        return tr(NAMES[check])
    return tr("{check} of “{account}”", check=tr(NAMES[check]), account=account)


def told(finding: Finding) -> str:
    """Tell what was found and what mends it, together."""
    more = remedy(finding)
    return tr("{said} {more}", said=text(finding), more=more) if more else text(finding)


def _cause(finding: Finding) -> tuple[CheckVerdict, str]:
    return finding.verdict, finding.values.get(CAUSE, "")


def _values(finding: Finding) -> dict[str, str]:
    return {"account": finding.account} | dict(finding.values) if finding.account else dict(finding.values)
