"""The window's tests stand on the same ground here."""

from tests.ui.conftest import (
    _collected_here,
    _light,
    _nothing_left,
    _settled_heap,
    appearance,
    bridge,
    facts,
    host,
    notices,
    qapp,
    window,
    world,
)

__all__ = [
    "_collected_here",
    "_light",
    "_nothing_left",
    "_settled_heap",
    "appearance",
    "bridge",
    "facts",
    "host",
    "notices",
    "qapp",
    "window",
    "world",
]
