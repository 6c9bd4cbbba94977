"""Facts of an account that requests decide, by the findings about them."""

from collections.abc import Iterable

from msgspec.structs import replace

from wxdesk.core.events import PushSeen
from wxdesk.core.setup.facts import judged_before
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity

DOUBTED = "doubted"
"""Key of a value in findings of unknown origin, which decide nothing."""

KEPT = "kept"
"""Outcome of a push that is new."""

_TAKEN = frozenset({"checked", KEPT, "transferred", "duplicate"})

ON_THE_WAY_IN = frozenset({
    CheckVerdict.WRONG_PATH, CheckVerdict.OTHER_ACCOUNT_PATH, CheckVerdict.TOKEN_DIFFERS, CheckVerdict.SECRET_MISSING,
    CheckVerdict.SECRETS_SWAPPED, CheckVerdict.TOKEN_ILLEGAL, CheckVerdict.AES_KEY_ILLEGAL,
})  # fmt: skip
"""Verdicts that keep every request away; any good request refutes them."""

IN_THE_BODY = frozenset({
    CheckVerdict.AES_KEY_DIFFERS, CheckVerdict.APP_ID_DIFFERS, CheckVerdict.MODE_DIFFERS, CheckVerdict.PUSH_UNREADABLE,
})  # fmt: skip
"""Verdicts that keep messages away; only a good push refutes them."""


def is_good(event: PushSeen) -> bool:
    """Tell if a request was taken and understood."""
    return event.outcome in _TAKEN and (event.finding is None or event.finding.verdict not in IN_THE_BODY)


def stands_in_the_way(event: PushSeen) -> bool:
    """Tell if a request shows that messages do not come through."""
    verdict = event.finding.verdict if event.finding else CheckVerdict.OK
    if verdict is CheckVerdict.PUSH_UNREADABLE:
        return event.outcome not in _TAKEN  # one that was kept is told by the quarantine
    return verdict in ON_THE_WAY_IN | IN_THE_BODY


HINTS = (
    CheckVerdict.NOT_ENABLED, CheckVerdict.CLOUD_FUNCTION, CheckVerdict.CLOUD_HOSTING,
    CheckVerdict.THIRD_PARTY_PLATFORM, CheckVerdict.WECOM_SERVICE, CheckVerdict.TRANSFERRED_SESSION,
)  # fmt: skip
"""Causes that cannot be seen from here, in the order in which they are likely."""


def fact_of(finding: Finding) -> Finding | None:
    """Return the fact that a finding about a request decides, if any."""
    if DOUBTED in finding.values:
        return None
    if finding.verdict in ON_THE_WAY_IN:
        return replace(finding, check=Check.URL_CHECK)
    if finding.verdict in IN_THE_BODY:
        return replace(finding, check=Check.MESSAGE)
    if finding.verdict.gravity is Gravity.NOTE and finding.verdict is not CheckVerdict.XML_FORMAT:
        return None
    if finding.check is Check.MESSAGE or (finding.check, finding.verdict) == (Check.URL_CHECK, CheckVerdict.CLOCK_SKEW):
        return finding
    if finding.check in (Check.URL_CHECK, Check.PUSH):
        return Finding(Check.URL_CHECK, CheckVerdict.OK, finding.account, finding.values, finding.at)
    return None


def facts_of_stored(attempts: Iterable[Finding]) -> dict[Check, Finding]:
    """Return the facts as stored attempts left them; newest first, as they are read."""
    facts: dict[Check, Finding] = {}
    for finding in reversed(tuple(attempts)):
        if finding.check is Check.CONFIGURATION and finding.at is not None:
            facts = {check: judged_before(fact, finding.at) for check, fact in facts.items()}
        if fact := fact_of(finding):
            facts[fact.check] = fact
        if finding.check is Check.PUSH and finding.verdict.gravity < Gravity.FAILURE:
            facts.pop(Check.MESSAGE, None)
    return facts
