"""What bubbles hold: links by their labels where this desk wrote them, plain text where a contact did."""

from collections.abc import Iterator

import pytest
from msgspec.structs import force_setattr
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, ask_at_once, clock, message, no_file, reply
from wxdesk.core.content.text_links import TextLink
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind, ReplyState
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.pieces import LinkSpan, Paragraph, ParagraphStyle, PictureFrame, PicturePiece, pieces_of_content
from wxdesk.ui.inbox.timeline.bubbles.layout import lay_out, openable_in, pieces_of
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, entries_of
from wxdesk.ui.inbox.timeline.model import TimelineModel
from wxdesk.ui.inbox.timeline.view import TimelineView

SITE = '😀见<a href="https://a.cn/?x=1&y=2">官网</a>'


def entry_of(item: object) -> TimelineEntry:
    return entries_of([item], NOW)[-1]  # type: ignore[list-item]


def test_our_links_show_their_labels() -> None:
    shown = entry_of(reply(1, ReplyState.SENT, text=SITE))
    link = TextLink("官网", "https://a.cn/?x=1&y=2")
    assert pieces_of(shown) == (Paragraph("😀见官网", spans=(LinkSpan(3, 2, link),)),)  # an emoji is two UTF-16 units
    assert shown.text == "😀见官网"


def test_a_contacts_markup_is_text() -> None:
    said = entry_of(message(1, text=SITE))
    assert pieces_of(said) == (Paragraph(SITE),)
    assert openable_in(said) == ()


def test_links_and_cards_are_shown_by_their_parts() -> None:
    link = Content(ReplyKind.LINK, title="新品", description="快来", url="https://a.cn/x", thumb_url="https://a.cn/t")
    assert pieces_of_content(link) == (
        Paragraph("新品", ParagraphStyle.TITLE),
        Paragraph("快来", ParagraphStyle.NOTE),
        Paragraph(
            "https://a.cn/x", ParagraphStyle.NOTE, (LinkSpan(0, 14, TextLink("https://a.cn/x", "https://a.cn/x")),)
        ),
    )
    card = Content(ReplyKind.CARD, title="订单", page_path="pages/order?id=1", thumb_picture="d1")
    assert pieces_of_content(card) == (
        Paragraph("订单", ParagraphStyle.TITLE),
        PicturePiece("d1", PictureFrame.COVER, "Picture"),
        Paragraph("Mini program · pages/order?id=1", ParagraphStyle.NOTE),
    )
    sent = message(1, text="", msg_type="miniprogrampage", fields={"Title": "商品", "PagePath": "pages/goods"})
    force_setattr(sent, "type", MessageType.CARD)
    assert [piece.text for piece in pieces_of(entry_of(sent)) if isinstance(piece, Paragraph)] == [
        "商品",
        "Mini program · pages/goods",
    ]


def test_a_link_is_found_under_the_mouse_and_nothing_beside_it() -> None:
    content = lay_out(entry_of(reply(1, ReplyState.SENT, text=SITE)), 600).content
    assert content is not None
    found = [content.span_at(QPointF(x, content.height / 2)) for x in range(int(content.width))]
    assert found[0] is None
    assert found[-2] is not None
    assert found[-2].link.url == "https://a.cn/?x=1&y=2"
    assert content.span_at(QPointF(content.width + 30, 5)) is None


def test_pieces_stay_within_the_bubble() -> None:
    card = Content(ReplyKind.CARD, title="订" * 60, page_path="pages/" + "x" * 300, thumb_picture="d1")
    for width in (240, 360, 900):
        row = lay_out(entry_of(reply(1, ReplyState.SENT, content=card)), width)
        assert row.content is not None
        for box in row.content.boxes:
            assert row.bubble.contains(box.rect.translated(row.content_at))
        for block in row.content.blocks:
            assert row.content_at.x() + block.width <= row.bubble.right()


class Browser(QObject):
    """Takes what would go to the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url)


@pytest.fixture
def browser(qapp: object) -> Iterator[Browser]:
    made = Browser()
    for scheme in ("http", "https"):
        QDesktopServices.setUrlHandler(scheme, made, "open")  # type: ignore[arg-type]  # the stub says bytes, Qt wants str
    yield made
    for scheme in ("http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


def test_a_link_is_opened_only_after_its_address_was_shown(qtbot: QtBot, host: QWidget, browser: Browser) -> None:
    dialog = LinkDialog(TextLink("官网", "https://a.cn/?x=1&y=2"), host)
    dialog.open()
    assert dialog.address.toPlainText() == "https://a.cn/?x=1&y=2"
    assert browser.opened == []
    assert dialog.open_it.isVisible()
    dialog.open_it.click()
    assert browser.opened == [QUrl("https://a.cn/?x=1&y=2")]


@pytest.mark.parametrize(
    "link",
    [
        TextLink("x", "file:///etc/passwd"),
        TextLink("x", "javascript:alert(1)"),
        TextLink("x", "https://a.cn", "wx0", "pages/index"),
    ],
)
def test_a_link_to_no_web_address_cannot_be_opened(qtbot: QtBot, host: QWidget, link: TextLink) -> None:
    dialog = LinkDialog(link, host)
    dialog.open()
    assert not dialog.open_it.isVisible()
    dialog.reject()


def test_enter_on_a_bubble_asks_for_its_link(qtbot: QtBot) -> None:
    model = TimelineModel(clock)
    view = TimelineView(model, Album(no_file, ask_at_once))
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    model.show(entries_of([reply(1, ReplyState.SENT, text=SITE)], NOW))
    view.focus_last()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert [one.address.toPlainText() for one in view.findChildren(LinkDialog)] == ["https://a.cn/?x=1&y=2"]
    row = view.bubbles.layout_of(model.rows()[-1])
    assert row.content is not None
    at = row.content_at + QPointF(row.content.width - 5, row.content.height / 2)
    place = view.visualRect(model.index(1)).topLeft() + QPoint(int(at.x()), int(at.y()))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(view.findChildren(LinkDialog)) == 2
