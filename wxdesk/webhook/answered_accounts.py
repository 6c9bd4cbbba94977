"""Accounts whose requests are answered, as the configuration names them."""

from collections.abc import Callable, Mapping

from wxdesk.core.model.account import Account
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.diagnosis import Diagnosis
from wxdesk.webhook.verification import PushVerifier


class AnsweredAccounts:
    """Accounts for which requests are answered, and what verifies and diagnoses these."""

    verifiers: Mapping[str, PushVerifier]
    diagnosis: Diagnosis

    def __init__(self, accounts: Mapping[str, tuple[Account, Credentials]]) -> None:
        self.use(accounts)

    def use(self, accounts: Mapping[str, tuple[Account, Credentials]]) -> None:
        """Answer for exactly these from the next request on."""
        self.verifiers = {name: PushVerifier(account, credentials) for name, (account, credentials) in accounts.items()}
        self.diagnosis = Diagnosis(accounts)

    def shut(self, account: str) -> Callable[[], None]:
        """Refuse all requests for an account from now on; return a call to undo that."""
        before = self.verifiers
        self.verifiers = {name: verifier for name, verifier in before.items() if name != account}

        def reopen() -> None:
            self.verifiers = before

        return reopen
