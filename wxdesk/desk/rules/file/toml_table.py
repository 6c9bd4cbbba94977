"""Tables of a rules file: typed access by known keys.

A mistake is raised with its path, from which `wxdesk.toml.lines` finds the line.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from wxdesk.core.errors import Phrase, Text
from wxdesk.toml import Path


class RulesFileMistake(Exception):
    """Mistake in a rules file: path, reason, and line inside a text (0: not in one)."""

    def __init__(self, path: Path, reason: Text, text_line: int = 0) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.text_line = text_line


class TomlTable:
    """A TOML table that knows its path and checks the types of its values."""

    def __init__(self, value: object, path: Path, known: tuple[str, ...]) -> None:
        if not isinstance(value, dict):
            raise RulesFileMistake(path, Phrase("A table in braces is expected here."))
        for key in value:
            if key not in known:
                reason = Phrase("“{key}” is not known here. Possible: {known}.", key=key, known=", ".join(known))
                raise RulesFileMistake((*path, key), reason)
        self._value: Mapping[str, object] = value
        self.path = path

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def mistake(self, reason: Text, *where: str | int) -> RulesFileMistake:
        """Return a mistake at a place in this table."""
        return RulesFileMistake((*self.path, *where), reason)

    def raw(self, key: str) -> object:
        """Return the value unchecked."""
        return self._value[key]

    def text(self, key: str) -> str:
        """Return a text; empty if it is missing."""
        return self._typed(key, "", "“{key}” must be a text in quotes.")

    def truth(self, key: str, otherwise: bool) -> bool:
        """Return true or false."""
        return self._typed(key, otherwise, "“{key}” must be true or false.")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty if it is missing."""
        value: list[str] = self._typed(key, [], "“{key}” must be a list of texts in brackets.")
        for index, item in enumerate(value):
            if not isinstance(item, str):
                raise self.mistake(Phrase("“{key}” must be a list of texts in brackets.", key=key), key, index)
        return tuple(value)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, or of a single text; never empty."""
        value = self._value.get(key)
        found = (value,) if isinstance(value, str) else self.texts(key)
        if not found:
            raise self.mistake(Phrase("“{key}” lists no words.", key=key), key)
        return found

    def number(self, key: str, otherwise: int = 0) -> int:
        """Return a whole number."""
        return self._typed(key, otherwise, "“{key}” must be a whole number.")

    def choice[Word: StrEnum](self, key: str, words: type[Word]) -> Word:
        """Return one member of a closed set."""
        value = self._value.get(key)
        if not isinstance(value, str) or value not in tuple(words):
            known = ", ".join(words)
            raise self.mistake(Phrase("“{key}” must be one of: {known}.", key=key, known=known), key)
        return words(value)

    def members[Word: StrEnum](self, key: str, names: tuple[str, ...], words: type[Word]) -> frozenset[Word]:
        """Return those members of a closed set that a list has the names of."""
        for index, name in enumerate(names):
            if name not in tuple(words):
                reason = Phrase("“{key}” is not known here. Possible: {known}.", key=name, known=", ".join(words))
                raise self.mistake(reason, key, index)
        return frozenset(map(words, names))

    def table(self, key: str, known: tuple[str, ...]) -> "TomlTable":
        """Return a table inside this one."""
        return TomlTable(self._value[key], (*self.path, key), known)

    def tables(self, key: str, known: tuple[str, ...]) -> "list[TomlTable]":
        """Return a list of tables inside this one; empty if it is missing."""
        value: list[object] = self._typed(key, [], "“{key}” must be a list of tables in brackets.")
        return [TomlTable(item, (*self.path, key, index), known) for index, item in enumerate(value)]

    def _typed[T](self, key: str, otherwise: T, sentence: str) -> T:
        """Return a value of the type of its default, else refuse it by `sentence`."""
        value = self._value.get(key, otherwise)
        if type(value) is not type(otherwise):  # for `isinstance`, true is a number
            raise self.mistake(Phrase(sentence, key=key), key)
        return value


def one_or_more(texts: tuple[str, ...]) -> str | tuple[str, ...]:
    """Return the one text alone, or all of them."""
    return texts[0] if len(texts) == 1 else texts
