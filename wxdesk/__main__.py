"""`python -m wxdesk` is the same as `wxdesk`."""

import sys

from wxdesk.cli import main

sys.exit(main())
