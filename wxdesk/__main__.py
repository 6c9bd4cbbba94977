"""`python -m wxdesk` is the same as `wxdesk`."""

import sys

if sys.argv[1:2] == ["--leash"]:  # before all else, as a tunnel's launcher needs nothing of the program
    from wxdesk.tunnel import leash

    sys.exit(leash.main(sys.argv[2:]))

from wxdesk.cli import main

sys.exit(main())
