"""Preview of a message or a reply as the contact will see it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES
from wxdesk.core.model.reply import Content
from wxdesk.i18n import ntr, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.layout import ContentLayout, lay_out_content
from wxdesk.ui.content.painting import paint_content
from wxdesk.ui.content.pieces import ContentPiece, Paragraph, pieces_of_content
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.painting import paint_box, painting

_PAD_X, _PAD_Y = 12, 9
_WIDTH = 212


def cost_text(replies: int, size: str = "") -> str:
    """Return the size in bytes, if there is a text, and the replies taken, in words."""
    takes = ntr("takes {n} reply", "takes {n} replies", replies)
    return tr("{size} / {limit} bytes", size=size, limit=TEXT_LIMIT_BYTES) + " · " + takes if size else takes


class ContentPreview(QWidget):
    """Widget that paints content as bubbles do, as high as the content needs.

    `fill` and `line` are roles of the theme.
    """

    def __init__(
        self, album: Album, parent: QWidget | None = None, *, fill: str = "window", line: str = "line"
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._fill = fill
        self._line = line
        self.content = Content()
        self._pieces: Sequence[ContentPiece] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # the hint is for another width
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        album.ready.connect(self._repaint)

    def show_content(self, content: Content) -> None:
        """Show another content, as a contact sees it."""
        if content != self.content:
            self.content = content
            self.show_pieces(pieces_of_content(content))

    def show_pieces(self, pieces: Sequence[ContentPiece]) -> None:
        """Show other pieces."""
        self._pieces = pieces
        texts = [piece.text for piece in pieces if isinstance(piece, Paragraph)]
        self.setAccessibleName(tr("Preview: {text}", text=", ".join(texts)))
        self.updateGeometry()
        self.update()

    def fit_width(self, widest: int) -> None:
        """Take the width that the content needs, `widest` at most, and its height."""
        width = self._bubble_width(widest)
        self.setFixedSize(width, self.heightForWidth(width))

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, self.heightForWidth(_WIDTH))

    def heightForWidth(self, width: int) -> int:
        return round(self._laid_out(width).height) + 2 * _PAD_Y + 2

    def paintEvent(self, _event: QPaintEvent) -> None:
        layout = self._laid_out(self.width())
        with painting(self) as painter:
            bubble = QRectF(0.5, 0.5, self._bubble_width(self.width()) - 1, layout.height + 2 * _PAD_Y + 1)
            paint_box(painter, bubble, Measure.BUBBLE_RADIUS, self._fill, self._line)
            paint_content(painter, layout, QPointF(_PAD_X, _PAD_Y), "text", self._album.picture)

    def _bubble_width(self, widest: int) -> int:
        return min(widest, round(self._laid_out(widest).width + 0.5) + 2 * _PAD_X + 2)

    def _laid_out(self, width: int) -> ContentLayout:
        return lay_out_content(self._pieces, max(60, width - 2 * _PAD_X))

    def _repaint(self, _digest: str) -> None:
        self.update()
