"""Export into a file that gets its name when all of it is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from wxdesk.core.errors import BadInput, NotFound, Phrase, WxdeskError
from wxdesk.core.system_failures import unusable_file
from wxdesk.desk.data import formats
from wxdesk.paths import replace_file
from wxdesk.store import StoreStatus, check_store, read_store
from wxdesk.store.moving import CopyProgress, Tell
from wxdesk.store.reports import Threads


class ExportKind(StrEnum):
    """Things that can be exported."""

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


READABLE = {".html": formats.html_threads, ".txt": formats.text_threads, ".json": formats.json_threads}
TABLES: dict[str, Callable[[Iterator[formats.ExportRow], Sequence[str]], Iterator[str]]] = {
    ".csv": formats.csv_lines,
    ".jsonl": formats.json_lines,
}
ENDING = "The file's name must end in one of these: {endings}"
OTHER_SCHEMA = "open the database once with this wxdesk first"


async def export(  # noqa: PLR0913 - of whom, whereto
    url: str, home: Path, file: Path, tell: Tell, *, kind: ExportKind, account: str = "", openid: str = ""
) -> None:
    """Write `kind` to a file, beside the desk that works.

    The end of its name decides the format. Whatever `tell` raises stops it, and nothing is left behind. Figures are of
    all accounts.

    Raises:
        BadInput: the file's name has another ending, or it cannot be written.
        NotFound: there is no such person.
        StoreError: the database cannot be read.
    """
    endings = tuple(READABLE if kind is ExportKind.CONVERSATIONS else TABLES)
    ending = file.suffix.lower()
    if ending not in endings:
        raise BadInput(reason=Phrase(ENDING, endings=" ".join(endings)))
    if await check_store(url, home) in (StoreStatus.EMPTY, StoreStatus.OLDER):
        raise BadInput(reason=OTHER_SCHEMA)
    store = await read_store(url, home)
    try:
        if kind is ExportKind.FIGURES:
            _write(file, TABLES[ending](map(formats.day_row, await store.statistics.days(None)), formats.DAY_COLUMNS))
            return
        of = await store.exports.count(account, openid)
        if openid and not of:
            raise NotFound("contact")

        def use(threads: Threads) -> None:
            _write(file, _lines(kind, ending, _telling(threads, kind, of, tell)))

        await store.exports.read(use, account, openid, said=kind is not ExportKind.CONTACTS)
    finally:
        await store.close()


def _write(file: Path, lines: Iterable[str]) -> None:
    try:
        replace_file(file, (line.encode() for line in lines))
    except OSError as error:  # here, where it is known to be this file's
        raise unusable_file(file, error) from None


def _telling(threads: Threads, kind: ExportKind, of: int, tell: Tell) -> Threads:
    for done, thread in enumerate(threads, start=1):
        yield thread
        tell(CopyProgress(kind, done, of))


def _lines(kind: ExportKind, ending: str, threads: Threads) -> Iterator[str]:
    if kind is ExportKind.CONVERSATIONS:
        return READABLE[ending](threads)
    if kind is ExportKind.CONTACTS:
        return TABLES[ending]((formats.contact_row(thread) for thread, _ in threads), formats.CONTACT_COLUMNS)
    rows = (formats.item_row(thread, item) for thread, items in threads for item in items)
    return TABLES[ending](rows, formats.ITEM_COLUMNS)
