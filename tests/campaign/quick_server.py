"""`wxdesk serve` whose lease is short, so that a campaign sees many servers take over within a minute."""

from __future__ import annotations

import sys

from wxdesk.cli import main
from wxdesk.desk.runtime import lease_keeper
from wxdesk.store.engine import lease

LEASE_SECONDS = 1.5

if __name__ == "__main__":
    lease.LEASE_SECONDS, lease.MARGIN_SECONDS = LEASE_SECONDS, 0.5
    lease_keeper.RENEW_SECONDS, lease_keeper.TRY_SECONDS = 0.4, 0.2
    sys.exit(main())
