"""Five facts that an account needs before its customers are answered; the lamp.

An account is done only when a message came from a phone and a rule answered it: a check that passes on this
side proves nothing about the other.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.setup.findings import NOT_PROBED, Check, CheckVerdict, Finding, Gravity
from wxdesk.core.setup.tunnel_state import TunnelState


class SetupFact(StrEnum):
    """One step of the set-up, in the order of the cards."""

    MINI_PROGRAM = "mini_program"  # AppID and AppSecret fetch an access_token
    MESSAGE_PUSH = "message_push"  # Token and EncodingAESKey are there and well formed
    ADDRESS = "address"  # the public address leads to this desk
    URL_CHECK = "url_check"  # WeChat checked the URL and was answered
    REAL_MESSAGE = "real_message"  # a message from a phone was kept and answered by a rule


CHECK_OF = {
    SetupFact.MINI_PROGRAM: Check.API,
    SetupFact.MESSAGE_PUSH: Check.SECRETS,
    SetupFact.ADDRESS: Check.ADDRESS,
    SetupFact.URL_CHECK: Check.URL_CHECK,
    SetupFact.REAL_MESSAGE: Check.MESSAGE,
}
"""The check whose finding decides each fact."""


class AccountSetup(Struct, frozen=True):
    """An account's facts, each with its newest finding; `paused`: it may not answer."""

    account: str
    facts: Mapping[SetupFact, Finding] = field(default_factory=dict)
    paused: bool = False

    def finding(self, fact: SetupFact) -> Finding:
        """Return the newest finding of `fact`; `unknown` if nothing was checked."""
        return self.facts.get(fact) or Finding(CHECK_OF[fact], CheckVerdict.UNKNOWN, self.account)

    @property
    def missing(self) -> SetupFact | None:
        """The first fact that is not proved; None once the account is done."""
        return next((fact for fact in SetupFact if not _proves(self.finding(fact))), None)

    @property
    def worst(self) -> Finding:
        """The gravest finding, the earliest card first."""
        return max((self.finding(fact) for fact in SetupFact), key=lambda finding: finding.verdict.gravity)


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
            account, fact = unproved
            return account.finding(fact)
        if len(at_work) < len(self.accounts):
            paused = next(account.account for account in self.accounts if account.paused)
            return Finding(Check.CONFIGURATION, CheckVerdict.ACCOUNT_PAUSED, paused)
        return Finding(Check.LISTENER, CheckVerdict.OK)

    def account(self, name: str) -> AccountSetup:
        """Return the facts of an account; all unknown if there is none of that name."""
        return next((one for one in self.accounts if one.account == name), AccountSetup(name))
