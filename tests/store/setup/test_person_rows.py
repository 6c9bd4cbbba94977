"""Everything about one person goes, and nothing of anybody else; of pushes the key stays."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, select

from tests.postgresql import Postgres
from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import cover
from tests.store.chats import T0, Talk, add_reply, incoming, second
from tests.store.setup.test_account_rows import counted, fill, sum_up
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import BadInput, NotFound
from wxdesk.core.events import ColleagueCalled, WorkChanged
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.desk.team.relay import packed, unpacked
from wxdesk.store import Store, open_store
from wxdesk.store.engine.inspection import back_up
from wxdesk.store.schema import metadata
from wxdesk.store.schema.messaging import contacts
from wxdesk.store.setup.account_rows import rows_below

NOT_OF_A_PERSON = {
    "raw_pushes", "settings", "rules", "rule_revisions", "rule_lists", "templates", "template_revisions", "outages",
    "pictures", "picture_chunks", "uploads", "leases", "relayed_events", "commands", "setup_attempts", "operators",
    "operator_actions", "changed_hours", "hourly_figures",
}  # fmt: skip
"""Tables without a person's rows. A new table is in the other group unless it is named here."""

CANARY = "oCanary0123456789abcdef"
WORDS = "金丝雀七七"
"""An openid and words that stand nowhere else."""


def test_every_table_has_rows_of_a_person_or_none() -> None:
    owned = rows_below({contacts: contacts.c.id == 1})
    assert {table.name for table in owned} == set(metadata.tables) - NOT_OF_A_PERSON


async def everything(store: Store) -> Mapping[str, list[tuple[Any, ...]]]:
    def read(connection: Connection) -> Mapping[str, list[tuple[Any, ...]]]:
        # PostgreSQL returns a row that was updated behind the others: the order says nothing.
        return {
            one.name: sorted((tuple(row) for row in connection.execute(select(one))), key=repr)
            for one in metadata.sorted_tables
        }

    await sum_up(store)
    return await store._db.read(read)


async def test_a_person_leaves_no_row_but_the_keys(store: Store) -> None:
    await fill(store, "aa")
    others = await everything(store)
    await fill(store, "bb")
    talk = Talk(store)
    event = incoming("oA", "", event="subscribe", msg_type="event")
    push = talk.push(event, second(1), "bb", key="e:1")
    assert await store.pushes.keep(push.__class__(**{**_values(push), "body": b'{"FromUserName":"oA"}'}))
    [thread] = await store.inbox.customers("oA", accounts=["bb"])
    receipt, pictures = await store.person_rows.erase(thread.id)
    person = hashlib.sha256(b"oA").hexdigest()[:12]
    assert (receipt.account, receipt.person, receipt.messages, receipt.replies) == ("bb", person, 1, 1)
    assert (receipt.pictures, receipt.pushes, pictures) == (1, 2, ["b" * 64])
    left = await everything(store)
    of_account = {"raw_pushes", "setup_attempts", "settings", "uploads"}
    assert {name: rows for name, rows in left.items() if name not in of_account} == {
        name: rows for name, rows in others.items() if name not in of_account
    }
    kept = [row for row in left["raw_pushes"] if row[1] == "bb"]
    assert [(row[3], row[6]) for row in kept] == [(b"", True)] * 2
    assert await store.pushes.underived() == []
    assert await store.pushes.keep(push) is None  # WeChat repeats it
    with pytest.raises(NotFound):
        await store.person_rows.erase(thread.id)


def _values(push: Any) -> dict[str, Any]:
    return {name: getattr(push, name) for name in push.__slots__}


async def test_a_contact_who_has_just_written_is_not_silent_though_unread(store: Store) -> None:
    talk = Talk(store)
    said = await talk.says("oA", at=T0)
    push = talk.push(incoming("oA", "在吗"), second(100), "shop", key="m:9")
    body = {"body": b'{"FromUserName":"oA"}', "incoming": None, "note": ""}
    assert await store.pushes.keep(push.__class__(**{**_values(push), **body}))
    with pytest.raises(NotFound):
        await store.person_rows.erase(said.conversation.id, second(50))
    assert (await store.person_rows.erase(said.conversation.id))[0].pushes == 2  # whoever asks, means this too


async def test_words_that_called_a_colleague_go_with_the_person(store: Store) -> None:
    talk = Talk(store)
    gone, stays = [(await talk.says(who)).conversation.id for who in ("oA", "oB")]
    beside = ColleagueCalled(gone + 10, "小林", "小周", "“x”,[]\\"), WorkChanged(True)
    for thread in (gone, stays, int(f"{gone}7")):
        await store.relayed_events.append(packed([ColleagueCalled(thread, "小林", "小周", WORDS), *beside]), T0, T0)
    await store.person_rows.erase(gone)
    found = [unpacked(text) for text in (await store.relayed_events.after(0))[0]]
    assert found[0] == [*beside]
    called = [one.text for events in found for one in events if isinstance(one, ColleagueCalled)]
    assert called.count(WORDS) == 2


async def test_a_person_is_not_deleted_while_a_reply_is_being_sent(store: Store) -> None:
    talk = Talk(store)
    said = await talk.says("oA")
    reply = await talk.writes(said.conversation.id, "好", second(1))
    await talk.moves(reply, Move.CLAIM)
    before = await store._db.read(counted)
    with pytest.raises(BadInput, match="being sent"):
        await store.person_rows.erase(said.conversation.id)
    assert await store._db.read(counted) == before
    await talk.moves(reply, Move.ACCEPT, at=second(2))
    assert (await store.person_rows.erase(said.conversation.id))[0].replies == 1


@pytest.mark.postgres
async def test_a_person_is_not_deleted_while_another_server_claims_a_reply(tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.emptied()
    store, other = await open_store(url, tmp_path), await asyncpg.connect(url)
    talk = Talk(store)
    said = await talk.says("oA")
    await talk.writes(said.conversation.id, "好", second(1))
    try:
        async with other.transaction():
            await other.execute("UPDATE replies SET state = 'sending'")
            erased = asyncio.create_task(store.person_rows.erase(said.conversation.id))
            while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass
        with pytest.raises(BadInput, match="being sent"):
            await erased
    finally:
        await other.close()
        await store.close()


async def test_pictures_go_that_only_this_person_was_sent(store: Store) -> None:
    talk = Talk(store)
    here, there = await talk.says("oA"), await talk.says("oB")
    for thread, letters in ((here.conversation.id, "ab"), (there.conversation.id, "b")):
        for letter in letters:
            content = Content(ReplyKind.IMAGE, picture=letter * 64)
            await add_reply(store, NewReply(thread, Author.OPERATOR, content, ReplyState.DRAFT), second(1))
    assert (await store.person_rows.erase(here.conversation.id))[1] == ["a" * 64]


async def test_contacts_of_long_silence_are_found(store: Store) -> None:
    talk = Talk(store)
    first, second_one = await talk.says("oA", at=T0), await talk.says("oB", at=second(100))
    assert await store.person_rows.silent("shop", second(50)) == [first.conversation.id]
    assert await store.person_rows.silent("shop", second(500)) == [first.conversation.id, second_one.conversation.id]
    assert await store.person_rows.silent("other", second(500)) == []


def traces(home: Path) -> dict[str, list[str]]:
    """Find what is left of the person, byte for byte, in every file."""
    picture = cover() + b"canary of a picture"
    looked_for = {CANARY: CANARY, WORDS: WORDS, "cut": " ".join(WORDS), "word": "qzxcanary", "picture": ""}
    found: dict[str, list[str]] = {}
    for file in home.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for name, text in looked_for.items():
            if (text.encode() or picture[-19:]) in data:
                found.setdefault(file.name, []).append(name)
    return found


async def leave_traces(store: Store, number: int) -> int:
    """Say, answer, change and draw things; nobody else does anything like it."""
    talk = Talk(store)
    talk._keys = iter(range(10**6, 2 * 10**6))  # type: ignore[assignment]
    picture = cover() + b"canary of a picture"
    for n in range(number):
        said = await talk.says(CANARY, f"{WORDS} qzxcanary{n} {'长' * 1500}", second(1000 + n))
        [reply] = await talk.decides(said.message, f"{WORDS} 答 qzxcanary", state=ReplyState.DRAFT)
        await store.outbox.edit(reply.id, Content(text=f"{WORDS} qzxcanaryb"), second(1001 + n))
    await store.picture_bytes.keep(picture_record(picture), picture)
    await store.pictures.add_to_message(said.message.id, picture_record(picture), T0)
    for name in (f"{WORDS}甲", f"{WORDS}乙"):
        change = ContactChange(alias=name, note=f"{name} qzxcanary", add=(WORDS,))
        await store.conversations.change_contact(said.conversation.contact.id, change)
    return said.conversation.id


async def test_no_byte_of_a_person_stays_in_any_file(tmp_path: Path) -> None:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    try:
        talk = Talk(store)
        await talk.says("o1", "别人的话 other words")
        conversation_id = await leave_traces(store, 12)
        for n in range(60):
            await talk.says(f"o{n}", f"别人的话 {n} other words", second(n))
        await asyncio.to_thread(back_up, tmp_path / "desk.db", "0001")  # as an upgrade does
        assert {"desk.db", "desk.before-0001.db"} <= traces(tmp_path).keys()
        receipt, pictures = await store.person_rows.erase(conversation_id)
        await store.person_rows.scrub()
        for digest in pictures:
            await store.picture_bytes.remove(digest)
        assert (receipt.messages, receipt.pictures) == (12, 1)
        assert traces(tmp_path) == {}
        assert await store.inbox.search(WORDS) == []
        assert len(await store.inbox.search("别人的话", 100)) == 61
    finally:
        await store.close()
    assert traces(tmp_path) == {}
