"""The album: pictures read small, in a fraction of their size, and never drawings or bombs."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import ask_at_once
from tests.ui.inbox.test_pictures import png
from wxdesk.ui.content.album import Album, read_picture
from wxdesk.ui.inbox.timeline.dialogs import LARGEST
from wxdesk.ui.runtime.bridge import Bridge


def test_pictures_are_read_small_and_away_from_the_window(qtbot: QtBot, bridge: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(png(1200, 300))

    async def find(digest: str) -> Path | None:
        return {"d": path}.get(digest)

    album = Album(find, bridge.ask)
    assert album.picture("d", QSize(200, 150)) is None
    with qtbot.waitSignal(album.ready) as ready:
        pass
    assert ready.args == ["d"]
    image = album.picture("d", QSize(200, 150))
    assert image is not None
    assert image.size() == QSize(200, 50)
    with qtbot.waitSignal(album.ready):
        album.picture("gone", QSize(200, 150))
    gone = album.picture("gone", QSize(200, 150))
    assert gone is not None
    assert gone.isNull()


def test_pictures_in_sight_are_read_first(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    read: list[str] = []
    waiting: list[tuple[Coroutine[Any, Any, QImage], Callable[[QImage], None]]] = []

    async def find(digest: str) -> Path:
        read.append(digest)
        return path

    album = Album(find, lambda work, done, _: waiting.append((work, done)))
    for number in range(5):
        album.picture(str(number), QSize(50, 50))
    album.picture("1", QSize(50, 50))
    while waiting:
        assert len(waiting) <= 2
        work, done = waiting.pop(0)
        done(asyncio.run(work))
    assert read == ["0", "1", "4", "3", "2"]


def test_small_pictures_are_not_blown_up_and_turned_ones_stand_upright(tmp_path: Path) -> None:
    small, turned = tmp_path / "small.png", tmp_path / "turned.jpg"
    small.write_bytes(png(20, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    Image.new("RGB", (400, 200)).save(turned, "JPEG", exif=exif)
    assert read_picture(small, QSize(200, 150)).size() == QSize(20, 10)
    assert read_picture(turned, QSize(100, 60)).size() == QSize(30, 60)


def test_a_photograph_of_50_million_pixels_is_shown_in_half_of_its_size(tmp_path: Path) -> None:
    photo, turned = tmp_path / "photo.jpg", tmp_path / "turned.jpg"
    image = Image.new("RGB", (8_160, 6_120))
    image.save(photo, "JPEG")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(turned, "JPEG", exif=exif)
    assert read_picture(photo, LARGEST).size() == QSize(4_080, 3_060)
    assert read_picture(turned, LARGEST).size() == QSize(3_060, 4_080)
    assert read_picture(photo, QSize(200, 200)).size() == QSize(200, 150)


def test_drawings_and_bombs_are_not_opened(tmp_path: Path) -> None:
    drawing, bomb = tmp_path / "drawing.png", tmp_path / "bomb.png"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert read_picture(drawing, QSize(50, 50)).isNull()
    assert read_picture(bomb, QSize(50, 50)).isNull()


def test_the_album_keeps_a_bounded_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wxdesk.ui.content.album.CACHE_BYTES", 3 * 100 * 100 * 4)
    path = tmp_path / "a.png"
    path.write_bytes(png(100, 100))

    async def find(_digest: str) -> Path:
        return path

    album = Album(find, ask_at_once)
    for number in range(6):
        assert album.picture(str(number), QSize(100, 100)) is None
    assert album.picture("5", QSize(100, 100)) is not None
    assert album.picture("0", QSize(100, 100)) is None
