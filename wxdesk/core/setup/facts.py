"""Five facts that an account needs before its customers are answered; the lamp.

An account is done only when a message came from a phone and a rule answered it: a check that passes on this
side proves nothing about the other.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.setup.findings import NOT_PROBED, Check, CheckVerdict, Finding, Gravity
from wxdesk.core.setup.tunnel_state import TunnelState

SETUP_STEPS = (
    Check.API,  # AppID and AppSecret fetch an access_token
    Check.SECRETS,  # Token and EncodingAESKey are there and well formed
    Check.ADDRESS,  # the public address leads to this desk
    Check.URL_CHECK,  # WeChat checked the URL and was answered
    Check.MESSAGE,  # a message from a phone was kept and answered by a rule
)
"""The checks that decide an account's facts, in the order of the cards."""


class AccountSetup(Struct, frozen=True):
    """An account's facts, each with its newest finding; `paused`: it may not answer."""

    account: str
    facts: Mapping[Check, Finding] = field(default_factory=dict)
    paused: bool = False

    def finding(self, step: Check) -> Finding:
        """Return the newest finding of a step; `unknown` if nothing was checked."""
        return self.facts.get(step) or Finding(step, CheckVerdict.UNKNOWN, self.account)

    @property
    def missing(self) -> Check | None:
        """The first step that is not proved; None once the account is done."""
        return next((step for step in SETUP_STEPS if not _proves(self.finding(step))), None)

    @property
    def worst(self) -> Finding:
        """The gravest finding, the earliest card first."""
        return max((self.finding(step) for step in SETUP_STEPS), key=lambda finding: finding.verdict.gravity)


NO_PROOF = (CheckVerdict.UNKNOWN, CheckVerdict.WAITING, CheckVerdict.UNANSWERED, CheckVerdict.NO_RULES)
"""Verdicts that are no failure and prove nothing."""


def _proves(finding: Finding) -> bool:
    return finding.ok and finding.verdict not in NO_PROOF and not finding.outdated


def judged_before(finding: Finding, change: datetime) -> Finding:
    """Return a finding as it counts after a change of what it judged."""
    is_older = finding.at is not None and finding.at < change
    return replace(finding, outdated=finding.outdated or (is_older and finding.verdict not in NO_PROOF))


class SetupState(Struct, frozen=True):
    """The set-up of the whole desk at one moment.

    `reach` is the newest finding about the public address, `listener_url` empty while nothing listens.
    """

    accounts: tuple[AccountSetup, ...] = ()
    reach: Finding = NOT_PROBED
    tunnel: TunnelState = TunnelState()
    listener_url: str = ""

    @property
    def lamp(self) -> Finding:
        """The lamp's finding: good only if a push would be taken and answered.

        The first failure on a push's way counts: no account, nothing listens, not reachable, then an account's own
        facts.
        """
        if not self.accounts:
            return Finding(Check.CONFIGURATION, CheckVerdict.NO_ACCOUNT)
        if not self.listener_url:
            return Finding(Check.LISTENER, CheckVerdict.NOT_LISTENING)
        found = (self.reach, *(account.worst for account in self.accounts))
        worst = max(found, key=lambda finding: finding.verdict.gravity)
        if worst.verdict.gravity >= Gravity.WARNING:
            return worst
        at_work = [account for account in self.accounts if not account.paused]
        unproved = next(((account, account.missing) for account in at_work if account.missing), None)
        if unproved:
            account, step = unproved
            return account.finding(step)
        if len(at_work) < len(self.accounts):
            paused = next(account.account for account in self.accounts if account.paused)
            return Finding(Check.CONFIGURATION, CheckVerdict.ACCOUNT_PAUSED, paused)
        return Finding(Check.LISTENER, CheckVerdict.OK)

    def account(self, name: str) -> AccountSetup:
        """Return the facts of an account; all unknown if there is none of that name."""
        return next((one for one in self.accounts if one.account == name), AccountSetup(name))
