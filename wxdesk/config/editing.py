"""Changes of the text of config.toml that leave everything else as it stands.

A value is cut out where it stands and the new one put in its place; comments, order, blank lines and line ends of
all others stay. Every change is made on the parsed file as well, and what is written must read as that.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wxdesk.config.reading import FILE
from wxdesk.core.errors import BadConfig, BadInput, Phrase
from wxdesk.toml import Path, TomlLines, parsed_toml, toml_pairs, toml_value

type Keys = Mapping[str, object]
"""New values by key; None removes a key."""

type Data = dict[str, Any]

ACCOUNTS = "accounts"


def with_keys(text: str, table: str, keys: Keys) -> str:
    """Set keys of a table such as `listener`, which need not be there."""
    return _edited(text, lambda data: data.setdefault(table, {}), (table,), keys)


def with_account(text: str, keys: Keys) -> str:
    """Add an account at the end.

    Raises:
        BadInput: there is one of this name.
    """
    expected: Data = parsed_toml(text)
    if keys.get("name") in account_names(text):
        raise BadInput(reason=Phrase("config.toml has an account “{name}” already.", name=keys["name"]))
    given = {key: value for key, value in keys.items() if value is not None}
    expected.setdefault(ACCOUNTS, []).append(given)
    inline = _span(TomlLines(text), (ACCOUNTS,))
    if inline is not None:
        return _verified(text[: inline[0]] + toml_value(expected[ACCOUNTS]) + text[inline[1] :], expected)
    end = _line_end(text)
    lines = ["[[accounts]]", *toml_pairs(given)]
    gap = end if text.strip() else ""
    return _verified(_closed(text, end) + gap + "".join(line + end for line in lines), expected)


def with_account_keys(text: str, name: str, keys: Keys) -> str:
    """Set keys of an account; the key `name` renames it. Raises `BadInput`."""
    index = _index_of(text, name)
    return _edited(text, lambda data: data[ACCOUNTS][index], (ACCOUNTS, index), keys)


def without_account(text: str, name: str) -> str:
    """Remove an account with the comment right above it. Raises `BadInput`."""
    expected: Data = parsed_toml(text)
    index, lines = _index_of(text, name), TomlLines(text)
    del expected[ACCOUNTS][index]
    inline = _span(lines, (ACCOUNTS,))
    if inline is not None:
        return _verified(text[: inline[0]] + toml_value(expected[ACCOUNTS]) + text[inline[1] :], expected)
    if not expected[ACCOUNTS]:
        del expected[ACCOUNTS]
    header = next(start for start, path in lines.headers if path == (ACCOUNTS, index))
    last = max((pair.end for pair in lines.pairs if pair.path[:2] == (ACCOUNTS, index)), default=header)
    before, after = text[: _start_with_comment(text, header)], text[_end_of_line(text, last) :]
    if not before.strip() or re.search(r"\n[ \t]*\r?\n\Z", before):
        after = re.sub(r"\A(?:[ \t]*\r?\n)+", "", after)
    return _verified(before + after, expected)


def account_names(text: str) -> list[str]:
    """List the accounts in the order of the file."""
    found = parsed_toml(text).get(ACCOUNTS, [])
    return [str(entry.get("name")) for entry in found] if isinstance(found, list) else []


def _edited(text: str, find: Callable[[Data], Data], table: Path, keys: Keys) -> str:
    for key, value in keys.items():
        before, expected = parsed_toml(text), parsed_toml(text)
        found = find(expected)
        if value is None:
            found.pop(key, None)
        else:
            found[key] = list(value) if isinstance(value, tuple) else value
        if value is not None or found != find(before):
            text = _verified(_with_key(text, table, key, value), expected)
    return text


def _with_key(text: str, table: Path, key: str, value: object) -> str:
    lines = TomlLines(text)
    pair = next((pair for pair in lines.pairs if pair.path == (*table, key)), None)
    if pair is not None and value is None:
        return text[: text.rfind("\n", 0, pair.start) + 1] + text[_end_of_line(text, pair.end) :]
    if pair is not None:
        return text[: pair.value] + toml_value(value) + text[pair.end :]
    inline, end = _span(lines, table), _line_end(text)
    if inline is not None:
        inner = text[inline[0] + 1 : inline[1] - 1].strip()
        pairs = ", ".join(part for part in (inner, f"{key} = {toml_value(value)}") if part)
        return f"{text[: inline[0]]}{{ {pairs} }}{text[inline[1] :]}"
    header = next((start for start, path in lines.headers if path == table), None)
    line = f"{key} = {toml_value(value)}{end}"
    if header is None:
        return _closed(text, end) + (end if text.strip() else "") + f"[{table[0]}]{end}{line}"
    last = max((pair.end for pair in lines.pairs if pair.path[:-1] == table), default=header)
    place = _end_of_line(text, last)
    return _closed(text[:place], end) + line + text[place:]


def _span(lines: TomlLines, path: Path) -> tuple[int, int] | None:
    return next(((pair.value, pair.end) for pair in lines.pairs if pair.path == path), None)


def _index_of(text: str, name: str) -> int:
    names = account_names(text)
    if name not in names:
        raise BadInput(reason=Phrase("config.toml has no account “{name}”.", name=name))
    return names.index(name)


def _verified(text: str, expected: Data) -> str:
    try:
        reads_as_expected = parsed_toml(text) == expected
    except BadInput:
        reads_as_expected = False
    if not reads_as_expected:
        raise BadConfig(FILE, "TOML", "it is written in a form that this program cannot change; do it by hand")
    return text


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _start_with_comment(text: str, header: int) -> int:
    """Return the start of a header, or of its comment if a blank line sets that off."""
    start = text.rfind("\n", 0, header) + 1
    above = text[:start].splitlines(keepends=True)
    comment: list[str] = []
    while above and above[-1].lstrip().startswith("#"):
        comment.append(above.pop())
    return start - len("".join(comment)) if not above or not above[-1].strip() else start


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _closed(text: str, end: str) -> str:
    """Return `text` with an end to its last line."""
    return text if not text or text.endswith("\n") else text + end
