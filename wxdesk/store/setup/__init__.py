"""Set-up: the rows of an account, its attempts, and times out of reach."""

from wxdesk.store.setup.account_rows import AccountRows
from wxdesk.store.setup.attempts import AttemptStore
from wxdesk.store.setup.outages import Outages
from wxdesk.store.setup.person_rows import PersonRows

__all__ = ["AccountRows", "AttemptStore", "Outages", "PersonRows"]
