"""Errors as text, to be raised again by another process in its own language."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from wxdesk.core.errors import Phrase, StoreError, WxdeskError

type Value = str | int | float | bool | Phrase | None


class PackedError(Struct, frozen=True):
    """An error by the name of its kind, its sentence, values and attributes."""

    error: str
    sentence: str
    values: Mapping[str, Value]
    own: Mapping[str, Value]


def packed_error(error: WxdeskError) -> str:
    """Encode an error with its sentence, values and attributes."""
    own = {name: value for name, value in vars(error).items() if name != "values"}
    packed = PackedError(type(error).__name__, error.template, error.values, own)  # type: ignore[arg-type]
    return msgspec.json.encode(packed, enc_hook=str).decode()


def unpacked_error(text: str) -> WxdeskError:
    """Decode an error; of a kind that this version does not know, a `StoreError`."""
    found = msgspec.json.decode(text, type=PackedError)
    kind = _kinds(WxdeskError).get(found.error)
    if kind is None:
        return StoreError(reason=Phrase(found.sentence, **found.values))
    made = kind.__new__(kind)
    WxdeskError.__init__(made, **found.values)
    vars(made).update(found.own)
    return made


def _kinds(of: type[WxdeskError]) -> dict[str, type[WxdeskError]]:
    """Find all kinds of errors that this process knows, by their names."""
    return {of.__name__: of} | {name: kind for one in of.__subclasses__() for name, kind in _kinds(one).items()}
