"""Column types for records' values, the same on both engines, and the metadata.

Times are whole microseconds since 1970 in UTC: exact, sortable, and without an engine's own idea of zones.
Nested records are JSON text. Text from outside is cleaned of what one engine or the other cannot hold, so
that no message can make its own storing impossible. Reading raises `UnreadableValue`.
"""

import json
from collections.abc import Collection, Set
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Dialect, MetaData, any_, bindparam, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import ARRAY, JSON, BigInteger, Integer, Text, TypeDecorator, TypeEngine

from wxdesk.core.errors import Phrase, UnreadableValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables, with the naming convention of their constraints."""


class Among(FunctionElement[bool]):
    """Condition that a column has one of `values`, or of the parameter of that name.

    They are one parameter, however many they are: an engine takes a limited number of parameters, and reads and plans
    a statement anew for each other number.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], values: Collection[Any] | str) -> None:
        kind = ARRAY(column.type).with_variant(JSON(), "sqlite")
        given = bindparam(values, type_=kind) if isinstance(values, str) else bindparam(None, list(values), kind)
        super().__init__(column, given)


@compiles(Among)
def _in_array(element: Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, values = element.clauses
    return compiler.process(column == any_(values), **more)


@compiles(Among, "sqlite")
def _in_json(element: Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, values = element.clauses
    return compiler.process(column.in_(func.json_each(values).table_valued("value").select()), **more)


def identity() -> TypeEngine[int]:
    """Return the type of an id; on SQLite it must be INTEGER to be the rowid."""
    return BigInteger().with_variant(Integer(), "sqlite")


def cleaned(text: str) -> str:
    """Replace NUL and lone surrogates, which PostgreSQL and UTF-8 refuse, by U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


class CleanText(TypeDecorator[str]):
    """Text from outside, cleaned when stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean the text."""
        return None if value is None else cleaned(value)


class Said(CleanText):
    """Sentence for `i18n.tr`: a phrase as JSON, a text as it is, as it always was."""

    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Encode a phrase, clean a text."""
        return cleaned(msgspec.json.encode(value).decode() if isinstance(value, Phrase) else str(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - a phrase or a text
        """Decode a phrase."""
        return msgspec.json.decode(value, type=Phrase) if value and value.startswith('{"sentence":') else value


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, exact to the microsecond; a naive one raises ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Count the microseconds since 1970."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        try:
            return None if value is None else EPOCH + timedelta(microseconds=value)
        except (TypeError, OverflowError):
            raise UnreadableValue from None


class _ConstantComparator(TypeDecorator.Comparator[Any], Text.Comparator[Any]):
    def operate(self, op: OperatorType, *other: Any, **more: Any) -> ColumnElement[Any]:  # noqa: ANN401
        return super().operate(op, *map(_as_constant, other), **more)


def _as_constant(value: Any) -> Any:  # noqa: ANN401 - whatever can be compared with a column
    if isinstance(value, StrEnum):
        return literal_column(f"'{value}'", Text)
    if isinstance(value, Set):
        value = sorted(value)  # so that a statement has one text only
    return list(map(_as_constant, value)) if isinstance(value, list | tuple) else value


class EnumText(TypeDecorator[StrEnum]):
    """A member of a StrEnum, stored as its value.

    A comparison has the value in the statement itself. If it were a parameter, SQLite would plan the statement again
    at each run, to see whether an index with a condition on the column (`WHERE state = 'held'`) fits the value.
    """

    impl = Text
    cache_ok = True
    comparator_factory = _ConstantComparator

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Return the member's value."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Return the member of the enum."""
        try:
            return None if value is None else self.words(value)
        except ValueError:
            raise UnreadableValue from None


class DerivedEnumText(EnumText):
    """A member of a StrEnum that the row tells elsewhere too: None if damaged."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Return the member of the enum."""
        return self.words(value) if value in tuple(self.words) else None


class JsonText(TypeDecorator[object]):
    """A record or collection of the core as JSON text, decoded into its own type."""

    impl = Text
    cache_ok = True

    def __init__(self, record: object) -> None:
        super().__init__()
        self.record = record
        self._decoder = msgspec.json.Decoder(record)

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Write JSON."""
        if value is None:
            return None
        try:
            return msgspec.json.encode(value).decode()
        except UnicodeEncodeError:
            return cleaned(json.dumps(msgspec.to_builtins(value), ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        """Read JSON."""
        try:
            return None if value is None else self._decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
            raise UnreadableValue from None
