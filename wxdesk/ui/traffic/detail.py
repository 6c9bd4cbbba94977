"""Detail beside the table: one request's body and the steps of its processing."""

import json
import re
import shlex
import sys
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextOption
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.push import BodyFormat
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, mono_font
from wxdesk.ui.traffic.steps import TrafficStep
from wxdesk.ui.widgets.boxes import AT_TOP, STRETCH, ColumnScroll, Frame, grid, hbox, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, SmallButton
from wxdesk.ui.widgets.copying import CopyButton, copy
from wxdesk.ui.widgets.fields.growing import GrowingText
from wxdesk.ui.widgets.labels import SELECTABLE, IconLabel, PlainLabel
from wxdesk.ui.wording.messages import short_openid

WIDTH = 380
MOST_LINES = 25
"""Lines of the body above which it scrolls by itself."""


class TrafficDetail(Frame):
    """Shows one line of the table, filled by the page.

    Signals:
        closed: the operator closes it (Esc, or the cross where it covers the table).
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("side", parent)
        self.setFixedWidth(WIDTH)
        self._title = PlainLabel(size=Size.TITLE, strong=True, elide=True)
        self.away = SmallButton("close", tr("Close"), self, then=self.closed)
        self._heading = PlainLabel(size=Size.SMALL, role="faint", strong=True)
        self.copy = Button(tr("Copy"), icon="copy", then=self._copy_body)
        self.curl = Button(tr("Copy as curl"), parent=self, then=self._copy_curl)
        self.curl.setToolTip(tr("Without secrets: signature, token, path and openids are left out"))
        self.curl.setVisible(sys.platform != "win32")  # quoted as a POSIX shell takes it
        self._curl = ""
        self.replay = Button(tr("Try in the rules of now"), icon="play")
        self.replay.setToolTip(tr("Shows what the rules would answer today. Nothing is sent."))
        self.save = Button(tr("Save as…"))
        self.save.hide()
        self.body = PushBodyText()
        self.steps = StepList()
        self._build()

    def _build(self) -> None:
        inner = Frame("flat")
        tools = hbox((self._heading, 1), self.save, self.copy)
        title = PlainLabel(tr("What happened"), size=Size.SMALL, role="faint", strong=True)
        body = vbox(tools, self.body, hbox(self.replay, self.curl, STRETCH, spacing=8), spacing=8)
        vbox(body, 8, title, self.steps, STRETCH, within=inner, spacing=8, margins=(16, 8, 16, 16))
        scroll = ColumnScroll(self, inner)
        scroll.viewport().setProperty("class", "flat")
        head = hbox((self._title, 1), self.away, margins=(16, 12, 12, 4))
        vbox(head, (scroll, 1), within=self, spacing=0, margins=(1, 0, 0, 0))

    def show_line(self, title: str, heading: str, text: str, steps: Sequence[TrafficStep], curl: str) -> None:
        """Show a line's texts; without `text` there is no body to show or copy."""
        self._curl = curl
        self._title.setText(title)
        self._heading.setText(heading)
        for widget in (self._heading, self.copy, self.body):
            widget.setVisible(bool(text))
        self.body.show_text(text)
        self.steps.show_steps(steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _copy_curl(self) -> None:
        copy(self._curl, self)

    def _copy_body(self) -> None:
        copy(self.body.toPlainText(), self)


class PushBodyText(GrowingText):
    """Text to read, select and copy; as tall as it needs up to a bound."""

    def __init__(self) -> None:
        super().__init__(range(1, MOST_LINES + 1), around=26)
        self.setReadOnly(True)
        self.setProperty("class", "well")
        self.setTextInteractionFlags(SELECTABLE)
        self.setFont(mono_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName(tr("Body of the push"))

    def show_text(self, text: str) -> None:
        """Show `text` from its beginning, if it has changed."""
        if text != self.toPlainText():
            self.setPlainText(text)


class StepList(QWidget):
    """The steps, one below the other."""

    def __init__(self, size: int = Size.SMALL) -> None:
        super().__init__()
        self._size = size
        self._shown: list[TrafficStep] = []
        self._grid = grid(across=12, down=7, names=72, within=self)

    def show_steps(self, steps: Sequence[TrafficStep]) -> None:
        """Show these steps."""
        if list(steps) == self._shown:
            return
        self._shown = list(steps)
        remove_widgets(self._grid)
        for row, step in enumerate(steps):
            name = PlainLabel(step.name, size=self._size, role="secondary", parent=self)
            text = PlainLabel(step.text, size=self._size, role=step.role, wrap=True, parent=self)
            text.setAccessibleName(f"{step.name}: {step.text}")
            self._grid.addWidget(name, row, 0, AT_TOP)
            self._grid.addWidget(self._with_icon(step, text), row, 1)
            if step.copy:
                button = CopyButton(step.text, step.name, self)
                self._grid.addWidget(button, row, 2, AT_TOP)

    def _with_icon(self, step: TrafficStep, text: PlainLabel) -> QWidget:
        if not step.icon:
            return text
        both = QWidget(self)
        icon = IconLabel(step.icon, step.role, self._size, both)
        icon.setFixedHeight(text.fontMetrics().height())
        hbox((icon, AT_TOP), (text, 1), within=both, spacing=4)
        return both


LONGEST = 20_000
"""Most characters shown; the largest accepted push has 64 KiB."""

_TOKEN = re.compile(r"<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+|<", re.DOTALL)
_SENDER = re.compile(r'"FromUserName"\s*:\s*"([^"\\]+)"|<FromUserName>\s*(?:<!\[CDATA\[)?\s*([^<>\]]+?)\s*[<\]]')
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters, which could disguise a text."""

_OPENID = re.compile(r"(?<![\w-])o[A-Za-z0-9_-]{27}(?![\w-])")


def as_curl(url: str, body: str, method: str = "POST") -> str:
    """Return a request as a command, whose secrets whoever runs it fills in."""
    return " ".join(("curl -X", method, shlex.quote(url), *(("--data-raw", shlex.quote(body)) if body else ())))


def call_as_curl(call: str, said: str) -> str:
    """Return a call to WeChat as a command, with the text of a reply, if it was one."""
    url, app = f"https://api.weixin.qq.com/cgi-bin/{call}", {"grant_type": "client_credential", "appid": "…"}
    match call:
        case "stable_token":
            return as_curl(url, json.dumps(app | {"secret": "…"}, ensure_ascii=False))
        case "token":
            return as_curl(f"{url}?grant_type=client_credential&appid=…&secret=…", "", "GET")
        case "media/get":
            return as_curl(f"{url}?access_token=…&media_id=…", "", "GET")
    sent = {"touser": "…", "msgtype": "text", "text": {"content": without_openids(said)}}
    return as_curl(f"{url}?access_token=…", json.dumps(sent, ensure_ascii=False) if said else "")


def readable(body: bytes, format: BodyFormat | None) -> str:  # noqa: A002 - the word of the records
    """Format `body` without whole openids; invisible characters become numbers."""
    text = body.decode("utf-8", "backslashreplace")
    if format is BodyFormat.JSON:
        text = _json(text)
    elif format is BodyFormat.XML:
        text = _xml(text)
    text = _INVISIBLE.sub(_numbered, without_openids(text))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _numbered(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def without_openids(text: str) -> str:
    """Shorten the sender and everything that has the shape of an openid."""
    for found in _SENDER.finditer(text):
        openid = found.group(1) or found.group(2)
        if len(openid) > 1:
            text = text.replace(openid, short_openid(openid))
    return _OPENID.sub(lambda found: short_openid(found.group()), text)


def _json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _xml(text: str) -> str:
    """Put elements on lines of their own, indented; CDATA sections are never touched."""
    lines: list[str] = []
    depth, closed = 0, True
    for token in _TOKEN.findall(text):
        if not token.strip():
            continue
        if not token.startswith("<") or token.startswith("<!["):
            lines.append(token if not lines else lines.pop() + token)
        elif token.startswith("</"):
            depth = max(0, depth - 1)
            lines.append("  " * depth + token if closed else lines.pop() + token)
            closed = True
        else:
            lines.append("  " * min(depth, 20) + token)
            closed = token.endswith(("/>", "?>"))
            depth += not closed
    return "\n".join(lines)
