"""Keys of the commands, each known by its usual one, as the operator chose them."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from wxdesk import i18n

ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
"""Both keys of that name."""

FIXED = frozenset(
    {"Enter", "Shift+Enter", "Escape", "Delete", "Space", "/", "Alt+↑", "Alt+↓", "Alt+Enter", "Ctrl+Enter"}
    | {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+C", "Ctrl+Shift+C", "Ctrl++", "Ctrl+=", "Ctrl+-", "Ctrl+0"}
)
"""Keys that mean the same in each place of the window; none of them is changed."""

USUAL = frozenset(
    {*(f"Ctrl+{key}" for key in "1234567,/.DEFGJKLNOQRST"), *(f"Ctrl+Shift+{key}" for key in "EGLMNP")}
    | {*(f"F{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)), *(f"Shift+F{n}" for n in (3, 4, 5))}
    | {"Alt+Down", "Alt+Up", "Alt+Shift+Down", "Alt+Shift+Up", "Ctrl+Shift+Enter"}
)
"""Usual keys of commands that can have another, each one command's in the window."""

_WRITING = FIXED | {"Ctrl+A", "Ctrl+V", "Ctrl+X", "Ctrl+Y"}
_MOVING = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
_SIGNS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}
_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_own: dict[str, str] = {}


def use(own: Mapping[str, str]) -> None:
    """Use the operator's keys, by the usual ones, from now on."""
    _own.clear()
    _own.update(own)
    i18n.name_keys({key_words(usual): key_words(key) for usual, key in own.items()})


def own_keys() -> dict[str, str]:
    """Return the operator's keys, by the usual ones that they replace."""
    return dict(_own)


def own_key(usual: str) -> str:
    """Return the operator's key for a command."""
    return _own.get(usual, usual)


def sequence(key: str) -> QKeySequence:
    """Return Qt's form of a key as the window writes it."""
    return QKeySequence(key.replace("Enter", "Return").replace("↑", "Up").replace("↓", "Down"))


def key_words(key: str) -> str:
    """Return a key as sentences name it, in every language."""
    portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    return "+".join(_SIGNS.get(part, part) for part in portable.split("+")) or key


def is_pressed(event: QKeyEvent, usual: str) -> bool:
    """True if this is the operator's key for a command."""
    return QKeySequence(event.keyCombination()) == sequence(own_key(usual))


def is_for_commands(wanted: QKeySequence) -> bool:
    """True for a key that writes and moves nothing: with Ctrl or Alt, or F1 to F12."""
    if wanted.count() != 1 or any(wanted == sequence(key) for key in _WRITING):
        return False
    pressed = wanted[0]  # type: ignore[index]
    if Qt.Key.Key_F1 <= pressed.key() <= Qt.Key.Key_F12:
        return True
    return bool(pressed.keyboardModifiers() & _COMMAND) and pressed.key() not in _MOVING


def stored(own: Mapping[str, str]) -> str:
    """Return keys as they are stored."""
    return " ".join(f"{usual}={key}" for usual, key in own.items())


def read(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read stored keys; return also what is of no use, since people change the file.

    Two commands never have one key: of those which would, each has its usual one.
    """
    own, useless = dict[str, str](), list[str]()
    for pair in text.split():
        usual, _, key = pair.partition("=")
        if usual in USUAL and usual not in own and is_for_commands(sequence(key)):
            own[usual] = key
        else:
            useless.append(pair)
    while True:
        keys = Counter(sequence(own.get(usual, usual)) for usual in USUAL)
        doubled = [usual for usual, key in own.items() if keys[sequence(key)] > 1]
        if not doubled:
            return own, tuple(useless)
        useless += (f"{usual}={own.pop(usual)}" for usual in doubled)
