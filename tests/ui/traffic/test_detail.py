"""Bodies made readable: nothing lost, nobody's openid shown."""

import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.model.push import BodyFormat
from wxdesk.ui.traffic.detail import LONGEST, call_as_curl, readable

MESSAGES = json.loads((Path(__file__).parents[2] / "data" / "messages.json").read_text(encoding="utf-8"))
PUSHES = [entry for entry in MESSAGES if entry["direction"] == "in"]
JSON_PUSHES = [entry["body"] for entry in PUSHES if entry["format"] == "json"]
XML_PUSHES = [entry["body"] for entry in PUSHES if entry["format"] == "xml"]
OPENID = "oW7hAbCdEfGhIjKlMnOpQrStUc31"


@pytest.mark.parametrize("body", JSON_PUSHES)
def test_json_keeps_all_it_said_on_lines_of_their_own(body: str) -> None:
    shown = readable(body.encode(), BodyFormat.JSON)
    said, told = json.loads(body), json.loads(shown)
    assert {k: v for k, v in told.items() if k != "FromUserName"} == {
        k: v for k, v in said.items() if k != "FromUserName"
    }
    assert told["FromUserName"] != said["FromUserName"]
    assert len(shown.splitlines()) >= len(said) + 2


@pytest.mark.parametrize("body", XML_PUSHES)
def test_xml_keeps_all_it_said_on_lines_of_their_own(body: str) -> None:
    shown = readable(body.encode(), BodyFormat.XML)
    said, told = ElementTree.fromstring(body), ElementTree.fromstring(shown)  # noqa: S314 - our own samples
    for before, after in zip(said, told, strict=True):
        assert before.tag == after.tag
        if before.tag != "FromUserName":
            assert (before.text or "").strip() == (after.text or "").strip()
    assert shown.splitlines()[1].startswith("  <")


def test_a_call_is_copied_as_it_is_made_without_secrets_and_openids() -> None:
    assert call_as_curl("token", "").startswith("curl -X GET 'https://api.weixin.qq.com/cgi-bin/token?grant_type=")
    stable = call_as_curl("stable_token", "")
    assert "access_token" not in stable
    assert json.loads(stable.split(" --data-raw ")[1].strip("'"))["secret"] == "…"
    assert OPENID not in call_as_curl("custom/send", f"给 {OPENID}")
    assert call_as_curl("media/upload", "").endswith("/media/upload?access_token=…'")


def test_text_in_cdata_is_never_laid_out_anew() -> None:
    body = "<xml><Content><![CDATA[<b>1 < 2</b>\n  <i>]]></Content></xml>"
    assert readable(body.encode(), BodyFormat.XML) == f"<xml>\n  {body[5:-6]}\n</xml>"


@pytest.mark.parametrize(
    "form", [f'{{"FromUserName": "{OPENID}", "Content": "{OPENID} wrote"}}', f"<xml><A>{OPENID}</A></xml>"]
)
def test_a_whole_openid_stands_nowhere(form: str) -> None:
    for known in (BodyFormat.JSON, BodyFormat.XML, None):
        shown = readable(form.encode(), known)
        assert OPENID not in shown
        assert "oW7h…c31" in shown


def test_a_sender_of_an_unusual_shape_is_shortened_too() -> None:
    assert "someone-else" not in readable(
        b"<xml><FromUserName><![CDATA[someone-else]]></FromUserName></xml>", BodyFormat.XML
    )


@given(st.binary(max_size=200), st.sampled_from([BodyFormat.JSON, BodyFormat.XML, None]))
def test_whatever_came_can_be_shown(body: bytes, known: BodyFormat | None) -> None:
    shown = readable(body, known)
    assert all(character in "\t\n\r" or unicodedata.category(character) != "Cc" for character in shown)
    if known is None and not re.search(rb"FromUserName|o[\w-]{27}|[^\t\n\r -~]", body):
        assert shown == body.decode("ascii")


def test_deep_and_long_bodies_are_cut_not_refused() -> None:
    assert readable(b"[" * 60_000, BodyFormat.JSON) == "[" * LONGEST + "…"
    assert len(readable(b"<a>" * 20_000, BodyFormat.XML)) == LONGEST + 1
