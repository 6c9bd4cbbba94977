from __future__ import annotations

import re

import pytest

from wxdesk.desk.emoticons import normaliser, read_emoticons

TABLE = read_emoticons()
NORMALISER = normaliser(TABLE)


def test_the_table_is_whole() -> None:
    codes = [emoticon.code for emoticon in TABLE if emoticon.code]
    assert len(codes) == len(set(codes)) == 105
    assert len(TABLE) == 150
    assert len({emoticon.zh for emoticon in TABLE}) == 150
    assert all(re.fullmatch(r"/:[!-~]+", code) for code in codes)


def test_no_code_begins_another() -> None:
    codes = [emoticon.code for emoticon in TABLE if emoticon.code]
    assert not [(one, other) for one in codes for other in codes if one != other and other.startswith(one)]


@pytest.mark.parametrize("marker", sorted({marker for emoticon in TABLE for marker in emoticon.markers}))
def test_every_marker_is_taken_out_whole(marker: str) -> None:
    assert NORMALISER(f"谢谢{marker}") == "谢谢"
    assert NORMALISER(f"{marker}谢谢{marker}{marker}") == "谢谢"
    assert NORMALISER(marker) != ""


@pytest.mark.parametrize(
    "marker", ["/::)", "/:rose", "/::'(", "/:--b", "/:<W>", "[捂脸]", "[Facepalm]", "[掩面]", "[Let Down]", "[Yeah!]"]
)
def test_known_markers_are_in_the_table(marker: str) -> None:
    assert marker in {known for emoticon in TABLE for known in emoticon.markers}


@pytest.mark.parametrize("text", ["[20461]", "[退款]", "/:xyz", "https://shop.example/:ok?x=/:no", "pages/a/:v"])
def test_ordinary_text_stays(text: str) -> None:
    assert NORMALISER(text) == text
