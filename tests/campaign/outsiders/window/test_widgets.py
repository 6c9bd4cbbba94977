"""Each part of the window that shows words of outsiders shows them to the letter, and opens nothing."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextDocumentFragment, QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.campaign.outsiders.hostile import as_kept, hostile_texts, watched
from tests.conftest import Sized
from wxdesk.i18n import tr
from wxdesk.ui.inbox.details.contact import TagRow
from wxdesk.ui.widgets.fields.word_chips import WordChip
from wxdesk.ui.widgets.fitting_label import FittingLabel, StatusDot
from wxdesk.ui.widgets.labels import PlainLabel, positions_in

TEXTS = (30, 218, 218)
"""How many texts of the corpus are shown in each size of the campaign."""

WIDTH = 600
WIDEST = 100_000
"""Pixels, far more than any screen has, far less than a table of an outsider's could have."""


def label(text: str, host: QWidget) -> QWidget:
    return PlainLabel(text, parent=host)


def cut_label(text: str, host: QWidget) -> QWidget:
    made = PlainLabel(text, elide=True, parent=host)
    made.resize(40, 20)
    return made


def wrapped_label(text: str, host: QWidget) -> QWidget:
    return PlainLabel(text, wrap=True, parent=host)


def fitting_label(text: str, host: QWidget) -> QWidget:
    made = FittingLabel(elide=True, parent=host)
    made.show_wordings([text, text], cut_last=True)
    made.resize(40, 20)
    return made


def status_dot(text: str, host: QWidget) -> QWidget:
    made = StatusDot(host)
    made.show_state("failed", text, text)
    return made


def tag(text: str, host: QWidget) -> QWidget:
    row = TagRow()
    row.setParent(host)
    row.show_tags((text,))
    return row._chips[0]


def word(text: str, host: QWidget) -> QWidget:
    return WordChip(text, ground="accent_tint", ink="text", parent=host)


MADE: tuple[Callable[[str, QWidget], QWidget], ...] = (
    label,
    cut_label,
    wrapped_label,
    fitting_label,
    status_dot,
    tag,
    word,
)


@pytest.mark.campaign
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_texts_of_outsiders_are_shown_to_the_letter(
    make: Callable[[str, QWidget], QWidget], qtbot: QtBot, sized: Sized, tmp_path: Path
) -> None:
    host = QWidget()
    host.resize(WIDTH, 400)
    qtbot.addWidget(host)
    host.show()
    wrong: list[str] = []
    with watched(tmp_path) as bait:
        for one in hostile_texts(sized(*TEXTS)):
            text = one.aimed(bait)[:4000]
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            shown = make(text, host)
            shown.show()
            shown.grab()
            faults = list(not_literal(shown, text))
            shown.setParent(None)
            shown.deleteLater()
            wrong += [f"{one.kind} {text[:60]!r}: {fault}" for fault in faults]
    assert wrong == []


@pytest.mark.campaign
def test_texts_of_outsiders_do_not_move_the_words_around_them(sized: Sized, qapp: QApplication) -> None:
    before, behind = "Customer: ", ". Paid 12.50"
    for one in hostile_texts(sized(*TEXTS)):
        text = as_kept(one.text)[:500]
        line = tr("{said}. {more}", said=tr("Customer: {said}", said=text), more="Paid 12.50").splitlines()[0]
        layout = QTextLayout(line, QFont("sans"))
        layout.beginLayout()
        [drawn] = [layout.createLine()]
        layout.endLayout()
        places = [float(drawn.cursorToX(at)[0]) for at in range(positions_in(line) + 1)]  # type: ignore[index]
        for part in (before, behind):
            if part in line:
                at = positions_in(line[: line.rindex(part)])
                own = places[at : at + len(part) + 1]
                assert own == sorted(own), (one.kind, text)
                others = places[:at] + places[at + len(part) :]
                assert not [x for x in others if own[0] < x < own[-1]], (one.kind, text)


@pytest.mark.skipif(sys.platform != "linux", reason="openings of a file are noticed on Linux only")
def test_a_label_that_guesses_would_be_noticed(qtbot: QtBot, tmp_path: Path) -> None:
    def guess() -> None:
        with watched(tmp_path) as bait:
            guessing = QLabel(f"<img src='file://{bait.file}'>")
            qtbot.addWidget(guessing)
            guessing.grab()

    with pytest.raises(AssertionError, match="the file"):
        guess()


def not_literal(root: QWidget, text: str) -> Iterator[str]:
    """Name what of a widget does not say `text` to the letter, or a part of it where it is cut."""
    for widget in (root, *root.findChildren(QWidget)):
        name = type(widget).__name__
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            yield f"{name} guesses rich text"
        if isinstance(widget, QPushButton | QToolButton) and not is_part(drawn(widget.text()), text):
            yield f"{name} draws {drawn(widget.text())!r}"
        if (tip := widget.toolTip()) and not is_part(text, in_tooltip(tip)):
            yield f"{name} tells {in_tooltip(tip)[:80]!r} by {tip[:80]!r}"
        if widget.sizeHint().width() > WIDEST:
            yield f"{name} is {widget.sizeHint().width()} wide"


def is_part(text: str, whole: str) -> bool:
    return seen(text.removesuffix("…")) in seen(whole)


def seen(text: str) -> str:
    """Return the characters that leave ink."""
    return "".join(one for one in text if one.isprintable() and not one.isspace() and one != "\ufffd")


def drawn(words: str) -> str:
    """Return what a button shows of its text: a mark before a letter makes a key of it and is not seen."""
    return re.sub("&(.?)", r"\1", words, flags=re.DOTALL)


def in_tooltip(tip: str) -> str:
    """Return what Qt's tooltip shows; empty if Qt has to guess whether there is markup."""
    if tip.startswith("<span"):
        return QTextDocumentFragment.fromHtml(tip).toPlainText()
    return "" if "<" in tip or "&lt;" in tip else tip
