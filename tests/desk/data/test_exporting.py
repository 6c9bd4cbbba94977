"""Exports: whole, safe for whatever opens them, in bounded memory, and nothing left where they stop."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.campaign.outsiders.hostile import as_kept, hostile_texts
from tests.prepared import SQLITE, prepare
from tests.store.chats import T0, Talk, incoming, second
from wxdesk import i18n
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import BadInput, NotFound, StoreError
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.system_failures import UnusableFile
from wxdesk.desk.data.exporting import BYTE_ORDER_MARK, FORMULA, ExportKind, export
from wxdesk.store import open_store
from wxdesk.store.moving.move import CopyProgress

SPLIT = ("a;=1+1", "a; \t=1+1", "a\r=1+1", "a|@SUM(1)", "a\n＝1+1;-2", 'a; "=1+1')
TEXTS = list(dict.fromkeys((*(as_kept(one.text) for one in hostile_texts()), *SPLIT)))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person a text, who says it, is called it, and gets it as an answer."""
    home = tmp_path_factory.mktemp("hostile") / "home"
    prepare(home)
    asyncio.run(_fill(home))
    return home


async def _fill(home: Path) -> None:
    store = await open_store(SQLITE, home)
    try:
        talk = Talk(store)
        said = [await talk.kept(incoming(f"o{n:03}", text, at=second(n)), second(n)) for n, text in enumerate(TEXTS)]
        for made, text in zip(await store.pushes.derive(said), TEXTS, strict=True):
            change = ContactChange(alias=text.strip()[:60], note=text)
            await store.conversations.change_contact(made.conversation.contact.id, change)
            if made.message.id % 10 == 1:
                reply = await talk.writes(made.message.conversation_id, text or "-", second(500))
                await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(501))
    finally:
        await store.close()


def nobody(_step: object) -> None:
    """Who does not want to know how far it is."""


async def exported(home: Path, kind: ExportKind, file: Path, **chosen: str) -> str:
    await export(SQLITE, home, file, nobody, kind=kind, **chosen)
    with file.open(encoding="utf-8", newline="") as written:
        return written.read()


def rfc4180(text: str) -> list[list[str]]:
    """Read a table as its standard says, with nothing of the writer's."""
    rows, row, cell, at, quoted = [], list[str](), "", 0, False
    while at < len(text):
        one = text[at]
        if quoted and one == '"' and text[at + 1 : at + 2] == '"':
            cell, at = cell + '"', at + 1
        elif one == '"':
            quoted = not quoted
        elif quoted or one not in ",\r":
            cell += one
        else:
            row.append(cell)
            cell = ""
            if one == "\r":
                assert text[at + 1] == "\n"
                rows.append(row)
                row, at = [], at + 1
        at += 1
    assert (row, cell, quoted) == ([], "", False)
    return rows


class Page(HTMLParser):
    """Elements and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.spans: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._inside = tag == "span"
        if self._inside:
            self.spans.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "span"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.spans[-1] += data


async def test_a_table_runs_nothing_and_loses_nothing(home: Path, tmp_path: Path) -> None:
    text = await exported(home, ExportKind.MESSAGES, tmp_path / "m.csv")
    assert text.startswith(BYTE_ORDER_MARK)
    head, *rows = rfc4180(text.removeprefix(BYTE_ORDER_MARK))
    assert head == ["Time", "Mini program", "OpenID", "Name", "From", "Kind", "Text", "State", "Rule", "Picture"]
    assert {len(row) for row in rows} == {len(head)}
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    said = [row[6] for row in rows if row[4] == "Customer"]
    assert [text.replace("'", "") for text in said] == [text.replace("'", "") for text in TEXTS]
    assert not [text for text, kept in zip(TEXTS, said, strict=True) if text.count("'") > kept.count("'")]
    assert said[TEXTS.index("a;=1+1")] == "a;'=1+1"
    for text in (cell for row in rows for cell in row):  # as whoever splits at another mark reads it
        first, *others = re.split(r"[;|\t\r\n]", text)
        parts = [first.strip(), *(part.strip(' "') for part in others)]
        assert not [part for part in parts if part.startswith(("=", "+", "-", "@"))]
    people = rfc4180((await exported(home, ExportKind.CONTACTS, tmp_path / "c.csv")).removeprefix(BYTE_ORDER_MARK))
    assert len(people) == len(TEXTS) + 1
    assert not [cell for row in people for cell in row if cell.startswith(FORMULA)]
    assert datetime.fromisoformat(people[1][6]).astimezone() == T0.replace(microsecond=0)


async def test_json_has_every_value_as_it_is(home: Path, tmp_path: Path) -> None:
    lines = (await exported(home, ExportKind.MESSAGES, tmp_path / "m.jsonl")).removesuffix("\n").split("\n")
    found = [json.loads(line) for line in lines]
    assert [one["text"] for one in found if one["author"] == "contact"] == TEXTS
    assert {one["state"] for one in found} == {"", "sent"}
    people = (await exported(home, ExportKind.CONTACTS, tmp_path / "c.jsonl")).removesuffix("\n").split("\n")
    notes = [json.loads(line)["note"] for line in people]
    assert all(note in text for note, text in zip(notes, TEXTS, strict=True))  # kept without blanks, and cut
    threads = json.loads(await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.json"))
    assert [thread["items"][0]["text"] for thread in threads] == TEXTS
    [one] = json.loads(await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.json", openid="o007"))
    assert one["contact"]["openid"] == "o007"
    assert json.loads(await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.json", account="none")) == []


async def test_a_page_has_no_markup_but_ours(home: Path, tmp_path: Path) -> None:
    page = Page()
    page.feed(await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.html"))
    page.close()
    assert page.tags == {"html", "head", "meta", "title", "style", "body", "h2", "bdi", "small", "p", "br", "span"}
    assert page.attributes == {"lang", "charset", "http-equiv", "content", "class"}
    expected = [text for n, text in enumerate(TEXTS) for _ in range(1 + (n % 10 == 0))]
    assert page.spans == expected


async def test_no_message_looks_like_another_in_a_text(home: Path, tmp_path: Path) -> None:
    text = await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.txt")
    lines = [line for line in text.splitlines() if line and not line.startswith("    ")]
    assert len([line for line in lines if line.startswith("# ")]) == len(TEXTS)
    assert len([line for line in lines if line.startswith("[20")]) == len(lines) - len(TEXTS)
    assert len(lines) == 2 * len(TEXTS) + len(TEXTS[::10])


async def test_every_state_is_a_word_and_only_what_was_said_is_read(tmp_path: Path) -> None:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    try:
        talk = Talk(store)
        made = await talk.says("o1", "问")
        for state in (ReplyState.HELD, ReplyState.DRAFT):
            await talk.decides((await talk.says("o1", state)).message, state, state=state)
        reply = await talk.writes(made.message.conversation_id, "答", second(3))
        await talk.moves(reply, Move.CLAIM, Move.LOSE, at=second(4))
    finally:
        await store.close()
    i18n.use("zh_CN")
    text = await exported(tmp_path, ExportKind.CONVERSATIONS, tmp_path / "t.txt")
    assert "客服 (可能已送达): 答" in text
    assert "规则" not in text
    table = rfc4180((await exported(tmp_path, ExportKind.MESSAGES, tmp_path / "m.csv"))[1:])
    assert {row[7] for row in table[1:]} == {"", "暂缓发送", "草稿", "可能已送达"}
    assert table[0][:2] == ["时间", "小程序"]


async def test_it_stops_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(step: CopyProgress) -> None:
        assert step.of == len(TEXTS)
        if step.done == 5:
            raise Enough

    (tmp_path / "m.csv").write_text("before", encoding="utf-8")
    with pytest.raises(Enough):
        await export(SQLITE, home, tmp_path / "m.csv", stop, kind=ExportKind.MESSAGES)
    for file, kind, openid, error in (
        ("m.txt", ExportKind.MESSAGES, "", BadInput),
        ("t.csv", ExportKind.CONVERSATIONS, "", BadInput),
        ("m.csv", ExportKind.MESSAGES, "nobody", NotFound),
        ("none/m.csv", ExportKind.MESSAGES, "", UnusableFile),
    ):
        with pytest.raises(error):
            await export(SQLITE, home, tmp_path / file, nobody, kind=kind, openid=openid)
    with pytest.raises((BadInput, StoreError)):
        await export(SQLITE, tmp_path / "empty", tmp_path / "m.csv", nobody, kind=ExportKind.MESSAGES)
    assert set(os.listdir(tmp_path)) - {"empty"} == {"m.csv"}  # noqa: PTH208
    assert (tmp_path / "m.csv").read_text(encoding="utf-8") == "before"


async def test_figures_are_a_line_a_day(home: Path, tmp_path: Path) -> None:
    lines = (await exported(home, ExportKind.FIGURES, tmp_path / "f.jsonl")).splitlines()
    days = [json.loads(line) for line in lines]
    assert sum(day["messages"] for day in days) == len(TEXTS)
    assert sum(day["by_operator"] for day in days) == len(TEXTS[::10])
    assert days[0]["day"] == f"{T0.astimezone():%Y-%m-%d}"
    head, *rows = rfc4180((await exported(home, ExportKind.FIGURES, tmp_path / "f.csv"))[1:])
    assert head == ["Day", "Messages", "Answered by a rule", "Answered by you", "Not answered yet",
                    "Transferred to WeChat's tool"]  # fmt: skip
    assert rows == [[str(value) for value in (day["day"], day["messages"], 0, day["by_operator"], day["unanswered"], 0)]
                    for day in days]  # fmt: skip
