"""The table of WeChat's emoticons and how their codes are shown."""

import re

import pytest

from wxdesk.emoticons import findable, named, normaliser, read_emoticons, readable

TABLE = read_emoticons()
NORMALISER = normaliser(TABLE)
ENGLISH, CHINESE = readable(TABLE, "en"), readable(TABLE, "zh_CN")


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
    gap = "" if marker.startswith(("/:", "[")) else " "
    assert NORMALISER(f"谢谢{gap}{marker}") == "谢谢"
    assert NORMALISER(f"{marker}谢谢{gap}{marker}{gap}{marker}") == "谢谢"
    assert NORMALISER(marker) != ""


@pytest.mark.parametrize(
    "marker", ["/::)", "/:rose", "/::'(", "/:--b", "/:<W>", "[捂脸]", "[Facepalm]", "[掩面]", "[Let Down]", "[Yeah!]"]
)
def test_known_markers_are_in_the_table(marker: str) -> None:
    assert marker in {known for emoticon in TABLE for known in emoticon.markers}


@pytest.mark.parametrize("text", ["[20461]", "[退款]", "/:xyz", "https://shop.example/:ok?x=/:no", "pages/a/:v"])
def test_ordinary_text_stays(text: str) -> None:
    assert NORMALISER(text) == text
    assert ENGLISH(text) == CHINESE(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://a.cn/[OK]/:v",
        "www.a.cn/:rose",
        "status[OK]",
        "[OK]s",
        "list[666]",
        "/:north",
        "/:value",
        "红色/可爱",
        "//大兵",
        "[微笑",
        "微笑]",
        "/::",
    ],
)
def test_what_only_looks_like_a_marker_is_shown_as_it_is(text: str) -> None:
    assert ENGLISH(text) == CHINESE(text) == text


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("你好/::)", "你好🙂", "你好🙂"),
        ("/::D/::d", "😁[白眼]", "😁[Slight]"),
        ("Thanks[Smile]", "Thanks🙂", "Thanks🙂"),
        ("[掩面][Facepalm][捂脸]", "🤦🤦🤦", "🤦🤦🤦"),
        ("[Let Down] /:–b/:-b/:--b", "😔 [冷汗][冷汗][冷汗]", "😔 [Blush][Blush][Blush]"),
        ("[Ruthless]/::+[酷]", "[酷][酷][酷]", "[Ruthless][Ruthless][Ruthless]"),
        ("收到[OK]/:ok, /:no!", "收到👌👌, 🙅!", "收到👌👌, 🙅!"),
        ("thanks/:rose/:rose", "thanks🌹🌹", "thanks🌹🌹"),
        ("/可爱 /大兵", "[愉快] [悠闲]", "[Joyful] [Commando]"),
        ("/::,@/:,@@/:@@", "[悠闲]😵👊", "[Commando]😵👊"),
        ("see https://a.cn/:ok /:ok", "see https://a.cn/:ok 👌", "see https://a.cn/:ok 👌"),
    ],
)
def test_markers_become_readable(text: str, chinese: str, english: str) -> None:
    assert CHINESE(text) == chinese
    assert ENGLISH(text) == english


def test_every_emoticon_reads_the_same_by_all_its_markers() -> None:
    taken: set[str] = set()
    for emoticon in TABLE:
        fresh = [marker for marker in emoticon.markers if marker not in taken]
        assert {CHINESE(marker) for marker in fresh} == {emoticon.unicode or f"[{emoticon.zh}]"}
        assert {named(TABLE, "zh_CN")(marker) for marker in fresh} == {f"[{emoticon.zh}]"}
        taken.update(fresh)


def test_an_emoticon_is_found_by_each_of_its_names() -> None:
    assert findable(TABLE)("好/::|[Smile]").split() == ["好", "发呆", "發呆", "Scowl", "微笑", "Smile"]
