"""Rules for every file of the window, read from the source."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

UI = Path(__file__).parents[2] / "wxdesk" / "ui"
SOURCES = {path.relative_to(UI).as_posix(): path for path in sorted(UI.rglob("*.py"))}

RICH_TEXT = frozenset({"QMessageBox", "QErrorMessage", "QInputDialog", "QTextBrowser"})
"""Classes that guess rich text, or stop the loop."""

NESTED_LOOPS = frozenset(
    {"exec", "exec_", "processEvents", "getOpenFileName", "getSaveFileName", "getText", "asyncSlot"}
)

LABELS = "widgets/labels.py"
PASTED = "content/picture_intake.py"  # which looks whether a page was copied
PLAIN_FIELD = "widgets/fields/growing.py"  # which pastes the words of a page
OWN_PAGES = "widgets/dialogs/documentation.py"
PALETTE = "look/theme.py"
STYLE_SHEETS = "look/appearance.py"
LOOP = "runtime/loop.py"
NO_WIDGET = "notifications/service.py"
"""Speaks to the system's notification service, on a thread and loop of its own."""


@cache
def _text(name: str) -> str:
    return SOURCES[name].read_text(encoding="utf-8")


@cache
def _nodes(name: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(_text(name))))


@cache
def _names(name: str) -> frozenset[str]:
    """Every name that a file uses, reads as an attribute or imports."""
    return frozenset(_identifiers(name))


def _identifiers(name: str) -> Iterator[str]:
    for node in _nodes(name):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def _using(names: frozenset[str]) -> Mapping[str, set[str]]:
    """The files that use some of these names, with those that they use."""
    return {name: set(found) for name in SOURCES if (found := _names(name) & names)}


def _classes(name: str) -> list[ast.ClassDef]:
    return [node for node in _nodes(name) if isinstance(node, ast.ClassDef)]


def test_nothing_runs_a_loop_inside_the_loop() -> None:
    assert _using(NESTED_LOOPS) == {}, "show a Dialog (ui/widgets/dialogs/dialog.py), and go on in its signal"


def test_every_dialog_lets_the_emergency_stop_through() -> None:
    dialogs = [
        f"{name} {node.name}"
        for name in SOURCES
        for node in _classes(name)
        if any(isinstance(base, ast.Name) and base.id == "QDialog" for base in node.bases)
    ]
    assert dialogs == ["widgets/dialogs/dialog.py Dialog"], "derive from Dialog, not from QDialog"


def test_text_is_never_guessed_to_be_rich() -> None:
    assert _using(RICH_TEXT) == {OWN_PAGES: {"QTextBrowser"}}, "nothing that others have written is shown there"
    assert list(_using(frozenset({"QLabel"}))) == [LABELS], "use PlainLabel"
    readers = [PASTED, NO_WIDGET, PLAIN_FIELD, LABELS]
    assert list(_using(frozenset({"html"}))) == readers, "a tooltip's text goes through plain_tip"


def test_colours_are_named_in_one_place() -> None:
    colour = re.compile(r"#[0-9A-Fa-f]{6}\b|\brgba?\(|QColor\(\s*\d|GlobalColor\.(?!transparent)")
    assert [name for name in SOURCES if colour.search(_text(name))] == [PALETTE], "name a colour there, by its role"


def test_widgets_hold_no_coroutines_and_no_style_sheets() -> None:
    coroutines = [
        f"{name} {node.name}.{one.name}"
        for name in SOURCES
        if name != NO_WIDGET
        for node in _classes(name)
        for one in ast.walk(node)
        if isinstance(one, ast.AsyncFunctionDef)
    ]
    assert coroutines == [], "hand a coroutine of the desk to bridge.ask, with a method for its result"
    assert list(_using(frozenset({"setStyleSheet"}))) == [STYLE_SHEETS], "give the widget a class or a property there"


def test_signals_are_not_connected_to_lambdas() -> None:
    """A closure on a signal keeps its widget alive for ever."""
    found = [
        f"{name}:{node.lineno}"
        for name in SOURCES
        for node in _nodes(name)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and any(isinstance(argument, ast.Lambda) for argument in node.args)
    ]
    assert found == [], "connect a bound method or a functools.partial"


def test_qasync_is_named_in_one_file() -> None:
    imports = ((name, node) for name in SOURCES for node in _nodes(name) if isinstance(node, ast.ImportFrom))
    assert {name for name, node in imports if node.module == "qasync"} == {LOOP}
