"""How long a dry run over stored messages takes, and what acknowledging feels of it.

A store in a real file gets so many messages of a thousand customers, every fifth answered by an operator, and a list of
rules. While one of them, changed, is tried on all of history, a push is kept every ten milliseconds, as the listener
does before it answers WeChat. Printed are the seconds of the dry run for a rule that matches little, one that matches
everything and one that asks for the past; and the time to keep a push, in milliseconds, at rest and beside the dry run.

    uv run python tests/bench/dry_run.py [--messages 100000] [--rules 200]
"""

import argparse
import asyncio
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Push
from wxdesk.core.model.reply import Content, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Cooldown, MessageNo, Rule
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.review.dry_run import DryRun, DryRunProgress
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.store import Store, open_store
from wxdesk.store.schema.messaging import contacts, conversations, messages, raw_pushes, replies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START = datetime(2026, 11, 1, tzinfo=UTC)
CUSTOMERS = 1000
OPENINGS = ("请问", "你好", "老板", "")
MATTERS = ("发票", "退款", "快递", "优惠券", "尺码", "运费", "密码")
ENDS = ("怎么开", "什么时候到", "能用吗", "多久", "在哪里", "？")


def texts() -> Iterator[str]:
    """Sentences, the same in every run."""
    chance = random.Random(4)
    while True:
        yield chance.choice(OPENINGS) + chance.choice(MATTERS) + chance.choice(ENDS) + str(chance.randrange(10_000))


def fill(connection: Connection, count: int) -> None:
    """Put customers, messages and an operator's replies into an empty store."""
    people = range(1, CUSTOMERS + 1)
    who = {"account": "shop", "first_seen_at": START, "alias": "", "note": "", "tags": (), "blocked": False}
    connection.execute(contacts.insert(), [{**who, "id": n, "openid": f"o{n}"} for n in people])
    thread = {"account": "shop", "taken_over": False, "unread": 0, "preview": "", "preview_kind": "text"}
    thread |= {"preview_author": Author.CONTACT, "window_left": 5}
    connection.execute(conversations.insert(), [{**thread, "id": n, "contact_id": n} for n in people])
    push = {"account": "shop", "body": b"{}", "format": BodyFormat.JSON, "derived": True, "note": ""}
    said = {"type": MessageType.TEXT, "msg_type": "text", "fields": {}, "decided": True}
    sent = {"author": Author.OPERATOR, "content": Content(text="在的"), "state": ReplyState.SENT, "rule_name": ""}
    sent |= {"rule_revision": 0, "attempts": 1, "edited": False, "by": "", "error": "", "rid": ""}
    pushes, written, answers = [], [], []
    for n, text in zip(range(1, count + 1), texts(), strict=False):
        at = START + timedelta(seconds=20 * n)
        times = {"created_at": at, "received_at": at, "at": at}
        pushes.append({**push, "id": n, "key": f"m:{n}", "received_at": at})
        written.append({**said, **times, "id": n, "push_id": n, "conversation_id": 1 + n % CUSTOMERS, "text": text})
        if n % 5 == 0:
            later = at + timedelta(minutes=1)
            moments = {"created_at": later, "updated_at": later, "sent_at": later}
            answers.append({**sent, **moments, "conversation_id": 1 + n % CUSTOMERS})
    connection.execute(raw_pushes.insert(), pushes)
    connection.execute(messages.insert(), written)
    connection.execute(replies.insert(), answers)


def rule(name: str, *words: str, **more: Any) -> Rule:
    """A rule that looks for words, or answers everything."""
    then = (Action(ActionKind.REPLY, text="您好，{{ message.text }}：请稍等。"),)
    return Rule(name, when=Condition(any=words), then=then, **more)


RULES = {
    "matches little": rule("密码", "密码多久"),
    "matches everything": Rule("默认", default=True, then=rule("", "x").then),
    "asks for the past": Rule(
        "第三次",
        when=Condition(any=("退款",), message_no=MessageNo(2), first_contact=False),
        then=rule("", "x").then,
        cooldown=Cooldown(per_contact_s=3600),
    ),
}


async def keep_pushes(store: Store, numbers: Iterator[int], took: list[float]) -> None:
    """Keep one every ten milliseconds, for ever."""
    while True:
        began = time.perf_counter()
        await store.pushes.keep(Push("shop", f"b:{next(numbers)}", b"{}", BodyFormat.JSON, datetime.now(UTC), None))
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def kept_beside(store: Store, numbers: Iterator[int]) -> "AsyncIterator[list[float]]":
    """The milliseconds that keeping took meanwhile."""
    took: list[float] = []
    task = asyncio.create_task(keep_pushes(store, numbers, took))
    try:
        yield took
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def told(took: list[float]) -> str:
    """Median, 99th percentile and the longest."""
    cuts = statistics.quantiles(took, n=100)
    return f"p50 {cuts[49]:6.1f} ms   p99 {cuts[98]:6.1f} ms   max {max(took):6.1f} ms   ({len(took)} pushes)"


async def measure(home: Path, count: int, rules: int) -> None:
    """Fill a store, and try three rules on it."""
    store = await open_store("sqlite:///desk.db", home)
    await store._db.write(fill, count)
    book = Rulebook(store.rules, Calendars(store.settings), LiquidRenderer(), lambda: datetime.now(UTC), lambda _: None)
    await store.rules.replace_all([rule(f"r{n}", f"词{n}", f"语{n}") for n in range(rules)], START)
    await book.load()
    dry_run = DryRun(book, store.message_history, {"shop": Account("shop", "", "")})
    numbers = itertools.count()
    async with kept_beside(store, numbers) as took:
        await asyncio.sleep(3)
    print(f"{'at rest':20} {'':>44}{told(took)}")
    for name, changed in RULES.items():
        async with kept_beside(store, numbers) as took:
            began = time.perf_counter()
            report = await dry_run.over_history(changed, DryRunProgress())
            seconds = time.perf_counter() - began
        assert report is not None
        found = f"{report.answered} of {report.messages}, {report.differently} differently"
        print(f"{name:20} {seconds:5.2f} s  {found:35} {told(took)}")
    await store.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=200)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(measure(Path(home), wanted.messages, wanted.rules))


if __name__ == "__main__":
    main()
