"""Whatever a back end sends, WeChat answers with an errcode and never falls over."""

import contextlib
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.worlds import ACCOUNT, OPENID, HandClock, program
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.platform.program import Escapes, ProgramSettings
from wxdesk.sandbox.push.passive_answer import read_answer
from wxdesk.sandbox.server import Sandbox

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PART = st.dictionaries(
    st.sampled_from(["content", "media_id", "title", "description", "url", "thumb_url", "pagepath", "thumb_media_id"]),
    JSON,
    max_size=4,
)
KINDS = ("text", "image", "link", "miniprogrampage", "news")
MESSAGE = st.fixed_dictionaries(
    {"touser": st.just(OPENID) | JSON, "msgtype": st.sampled_from(KINDS)},
    optional={"text": PART | JSON, "image": PART | JSON, "link": PART | JSON, "miniprogrampage": PART | JSON,
              "customservice": JSON},
)  # fmt: skip
BODY = st.binary(max_size=200) | st.builds(
    lambda message, escaped: json.dumps(message, ensure_ascii=escaped).encode("utf-8", "surrogatepass"),
    MESSAGE | JSON,
    st.booleans(),
)


@given(body=BODY, escapes=st.sampled_from(Escapes))
def test_any_body_is_sent_or_refused(body: bytes, escapes: Escapes) -> None:
    platform = Platform([program()], HandClock())
    platform.change("", settings=ProgramSettings(escapes=escapes))
    platform.wrote(platform.program(), OPENID)
    with contextlib.suppress(ApiRefusal):
        platform.send(platform.program(), body)
    with contextlib.suppress(ApiRefusal):
        platform.type(platform.program(), body)


@given(answer=st.text(max_size=200) | st.builds(json.dumps, JSON), mode=st.sampled_from(PushMode))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_an_answer_to_a_push_is_good_only_if_empty_or_success(answer: str, mode: PushMode) -> None:
    for form in BodyFormat:
        reading = read_answer(program(mode, form), {"MsgType": "text"}, 200, answer)
        assert reading.is_good is (answer in ("", "success"))


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("message/custom/send", b"[" * 100_000, {}),
        ("message/custom/send", b'{"touser":' * 5000, {}),
        ("clear_quota", b"\xff\xfe", {}),
        ("openapi/quota/get", b'{"cgi_path":[]}', {}),
        ("openapi/rid/get", b'{"rid":{}}', {}),
        ("callback/check", b'{"action":7,"check_operator":[]}', {}),
        ("media/upload", b"x", {"Content-Type": "multipart/form-data"}),
        ("media/upload", b"x", {"Content-Type": "multipart/form-data; boundary=b"}),
        ("media/upload", b"--b\r\nno header\r\n\r\nx", {"Content-Type": "multipart/form-data; boundary=b"}),
        ("media/upload", b'--b\r\nContent-Disposition: form-data; name="media"; filename="a"\r\n\r\nx', {
            "Content-Type": "multipart/form-data; boundary=b",
        }),
    ],
)  # fmt: skip
async def test_any_request_gets_an_errcode(
    sandbox: Sandbox, http: aiohttp.ClientSession, path: str, body: bytes, headers: dict[str, Any]
) -> None:
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    url = f"/cgi-bin/{path}?access_token={token}&type=image"
    response = await http.post(url, data=body, headers=headers)
    assert response.status == 200
    assert json.loads(await response.read())["errcode"] != 0
