"""Finds the line of every key in a TOML text that has already been read.

Python's parser gives lines for syntax only. A file can be well-formed and wrong, and then its author needs the
line all the same; and who changes one value of it leaves the rest as it stands. This walks the text once more and
relies on its being valid TOML 1.0.
"""

import re
import tomllib
from collections.abc import Mapping

from msgspec import Struct

type Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = re.compile(r""""{3}(?:[^\\]|\\.)*?"{3,5}(?!")|'{3}.*?'{3,5}(?!')|"(?:[^"\\]|\\.)*"|'[^']*\'""", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]*")


class TomlPair(Struct, frozen=True):
    """A key with its value: offsets of its beginning, and of its value's two ends."""

    path: Path
    start: int
    value: int
    end: int


class TomlLines:
    """Lines of `source` by path: keys, and positions in arrays from 0.

    `headers` are the offsets and paths of the tables' headings, `pairs` all keys with a value, both in order.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._counted = 0
        self._newlines = 0
        self._lines: dict[Path, int] = {}
        self._texts: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self.headers: list[tuple[int, Path]] = []
        self.pairs: list[TomlPair] = []
        self._document()

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest thing around it that has one."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def text_line(self, path: Path, line: int) -> int:
        """Return the file line of line `line` of a text; one with escapes has only one."""
        return self._texts[path] + line - 1 if path in self._texts else self.line(path)

    def _document(self) -> None:
        table: Path = ()
        self._blank()
        while self._at < len(self._source):
            if self._source.startswith("[[", self._at):
                table = self._header(2)
            elif self._source[self._at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            self._blank()

    def _header(self, brackets: int) -> Path:
        line, start = self._line(), self._at
        self._at += brackets
        path = self._inside_latest(self._keys())
        self._at += brackets
        if brackets == 2:
            position = self._tables.get(path, 0)
            self._tables[path] = position + 1
            path = (*path, position)
        for count in range(1, len(path) + 1):
            self._lines.setdefault(path[:count], line)
        self.headers.append((start, path))
        return path

    def _inside_latest(self, keys: Path) -> Path:
        """Resolve `keys` of a header: an array of tables means its last table."""
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if number + 1 < len(keys) and path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        line, start = self._line(), self._at
        keys = self._keys()
        for count in range(1, len(keys) + 1):
            self._lines.setdefault((*table, *keys[:count]), line)
        self._at += 1  # the equals sign
        self._blank()
        value = self._at
        self._value((*table, *keys))
        end = value + len(self._source[value : self._at].rstrip())
        self.pairs.append(TomlPair((*table, *keys), start, value, end))

    def _keys(self) -> Path:
        keys: list[str] = []
        while found := _KEY.match(self._source, self._at):
            keys.append(_unquoted(found[0].strip()))
            self._at = found.end()
            if self._source[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return tuple(keys)

    def _value(self, path: Path) -> None:
        opening = self._source[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._string(path)
        else:
            self._skip(_SCALAR)

    def _string(self, path: Path) -> None:
        start, line = self._at, self._line()
        self._skip(_STRING)
        if self._source.startswith(("'''", '"""'), start):
            first = self._source[start + 3 : start + 5]
            self._texts[path] = line + (1 if first.startswith(("\n", "\r\n")) else 0)

    def _array(self, path: Path) -> None:
        self._at += 1
        self._blank()
        position = 0
        while self._source[self._at] != "]":
            self._lines[(*path, position)] = self._line()
            self._value((*path, position))
            position += 1
            self._separator()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._blank()
        while self._source[self._at] != "}":
            self._pair(path)
            self._separator()
        self._at += 1

    def _separator(self) -> None:
        self._blank()
        if self._source[self._at] == ",":
            self._at += 1
            self._blank()

    def _blank(self) -> None:
        self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._source, self._at)
        if found:
            self._at = found.end()

    def _line(self) -> int:
        # Counted on from the last time: the walk only goes forward, and files can be long.
        self._newlines += self._source.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._newlines + 1


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    pair: Mapping[str, object] = tomllib.loads(f"{key} = 0")
    return next(iter(pair))
