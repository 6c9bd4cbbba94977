"""Keys are called the same in every language, as the window's sentences call them."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from wxdesk.ui.widgets.labels import key_name
from wxdesk.ui.window import use_language


@pytest.fixture(params=["en", "zh_CN"])
def _in_a_language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    use_language(qapp, request.param)
    yield
    use_language(qapp, "en")


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS writes signs of its own")
@pytest.mark.usefixtures("_in_a_language")
@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        ("Ctrl+K", "Ctrl+K"),
        ("Alt+Shift+Down", "Alt+Shift+↓"),
        ("Alt+Up", "Alt+↑"),
        ("PgDown", "PgDown"),
        ("Enter", "Enter"),
        ("Escape", "Esc"),
        ("Ctrl+,", "Ctrl+,"),
        ("Ctrl++", "Ctrl++"),
        ("/", "/"),
    ],
)
def test_a_key_is_called_as_it_is_written_on_it(sequence: str, name: str) -> None:
    assert key_name(sequence) == name
