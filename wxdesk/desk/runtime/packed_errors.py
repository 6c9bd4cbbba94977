"""Errors as text, to be raised again by another process in its own language."""

from typing import Any

import msgspec

from wxdesk.core.errors import Phrase, StoreError, WxdeskError


def packed_error(error: WxdeskError) -> str:
    """Encode an error with its sentence, values and attributes."""
    own = {name: _plain(value) for name, value in vars(error).items() if name != "values"}
    values = {name: _plain(value) for name, value in error.values.items()}
    named = {"error": type(error).__name__, "sentence": error.template}
    return msgspec.json.encode(named | {"values": values, "own": own}).decode()


def unpacked_error(text: str) -> WxdeskError:
    """Decode an error; of a kind that this version does not know, a `StoreError`."""
    found = msgspec.json.decode(text)
    values = {name: _read(value) for name, value in found["values"].items()}
    kind = _kinds(WxdeskError).get(found["error"])
    if kind is None:
        return StoreError(reason=Phrase(found.get("sentence", found["error"]), **values))
    made = kind.__new__(kind)
    WxdeskError.__init__(made, **values)
    vars(made).update(found["own"])
    return made


def _kinds(of: type[WxdeskError]) -> dict[str, type[WxdeskError]]:
    """Find all kinds of errors that this process knows, by their names."""
    return {of.__name__: of} | {name: kind for one in of.__subclasses__() for name, kind in _kinds(one).items()}


def _plain(value: object) -> object:
    if isinstance(value, Phrase):
        return {"sentence": value.sentence, "values": {name: _plain(one) for name, one in value.values.items()}}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _read(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, dict):
        return Phrase(value["sentence"], **{name: _read(one) for name, one in value["values"].items()})
    return value
