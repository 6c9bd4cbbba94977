"""What must hold of a home that a desk was torn from, told by what the world was told before."""

import asyncio
import json
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.recorder import UNKEPT
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"
MAY_BE_THERE = {"sending", "sent", "unknown"}

type Line = list[Any]


def judge(home: Path, beside: Path) -> None:
    """Hold a copy of `home`, opened as the desk does it, against what its file of confirmations says.

    `beside` is an empty folder's name, and removed again.
    """
    shutil.copytree(home, beside, ignore=lambda _, names: [name for name in names if name.endswith(UNKEPT)])
    try:
        asyncio.run(_open(beside))
        lines = read_confirmed(beside)
        with closing(sqlite3.connect(beside / "desk.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            found = Found(db)
            found.nothing_acknowledged_is_lost(lines)
            found.nothing_is_sent_twice(lines)
            found.what_was_confirmed_is_there(lines)
        nothing_gone_is_sent(lines)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


async def _open(home: Path) -> None:
    store = await open_store(SQLITE, home)
    try:
        assert await store.pushes.lost() == 0, "an alarm about messages that nobody has lost"
    finally:
        await store.close()


class Found:
    """What is in the file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM raw_pushes")]
        self.pushes = Counter(body.get("Content", "") for body in bodies)
        self.replies: dict[int, tuple[str, str]] = {
            number: (json.loads(content)["text"], state)
            for number, content, state in db.execute("SELECT id, content, state FROM replies")
        }
        self.by_text = defaultdict(set)
        for text, state in self.replies.values():
            self.by_text[text].add(state)

    def nothing_acknowledged_is_lost(self, lines: Iterable[Line]) -> None:
        acknowledged = {text for kind, text, *_ in lines if kind == "kept"}
        assert acknowledged - set(self.pushes) == set()
        assert {text for text, times in self.pushes.items() if times > 1} == set()

    def nothing_is_sent_twice(self, lines: Iterable[Line]) -> None:
        """Neither was it, nor will it be."""
        accepted = Counter(text for kind, text, *_ in lines if kind == "accepted")
        again = Counter(line[3] for line in lines if line[0] == "begun" and line[3])
        assert {text for text, times in accepted.items() if times > 1 + again[text]} == set()
        waits = {text for text in accepted if not again[text] and self.by_text[text] - MAY_BE_THERE}
        assert {text: self.by_text[text] for text in waits} == {}
        sent = {text for text, states in self.by_text.items() if "sent" in states}
        assert sent - set(accepted) == set()

    def what_was_confirmed_is_there(self, lines: Iterable[Line]) -> None:
        """The last confirmed command holds, unless a later one about the same had begun."""
        may: dict[str, list[Any]] = {}
        for kind, *rest in lines:
            if kind == "done":
                may[rest[0]] = [rest[1]]
            elif kind == "begun" and rest[0] in may:
                may[rest[0]].append(rest[1])
        wrong = {fact: (values, self.value(fact)) for fact, values in may.items() if self.value(fact) not in values}
        assert wrong == {}, "confirmed, and not so"

    def value(self, fact: str) -> object:
        """What is so now."""
        name, _, which = fact.partition(":")
        return _VALUES[name](self, which)

    def cell(self, query: str, which: str = "") -> Any:
        row = self._db.execute(query, (which,) if "?" in query else ()).fetchone()
        return None if row is None else row[0]

    def state(self, which: str) -> str:
        _, state = self.replies[int(which)]
        return state

    def rules(self, _: str) -> object:
        """The one version of which all rules are."""
        names = {json.loads(rule)["name"] for (rule,) in self._db.execute("SELECT rule FROM rules WHERE enabled")}
        versions = {name.rpartition(" ")[2] for name in names}
        return versions.pop() if len(versions) == 1 and len(names) == 3 else sorted(names)


_VALUES: dict[str, Callable[[Found, str], object]] = {
    "paused": lambda found, _: found.cell("SELECT value FROM settings WHERE key = 'paused'") not in (None, "0"),
    "rules": Found.rules,
    "taken over": lambda found, which: bool(found.cell("SELECT taken_over FROM conversations WHERE id = ?", which)),
    "mode": lambda found, which: found.cell("SELECT mode FROM conversations WHERE id = ?", which),
    "note": lambda found, which: found.cell(
        "SELECT note FROM contacts JOIN conversations ON contacts.id = contact_id WHERE conversations.id = ?", which
    ),
    "said": lambda found, which: which in found.by_text,
    "stopped": lambda found, which: found.state(which) == "cancelled",
    "text": lambda found, which: found.replies[int(which)][0],
    "released": lambda found, which: found.state(which) not in ("draft", "held", "cancelled"),
}


def nothing_gone_is_sent(lines: Iterable[Line]) -> None:
    """What an operator stopped or replaced reached nobody afterwards."""
    gone: set[str] = set()
    for line in lines:
        if line[0] == "done" and line[3]:
            gone.add(line[3])
        assert line[0] != "accepted" or line[1] not in gone, f"{line[1]} left although it was stopped"


def all_is_finished(home: Path) -> None:
    """After a run without a fault nothing is left undone: every message has its decision, no call its question."""
    with closing(sqlite3.connect(home / "desk.db")) as db:
        assert db.execute("SELECT count(*) FROM raw_pushes WHERE NOT derived").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM messages WHERE NOT decided").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM replies WHERE state = 'sending'").fetchone() == (0,)
