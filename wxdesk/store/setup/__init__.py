"""Set-up: the rows of an account, and times in which the desk was out of reach.

Imported by the rooms of `store` above, by `desk` and `app`; imports `store.schema` and `store.engine`.
"""

from wxdesk.store.setup.account_rows import AccountRows
from wxdesk.store.setup.outages import Outages

__all__ = ["AccountRows", "Outages"]
