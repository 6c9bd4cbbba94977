"""WeChat's errcodes with the action that its documents ask for: `tests/data/errcodes.json`, ranges unfolded.

It was taken from the documents code by code, apart from the program's own table, which is tested against it.
"""

import json
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "errcodes.json"


def action_by_code() -> dict[int, str]:
    """The action's name by errcode, 0 (accepted) included."""
    found: dict[int, str] = {}
    for row in json.loads(FILE.read_text(encoding="utf-8")):
        for part in row["codes"].split():
            first, dash, last = part[1:].partition("-")
            begin = int(part[0] + first)
            found |= dict.fromkeys(range(begin, (int(last) if dash else begin) + 1), row["action"])
    return found
