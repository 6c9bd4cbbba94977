"""Exports: whole, safe for whatever opens them, in bounded memory, and nothing left where they stop."""

import asyncio
import json
import os
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import html5lib
import pytest
from msgspec.structs import replace

from tests.campaign.outsiders.hostile import as_kept, hostile_texts
from tests.desk.pictures.test_conversion import noise, saved
from tests.flow.serving import run, write_config
from tests.postgresql import Postgres
from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import torn_box
from tests.store.chats import T0, Talk, add_reply, incoming, second
from tests.store.moving.test_backup import disk_that_takes
from wxdesk import i18n
from wxdesk.core.content.picture_header import NOT_A_PICTURE
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import BadInput, NotFound
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, NewReply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.system_failures import UnusableFile
from wxdesk.desk.data.exporting import BYTE_ORDER_MARK, FORMULA, GONE, NO_ROOM, ExportKind, export
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.store import open_store
from wxdesk.store.moving.move import CopyProgress

SPLIT = ("a;=1+1", "a; \t=1+1", "a\r=1+1", "a|@SUM(1)", "a\n＝1+1;-2", 'a; "=1+1')
LAST = "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
NEVER_ON_A_PAGE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{LAST}]")
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


async def exported(home: Path, kind: ExportKind, file: Path, **chosen: Any) -> str:
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
    first_seen = people[1][people[0].index("First seen")]
    assert datetime.fromisoformat(first_seen).astimezone() == T0.replace(microsecond=0)


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


async def test_a_page_has_no_markup_but_ours(home: Path, tmp_path: Path) -> None:
    page, written = Page(), await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.html")
    html5lib.HTMLParser(strict=True).parse(written)
    page.feed(written)
    page.close()
    assert page.tags == {"html", "head", "meta", "title", "style", "body", "h2", "bdi", "small", "p", "span"}
    assert page.attributes == {"lang", "charset", "http-equiv", "content", "name", "class"}
    expected = [text for n, text in enumerate(TEXTS) for _ in range(1 + (n % 10 == 0))]
    assert page.spans == [NEVER_ON_A_PAGE.sub("\ufffd", text) for text in expected]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.emptied()
    prepare(tmp_path)
    return SQLITE


async def test_a_page_holds_its_pictures_or_says_why_not(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of both sides are in it byte for byte, up to its bounds; a strict parser finds nothing wrong."""
    jpeg, huge, lost = saved(noise(40, 30), "JPEG"), torn_box() + bytes(200_000), torn_box() + b"lost"
    monkeypatch.setattr("wxdesk.desk.data.exporting.PAGE_PICTURES", 100_000)
    store = await open_store(url, tmp_path)
    try:
        talk = Talk(store)
        for n, data in enumerate((torn_box(), huge, jpeg, lost)):
            shown = incoming("o1", "", at=second(n), type=MessageType.IMAGE, msg_type="image", media_id=f"M{n}")
            made = await talk.hears(shown, second(n))
            await store.pictures.add_to_message(made.message.id, picture_record(data), T0)
            if data is not lost:
                await store.picture_bytes.keep(picture_record(data), data)
        broken = await talk.hears(replace(shown, media_id="M9"), second(4))
        await store.pictures.mark_missing(broken.message.id, NOT_A_PICTURE)
        card = Content(ReplyKind.CARD, title="<b>", thumb_picture=picture_record(jpeg).digest)
        reply = await add_reply(
            store, NewReply(made.message.conversation_id, Author.OPERATOR, card, ReplyState.QUEUED), second(5)
        )
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(6))
    finally:
        await store.close()
    await export(url, tmp_path, tmp_path / "t.html", nobody, kind=ExportKind.CONVERSATIONS)
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse((tmp_path / "t.html").read_bytes())
    sources = [one.get("src").partition(";base64,") for one in page.iter("img")]
    assert [(kind, b64decode(data)) for kind, _, data in sources] == [
        ("data:image/png", torn_box()), ("data:image/jpeg", jpeg), ("data:image/jpeg", jpeg)
    ]  # fmt: skip
    assert [one.findtext("span") for one in page.iter("p") if one.find("img") is not None] == [None, None, "<b>"]
    notes = [one.findtext("small[last()]") for one in page.iter("p") if len(one.findall("small")) == 2]
    assert notes == [i18n.tr(NO_ROOM, digest=picture_record(huge).digest), GONE, NOT_A_PICTURE]


async def test_no_message_looks_like_another_in_a_text(home: Path, tmp_path: Path) -> None:
    text = await exported(home, ExportKind.CONVERSATIONS, tmp_path / "t.txt")
    lines = [line for line in text.splitlines() if line and not line.startswith("    ")]
    assert len([line for line in lines if line.startswith("# ")]) == len(TEXTS)
    assert len([line for line in lines if line.startswith("[20")]) == len(lines) - len(TEXTS)
    assert len(lines) == 2 * len(TEXTS) + len(TEXTS[::10])


@pytest.mark.parametrize("ending", ["txt", "html"])
async def test_a_mini_program_is_called_as_in_the_window(
    home: Path, tmp_path: Path, request: pytest.FixtureRequest, ending: str
) -> None:
    request.addfinalizer(lambda: i18n.name_accounts({"shop": ""}))
    i18n.name_accounts({"shop": "茶具店"})
    text = await exported(home, ExportKind.CONVERSATIONS, tmp_path / f"t.{ending}")
    assert text.count("茶具店 · ") == len(TEXTS)


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
    assert {row[7] for row in table[1:]} == {"", "待发", "草稿", "可能已送达"}
    assert table[0][:2] == ["时间", "小程序"]


async def test_a_stopped_export_leaves_nothing(home: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(step: CopyProgress) -> None:
        assert step.of == len(TEXTS)
        if step.done == 5:
            raise Enough

    (tmp_path / "m.csv").write_text("before", encoding="utf-8")
    with pytest.raises(Enough):
        await export(SQLITE, home, tmp_path / "m.csv", stop, kind=ExportKind.MESSAGES)
    for file, kind, account, openid, error, said in (
        ("m.txt", ExportKind.MESSAGES, "", "", BadInput, "must end in"),
        ("t.csv", ExportKind.CONVERSATIONS, "", "", BadInput, "must end in"),
        ("m.csv", ExportKind.MESSAGES, "", "nobody", NotFound, "customer does not exist"),
        ("m.csv", ExportKind.MESSAGES, "tea", "", BadInput, "mini program “tea”"),
        ("m.csv", ExportKind.FIGURES, "", "o007", BadInput, "of everybody"),
        ("none/m.csv", ExportKind.MESSAGES, "", "", UnusableFile, "the folder for it does not exist"),
    ):
        with pytest.raises(error, match=said):
            await export(SQLITE, home, tmp_path / file, nobody, kind=kind, account=account, openid=openid)
    with pytest.raises(BadInput, match="empty is empty"):
        await export(SQLITE, tmp_path / "empty", tmp_path / "m.csv", nobody, kind=ExportKind.MESSAGES)
    assert set(os.listdir(tmp_path)) - {"empty"} == {"m.csv"}  # noqa: PTH208
    assert (tmp_path / "m.csv").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(("kind", "name"), [(ExportKind.CONVERSATIONS, "t.html"), (ExportKind.MESSAGES, "m.csv")])
async def test_a_full_disk_is_named_and_the_former_file_stays(
    home: Path, tmp_path: Path, kind: ExportKind, name: str
) -> None:
    (tmp_path / name).write_text("before", encoding="utf-8")
    with disk_that_takes(4_000), pytest.raises(UnusableFile) as told:
        await export(SQLITE, home, tmp_path / name, nobody, kind=kind)
    assert str(tmp_path / name) in str(told.value)
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208
    assert (tmp_path / name).read_text(encoding="utf-8") == "before"


async def test_figures_are_a_line_a_day(home: Path, tmp_path: Path) -> None:
    lines = (await exported(home, ExportKind.FIGURES, tmp_path / "f.jsonl")).splitlines()
    days = [json.loads(line) for line in lines]
    assert sum(day["messages"] for day in days) == len(TEXTS)
    assert sum(day["by_operator"] for day in days) == len(TEXTS[::10])
    assert days[0]["day"] == f"{T0.astimezone():%Y-%m-%d}"
    head, *rows = rfc4180((await exported(home, ExportKind.FIGURES, tmp_path / "f.csv", account="shop"))[1:])
    assert head == ["Day", "Messages", "Answered by rules", "By hand", "Not answered", "Handed over"]
    assert rows == [[str(value) for value in (day["day"], day["messages"], 0, day["by_operator"], day["unanswered"], 0)]
                    for day in days]  # fmt: skip


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_figures_count_days_by_the_clock_of_the_mini_program(home: Path, tmp_path: Path, zone: str) -> None:
    """As the window does: a server's own clock often shows UTC."""
    there = tmp_path / "home"
    shutil.copytree(home, there)
    write_config(there, "http://127.0.0.1:9")
    with (there / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'timezone = "{zone}"\n')
    done = run(there, "export", "figures", str(tmp_path / "f.jsonl"), TZ="UTC")
    assert done.returncode == 0, done.stderr
    first = json.loads((tmp_path / "f.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["day"] == f"{T0.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
