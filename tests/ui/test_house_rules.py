"""What no file of the window may do, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "wxdesk" / "ui"
SOURCES = sorted(UI.rglob("*.py"))

RICH_TEXT = {"QMessageBox", "QErrorMessage", "QInputDialog", "QTextBrowser"}
"""Classes that guess rich text, or stop the loop."""

NESTED_LOOPS = {"exec", "exec_", "processEvents", "getOpenFileName", "getSaveFileName", "getText", "asyncSlot"}


def _name(path: Path) -> str:
    return str(path.relative_to(UI))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


@pytest.fixture(params=SOURCES, ids=_name)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_nothing_runs_a_loop_inside_the_loop(path: Path) -> None:
    assert set(_names(ast.parse(path.read_text(encoding="utf-8")))) & NESTED_LOOPS == set()


def test_every_dialog_lets_the_emergency_stop_through(path: Path) -> None:
    bases = {
        base.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and (_name(path), node.name) != ("widgets/dialogs/dialog.py", "Dialog")
    }
    assert "QDialog" not in bases


def test_text_is_never_guessed_to_be_rich(path: Path) -> None:
    banned = RICH_TEXT if path.name == "labels.py" else RICH_TEXT | {"QLabel"}
    assert set(_names(ast.parse(path.read_text(encoding="utf-8")))) & banned == set()


def test_colours_are_named_in_one_place(path: Path) -> None:
    if path.name == "theme.py":
        pytest.skip("this is the place")
    found = re.findall(
        r"#[0-9A-Fa-f]{6}\b|\brgba?\(|QColor\(\s*\d|GlobalColor\.(?!transparent)", path.read_text("utf-8")
    )
    assert found == []


NO_WIDGET = {"notifications/service.py"}
"""Speaks to the system's notification service, on a thread and loop of its own."""


def test_widgets_hold_no_coroutines_and_no_style_sheets(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and _name(path) not in NO_WIDGET]
    assert [n.name for one in classes for n in ast.walk(one) if isinstance(n, ast.AsyncFunctionDef)] == []
    if path.name != "appearance.py":
        assert "setStyleSheet" not in set(_names(tree))


def test_signals_are_not_connected_to_lambdas(path: Path) -> None:
    """A closure on a signal keeps its widget alive for ever."""
    found = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and any(isinstance(argument, ast.Lambda) for argument in node.args)
    ]
    assert found == []


def test_qasync_is_named_in_one_file(path: Path) -> None:
    imports = {node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)}
    assert ("qasync" in imports) is (path.name == "loop.py")
