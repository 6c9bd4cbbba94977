"""Facts of every account and of the way to it, as they were found last."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from wxdesk.core.events import Event, SetupChanged
from wxdesk.core.model.account import Account
from wxdesk.core.setup.facts import AccountSetup, SetupState
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.tunnel_state import TunnelState


class FactBook:
    """Keeper of `state`, one record, readable from any thread; tells each change."""

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self.state = SetupState()
        self._publish = publish
        self._facts: dict[str, dict[Check, Finding]] = {}
        self._paused: frozenset[str] = frozenset()
        self._something_came = False

    def keep_accounts(self, accounts: Mapping[str, Account]) -> None:
        """Keep exactly these accounts; what is known of others is forgotten."""
        self._facts = {name: self._facts.get(name, {}) for name in accounts}
        paused = frozenset(name for name, account in accounts.items() if account.paused)
        changed, self._paused = paused != self._paused, paused
        self._show()
        if changed:
            self._publish(SetupChanged(""))

    def finding(self, account: str, step: Check) -> Finding:
        """Return the newest finding of a step."""
        return self.state.account(account).finding(step)

    def put(self, account: str, *facts: Finding) -> None:
        """Replace an account's findings of the same steps; nothing for an unknown one."""
        known = self._facts.get(account)
        if known is None:
            return
        changed = any(not finding.says_the_same(known.get(finding.check)) for finding in facts)
        known.update({finding.check: finding for finding in facts})
        self._show()
        if changed:
            self._publish(SetupChanged(account))

    def put_reach(self, finding: Finding) -> None:
        """Replace the newest finding about the public address, which all accounts share.

        Without one it is good all the same once something of WeChat's came: that proves more than any probe.
        """
        if finding.verdict is CheckVerdict.NO_PUBLIC_URL and self._something_came:
            finding = replace(finding, verdict=CheckVerdict.OK, values={})
        changed = not finding.says_the_same(self.state.reach)
        self.state = replace(self.state, reach=finding)
        if changed:
            self._publish(SetupChanged(""))
        for account in self._facts:
            self.put(account, replace(finding, account=account))

    def something_came(self) -> None:
        """Take note that a request of WeChat's reached this desk."""
        if not self._something_came:
            self._something_came = True
            self.put_reach(self.state.reach)

    def put_tunnel(self, state: TunnelState) -> None:
        """Replace the tunnel's state."""
        self.state = replace(self.state, tunnel=state)
        self._publish(SetupChanged(""))

    def put_listener(self, url: str) -> None:
        """Replace the listener's URL; empty while nothing listens."""
        self.state = replace(self.state, listener_url=url)
        self._publish(SetupChanged(""))

    def _show(self) -> None:
        accounts = tuple(AccountSetup(name, dict(facts), name in self._paused) for name, facts in self._facts.items())
        self.state = replace(self.state, accounts=accounts)
