"""Export of pages, texts, tables and JSON, made safe, into a file written whole.

A table opened by a spreadsheet must not run what a customer wrote, a page must not show it as markup, and in a text no
message may look like the beginning of another.
"""

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from html import escape
from pathlib import Path

import msgspec
import regex
from msgspec.structs import asdict

from wxdesk.core.content.kind_words import KIND_WORDS, OTHER_KIND
from wxdesk.core.content.picture_header import read_header
from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.errors import BadInput, BadPicture, NotFound, Phrase, StoreError, WxdeskError
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, ReplyState
from wxdesk.core.model.statistics import MessageCounts
from wxdesk.core.system_failures import naming_file
from wxdesk.i18n import account_title, language, number_text, tr
from wxdesk.paths import replace_file
from wxdesk.store import Store, read_store
from wxdesk.store.moving.backup import Report
from wxdesk.store.moving.move import CopyProgress
from wxdesk.store.reports import ExportedConversations, ReadPicture

type ExportRow = Mapping[str, object]

TITLES = {
    "account": "Mini program", "openid": "OpenID", "alias": "Name", "tags": "Tags", "note": "Note",
    "blocked": "Blocked", "first_seen_at": "First seen", "last_at": "Last message", "at": "Time", "author": "From",
    "kind": "Kind", "text": "Text", "state": "State", "rule": "Rule", "picture": "Picture", "day": "Day",
    "messages": "Messages", "by_rule": "Answered by rules", "by_operator": "By hand",
    "unanswered": "Not answered", "handed_over": "Handed over",
    "figure": "Figure", "of": "Of", "number": "Number",
}  # fmt: skip
"""Columns of all tables by their names, which are stable in JSON."""

CONTACT_COLUMNS = ("account", "openid", "alias", "tags", "note", "blocked", "first_seen_at", "last_at")
DAY_COLUMNS = ("day", "messages", *MessageCounts.__struct_fields__)
FIGURE_COLUMNS = ("figure", "of", "number")
ITEM_COLUMNS = ("at", "account", "openid", "alias", "author", "kind", "text", "state", "rule", "picture")

WORDS = KIND_WORDS | {
    "contact": "Customer", "rule": "Rule", "operator": "Operator", "text": "Text", "draft": "Draft",
    "held": "Held back", "queued": "About to be sent", "sending": "Sending", "sent": "Sent", "failed": "Failed",
    "unknown": "May have been delivered", "cancelled": "Stopped",
}  # fmt: skip
"""Words in a table for people; JSON has the values themselves."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SPLIT = re.compile(r'[;|\t\r\n][\s"]*(?=[=+\-@＝＋－＠])')
"""Mark at which some spreadsheets begin another cell, which would be a formula."""

BYTE_ORDER_MARK = "\ufeff"
"""First character by which Excel knows that a table is UTF-8."""


def contact_row(conversation: Conversation) -> ExportRow:
    """Return what is known about a contact."""
    return {
        name: getattr(conversation if name == "last_at" else conversation.contact, name) for name in CONTACT_COLUMNS
    }


def item_row(conversation: Conversation, item: TimelineItem) -> ExportRow:
    """Return a message or reply; `details` has all fields of its kind."""
    who: dict[str, object] = {"at": item.at, "account": conversation.account, "openid": conversation.contact.openid}
    who["alias"] = conversation.contact.alias
    if isinstance(item, Message):
        kind = item.type if item.event else item.msg_type
        said = {"author": Author.CONTACT, "kind": kind, "text": item.text, "state": "", "rule": ""}
        return who | said | {"picture": item.picture, "details": item.fields}
    content, text = item.content, _text(item.content)
    said = {"author": item.author, "kind": content.kind, "text": text, "state": item.state, "rule": item.rule_name}
    details = {name: value for name, value in asdict(content).items() if value and name != "text"}
    return who | said | {"picture": content.picture or content.thumb_picture, "details": details}


def day_row(day: tuple[date, MessageCounts]) -> ExportRow:
    """Return the messages of a day, by who answered them."""
    return {"day": day[0].isoformat(), "messages": day[1].total, **asdict(day[1])}


def csv_lines(records: Iterator[ExportRow], columns: Sequence[str]) -> Iterator[str]:
    """Make a table for spreadsheets: UTF-8 with its mark, local times, no formulas."""
    line = io.StringIO(newline="")
    write = csv.writer(line).writerow
    write([tr(TITLES[name]) for name in columns])
    yield BYTE_ORDER_MARK
    for record in records:
        yield _drain(line)
        write([_cell(name, record[name]) for name in columns])
    yield _drain(line)


def _drain(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _cell(column: str, value: object) -> str:
    if isinstance(value, datetime):
        return _local(value)
    if isinstance(value, bool) or value in (None, ()):
        return tr("yes") if value else ""
    if value and column in ("author", "kind", "state"):
        return tr(WORDS.get(str(value), OTHER_KIND))
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"{"'" * text.startswith(FORMULA)}{_SPLIT.sub(r"\g<0>'", text)}"


def json_lines(records: Iterator[ExportRow], _columns: Sequence[str] = ()) -> Iterator[str]:
    """Make one JSON object a line, with times in UTC."""
    return (msgspec.json.encode(record).decode() + "\n" for record in records)


def json_conversations(conversations: ExportedConversations, _picture: ReadPicture) -> Iterator[str]:
    """Make a JSON list of conversations, each with its contact and items."""
    yield "["
    for number, (conversation, items) in enumerate(conversations):
        contact = msgspec.json.encode(contact_row(conversation)).decode()
        yield f'{"," if number else ""}\n{{"contact": {contact}, "items": ['
        for place, line in enumerate(json_lines(item_row(conversation, item) for item in items)):
            yield f"{',' if place else ''}\n  {line.rstrip()}"
        yield "]}"
    yield "\n]\n"


def text_conversations(conversations: ExportedConversations, _picture: ReadPicture) -> Iterator[str]:
    """Make plain text: a line for each message, further lines of it indented."""
    for conversation, items in conversations:
        head = _name(conversation), account_title(conversation.account), conversation.contact.openid
        yield f"# {' · '.join(map(_one_line, head))}\n\n"
        for item, who, text, word, _ in _readable(_name(conversation), items):
            yield f"[{_local(item.at)}] {_one_line(who)}: {'\n    '.join((text or word).splitlines())}\n"
        yield "\n"


_PAGE = (
    '<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width">\n'
    "<title>wxdesk</title><style>:root{{color-scheme:light dark}}"
    "body{{font:15px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}}"
    "h2{{margin:2em 0 0;break-after:avoid}}small{{opacity:.7}}img{{display:block;max-width:100%;max-height:24em}}"
    "p{{width:fit-content;max-width:80%;margin:.8em 0;padding:.4em .8em;border-radius:.6em;break-inside:avoid;"
    "background:#8882}}.out{{margin-left:auto;background:#0a63}}"
    "span{{display:block;white-space:pre-wrap;unicode-bidi:plaintext}}</style></head><body>\n"
)
"""A page for screens, light and dark, and paper; each line has its own direction."""

_NEVER_ON_A_PAGE = regex.compile(r"[\p{Cc}\p{Noncharacter_Code_Point}--[\t\n\r]]", regex.V1)

PAGE_PICTURES = 64 * 2**20
"""Bytes of pictures that a page holds; browsers are slow to open more."""

GONE = "The picture is not there any more, or is damaged."
NO_ROOM = "This page holds 64 MB of pictures, and not this one. It is in a backup: {digest}"


class _Pictures:
    """Elements of a page's pictures, which it holds as long as it has room."""

    def __init__(self, read: ReadPicture) -> None:
        self._read, self._room = read, PAGE_PICTURES

    def element(self, item: TimelineItem) -> str:
        """Return an item's picture, the reason why it is not here, or nothing."""
        if isinstance(item, Message):
            digest, lacking = item.picture, item.picture_problem and tr(item.picture_problem)
        else:
            digest, lacking = item.content.picture or item.content.thumb_picture, ""
        return self._of(digest) if digest else f"<small>{escape(lacking)}</small>" if lacking else ""

    def _of(self, digest: str) -> str:
        try:
            data = self._read(digest)
            kind = read_header(data).format.media_type
        except (NotFound, StoreError, BadPicture):
            return f"<small>{escape(tr(GONE))}</small>"
        if len(data) > self._room:
            return f"<small>{escape(tr(NO_ROOM, digest=digest))}</small>"
        self._room -= len(data)
        return f'<img alt="" src="data:{kind};base64,{b64encode(data).decode()}">'


def html_conversations(conversations: ExportedConversations, picture: ReadPicture) -> Iterator[str]:
    """Make a page that loads and runs nothing, with the pictures in it."""
    pictures = _Pictures(picture)
    yield _PAGE.format(lang=language().replace("_", "-"))
    for conversation, items in conversations:
        yield f"<h2><bdi>{_escaped(_name(conversation))}</bdi></h2>\n"
        shop = _escaped(account_title(conversation.account))
        yield f"<small>{shop} · <bdi>{_escaped(conversation.contact.openid)}</bdi></small>\n"
        for item, who, text, word, side in _readable(_name(conversation), items):
            yield f'<p class="{side}"><small>{_local(item.at)} · <bdi>{_escaped(who)}</bdi></small>'
            shown = pictures.element(item)
            yield "" if shown.startswith("<img") and not text else f"<span>{_escaped(text or word)}</span>"
            yield f"{shown}</p>\n"
    yield "</body></html>\n"


def _escaped(text: str) -> str:
    """Return a text as HTML, a mark in place of what no page may have."""
    return escape(_NEVER_ON_A_PAGE.sub("\ufffd", text))


def _readable(name: str, items: Iterator[TimelineItem]) -> Iterator[tuple[TimelineItem, str, str, str, str]]:
    """Yield item, author, text, word and side of whatever both may have read."""
    for item in items:
        if isinstance(item, Message):
            if item.event is None:
                yield item, name, item.text, _word(item.msg_type), "in"
        elif item.state in (ReplyState.SENT, ReplyState.UNKNOWN):
            who = tr(WORDS[item.author]) + (f" {item.rule_name}" if item.rule_name else "")
            who += f" ({tr(WORDS[item.state])})" if item.state is ReplyState.UNKNOWN else ""
            yield item, who, _text(item.content), _word(item.content.kind), "out"


def _text(content: Content) -> str:
    return content.text or "\n".join(filter(None, (content.title, content.description, content.url, content.page_path)))


def _word(kind: str) -> str:
    return tr(KIND_WORDS.get(kind, OTHER_KIND))


def _name(conversation: Conversation) -> str:
    return conversation.contact.alias or conversation.contact.openid


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _local(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


class ExportKind(StrEnum):
    """Things that can be exported; also, in words, the name of the file."""

    CONVERSATIONS = "conversations"
    CONTACTS = "contacts"
    MESSAGES = "messages"
    FIGURES = "figures"


class Stopped(WxdeskError):
    """The operator stopped what was being written."""

    template = "Stopped; nothing was written."


class Progress:
    """Latest step of a file that another thread writes; `stopped` ends it."""

    def __init__(self) -> None:
        self.latest: CopyProgress | None = None
        self.stopped = False

    def __call__(self, step: CopyProgress) -> None:
        if self.stopped:
            raise Stopped
        self.latest = step


def progress_text(step: CopyProgress) -> str:
    """Say how far a file is, such as “Pictures: 5 of 20”."""
    return tr("{what}: {done} of {of}", what=tr(step.what), done=number_text(step.done), of=number_text(step.of))


READABLE = {".html": html_conversations, ".txt": text_conversations, ".json": json_conversations}
TABLES: dict[str, Callable[[Iterator[ExportRow], Sequence[str]], Iterator[str]]] = {
    ".csv": csv_lines,
    ".jsonl": json_lines,
}
ENDING = "The file's name must end in one of these: {endings}"
NO_ACCOUNT = "no conversation with a mini program “{account}” is kept"
NOT_OF_ONE = "figures are of everybody, or of one mini program"


async def export(  # noqa: PLR0913 - of whom, whereto
    url: str,
    home: Path,
    file: Path,
    report: Report,
    *,
    kind: ExportKind,
    account: str = "",
    openid: str = "",
    zone: tzinfo | None = None,
) -> None:
    """Write `kind` to a file, beside the desk that works.

    The end of its name decides the format. Whatever `report` raises stops it, and nothing is left behind. Figures are
    by days of `zone`, of this machine's if None.

    Raises:
        BadInput: the file's name has another ending, it cannot be written, no such mini program is known, or nothing is
            kept here.
        NotFound: there is no such person.
        StoreError: the database cannot be read.
    """
    ending = _ending_of(file, kind)
    if kind is ExportKind.FIGURES and openid:
        raise BadInput(reason=NOT_OF_ONE)
    async with await read_store(url, home) as store:
        of = await _count(store, account, openid)
        if kind is ExportKind.FIGURES:
            days = await store.statistics.days(zone, account)
            _write(file, TABLES[ending](map(day_row, days), DAY_COLUMNS))
            return

        def use(conversations: ExportedConversations, picture: ReadPicture) -> None:
            _write(file, _lines(kind, ending, _report_each(conversations, of, report), picture))

        await store.exports.read(use, account, openid, said=kind is not ExportKind.CONTACTS)


def _ending_of(file: Path, kind: ExportKind) -> str:
    endings = tuple(READABLE if kind is ExportKind.CONVERSATIONS else TABLES)
    ending = file.suffix.lower()
    if ending not in endings:
        raise BadInput(reason=Phrase(ENDING, endings=" ".join(endings)))
    return ending


async def _count(store: Store, account: str, openid: str) -> int:
    of = await store.exports.count(account, openid)
    if account and not of and not await store.exports.count(account):
        raise BadInput(reason=Phrase(NO_ACCOUNT, account=account))
    if openid and not of:
        raise NotFound("customer")
    return of


def _write(file: Path, lines: Iterable[str]) -> None:
    with naming_file(file, new=True):  # here, where a failure is known to be this file's
        replace_file(file, (line.encode() for line in lines))


def _report_each(conversations: ExportedConversations, of: int, report: Report) -> ExportedConversations:
    for done, conversation in enumerate(conversations, start=1):
        yield conversation
        report(CopyProgress("Conversations", done, of))


def _lines(kind: ExportKind, ending: str, conversations: ExportedConversations, picture: ReadPicture) -> Iterator[str]:
    if kind is ExportKind.CONVERSATIONS:
        return READABLE[ending](conversations, picture)
    if kind is ExportKind.CONTACTS:
        return TABLES[ending]((contact_row(conversation) for conversation, _ in conversations), CONTACT_COLUMNS)
    rows = (item_row(conversation, item) for conversation, items in conversations for item in items)
    return TABLES[ending](rows, ITEM_COLUMNS)
