"""How a comparison is shown: by sign and colour, as plain text, in both looks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wxdesk.ui.editing.revisions.comparison import RevisionLine, RevisionSection, compare
from wxdesk.ui.editing.revisions.comparison_view import ComparisonView
from wxdesk.ui.look.appearance import apply
from wxdesk.ui.look.theme import Theme


@pytest.fixture
def view(qtbot: QtBot) -> ComparisonView:
    made = ComparisonView()
    made.resize(320, 160)
    qtbot.addWidget(made)
    made.show()
    return made


def show(view: ComparisonView, then: list[str], now: list[str]) -> None:
    sections = [(RevisionSection("Answer", tuple(RevisionLine(text) for text in texts)),) for texts in (then, now)]
    view.show_sections(compare(*sections))


def block(view: ComparisonView, beginning: str) -> QTextBlock:
    document = view.document()
    blocks = [document.findBlockByNumber(number) for number in range(document.blockCount())]
    return next(one for one in blocks if one.text().startswith(beginning))


def ground(view: ComparisonView, beginning: str) -> str:
    return block(view, beginning).blockFormat().background().color().name()


def test_each_line_has_its_sign(view: ComparisonView) -> None:
    show(view, ["stays", "went"], ["stays", "quite new"])
    assert view.toPlainText() == "Answer\n \tstays\n−\twent\n+\tquite new"


def test_the_colour_follows_the_sign_and_the_look(view: ComparisonView, qapp: QApplication) -> None:
    show(view, ["went"], ["quite new"])
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        apply(qapp, scheme)
        theme = Theme.of(scheme)
        assert ground(view, "−") == theme.color("failed_tint").name()
        assert ground(view, "+") == theme.color("accent_tint").name()


def test_what_people_wrote_is_never_markup(view: ComparisonView) -> None:
    wild = '<img src="file:///etc/passwd"><b>bold</b> &amp; {{ x }}'
    show(view, [wild], [wild])
    assert view.toPlainText() == f"Answer\n \t{wild}"


def test_a_word_without_a_space_breaks_and_nothing_is_out_of_sight(view: ComparisonView, qtbot: QtBot) -> None:
    show(view, ["x" * 2048], ["y" * 2048])
    qtbot.waitUntil(lambda: view.document().size().height() > view.height())
    assert view.horizontalScrollBar().maximum() == 0


def test_the_first_difference_is_in_sight(view: ComparisonView, qtbot: QtBot) -> None:
    same = tuple(RevisionLine(str(number)) for number in range(60))
    then = (RevisionSection("Same", same), RevisionSection("Other", (RevisionLine("went"),)))
    now = (RevisionSection("Same", same), RevisionSection("Other", (RevisionLine("quite new"),)))
    view.show_sections(compare(then, now))
    place = view.document().documentLayout().blockBoundingRect(block(view, "Other"))
    top = view.verticalScrollBar().value()
    assert top <= place.top() < top + view.viewport().height()
    show(view, ["went"], ["quite new"])
    assert view.verticalScrollBar().value() == 0
