"""`python -m wxdesk` is the same as `wxdesk`."""

import os
import sys
from pathlib import Path

if sys.stdout is None:  # a frozen program without a console on Windows
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the program

if sys.argv[1:2] == ["--leash"]:  # before all else, as a tunnel's launcher needs nothing of the program
    from wxdesk.tunnel import leash

    sys.exit(leash.main(sys.argv[2:]))

from wxdesk.cli import main

sys.exit(main())
