"""Facts that follow from what arrived, live or as it was stored."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict, Gravity
from wxdesk.desk.setup.push_watch import DOUBTED, IN_THE_BODY, ON_THE_WAY_IN

type Facts = Mapping[SetupFact, Finding]

HINTS = (
    CheckVerdict.NOT_ENABLED,
    CheckVerdict.CLOUD_FUNCTION,
    CheckVerdict.CLOUD_HOSTING,
    CheckVerdict.THIRD_PARTY_PLATFORM,
    CheckVerdict.WECOM_SERVICE,
    CheckVerdict.TRANSFERRED_SESSION,
)
"""Causes that cannot be seen from here, in the order in which they are likely."""


def facts_of(finding: Finding) -> Facts:
    """Return the facts that a finding about a request decides."""
    if DOUBTED in finding.values:
        return {}
    if finding.verdict in ON_THE_WAY_IN:
        return {SetupFact.URL_CHECK: replace(finding, check=Check.URL_CHECK)}
    if finding.verdict in IN_THE_BODY:
        return {SetupFact.REAL_MESSAGE: replace(finding, check=Check.MESSAGE)}
    if finding.verdict.gravity is Gravity.NOTE and finding.verdict is not CheckVerdict.XML_FORMAT:
        return {}
    if finding.check is Check.MESSAGE:
        return {SetupFact.REAL_MESSAGE: finding}
    checked = Finding(Check.URL_CHECK, CheckVerdict.OK, finding.account, finding.values, finding.at)
    if finding.check is Check.URL_CHECK:
        return {SetupFact.URL_CHECK: finding if finding.verdict is CheckVerdict.CLOCK_SKEW else checked}
    return {SetupFact.URL_CHECK: checked} if finding.check is Check.PUSH else {}


def facts_of_stored(attempts: Iterable[Finding]) -> Facts:
    """Return the facts as stored attempts left them; newest first, as they are read."""
    facts: dict[SetupFact, Finding] = {}
    for finding in reversed(tuple(attempts)):
        facts |= facts_of(finding)
        if finding.check is Check.PUSH and finding.verdict.gravity < Gravity.FAILURE:
            facts.pop(SetupFact.REAL_MESSAGE, None)
    return facts


def hints_for(account: str) -> tuple[Finding, ...]:
    """List what may keep messages away although WeChat has checked the URL."""
    return tuple(Finding(Check.MESSAGE, verdict, account) for verdict in HINTS)
