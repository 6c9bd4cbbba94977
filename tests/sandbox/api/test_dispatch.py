"""The simulated API answers as WeChat's does: shapes, errcodes, and always HTTP 200."""

import io
import json
import re
from typing import Any

import aiohttp
import pytest

from tests.sandbox import pictures
from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, HandClock
from wxdesk.sandbox.demo_customers import COVER_MEDIA_ID
from wxdesk.sandbox.platform.program import RISKY_WORD, Escapes, ProgramSettings
from wxdesk.sandbox.server import Sandbox

ASKED = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": CREDENTIALS.app_secret}
RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


async def answer_of(response: aiohttp.ClientResponse) -> dict[str, Any]:
    assert response.status == 200
    assert response.content_type == "text/plain"
    answer: dict[str, Any] = json.loads(await response.read())
    return answer


async def post(http: aiohttp.ClientSession, path: str, body: bytes) -> dict[str, Any]:
    return await answer_of(await http.post(path, data=body))


@pytest.fixture
async def token(http: aiohttp.ClientSession) -> str:
    return str((await post(http, "/cgi-bin/stable_token", json.dumps(ASKED).encode()))["access_token"])


@pytest.fixture
async def send(sandbox: Sandbox, http: aiohttp.ClientSession, token: str) -> Any:
    await sandbox.say(OPENID, "在吗")

    async def send(body: object) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await post(http, f"/cgi-bin/message/custom/send?access_token={token}", raw)

    return send


def text(content: object, openid: str = OPENID) -> dict[str, object]:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


async def test_both_endpoints_give_a_token(http: aiohttp.ClientSession) -> None:
    classic = await answer_of(await http.get("/cgi-bin/token", params=ASKED))
    stable = await post(http, "/cgi-bin/stable_token", json.dumps(ASKED).encode())
    assert classic.keys() == stable.keys() == {"access_token", "expires_in"}
    assert classic["access_token"] != stable["access_token"]
    assert len(classic["access_token"]) > 100


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
async def test_wrong_token_requests_get_wechats_errcodes(
    http: aiohttp.ClientSession, change: dict[str, str], code: int
) -> None:
    for answer in (
        await answer_of(await http.get("/cgi-bin/token", params=ASKED | change)),
        await post(http, "/cgi-bin/stable_token", json.dumps(ASKED | change).encode()),
    ):
        assert answer["errcode"] == code
        assert RID.search(answer["errmsg"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 44002),
        (b"  ", 44002),
        (b"{", 47001),
        (b"[]", 47001),
        ('{"touser":"您"}'.encode("gbk"), 47001),
        ({"msgtype": "text", "text": {"content": "a"}}, 41009),
        (text("a", "o_nobody"), 40003),
        ({"touser": OPENID, "msgtype": "sound"}, 40008),
        ({"touser": OPENID}, 40008),
        ({"touser": OPENID, "msgtype": "news", "news": {"articles": []}}, 45162),
        ({"touser": OPENID, "msgtype": "text"}, 44004),
        (text(""), 44004),
        (text("太" * 683), 45002),
        (text("a" * 2049), 45002),
        (json.dumps(text("太")).encode(), 40033),
        ({"touser": OPENID, "msgtype": "image", "image": {"media_id": "gone"}}, 40007),
        ({"touser": OPENID, "msgtype": "image", "image": {}}, 41006),
        ({"touser": OPENID, "msgtype": "link", "link": {"title": "a"}}, 47003),
        ({"touser": OPENID, "msgtype": "miniprogrampage", "miniprogrampage": {"title": "a", "pagepath": "p"}}, 41006),
        ({"touser": OPENID, "msgtype": "transfer_customer_service"}, 45162),
        ({"touser": 7, "msgtype": "text", "text": {"content": "a"}}, 47001),
        ({"touser": OPENID, "msgtype": "text", "text": "a"}, 47001),
        (text(7), 47001),
        ({"touser": OPENID, "msgtype": "image"}, 40097),
        ({"touser": OPENID, "msgtype": "image", "image": {"media_id": 7}}, 47001),
        ({"touser": OPENID, "msgtype": "link", "link": {"title": "a" * 513, "url": "https://a"}}, 45003),
        (
            {
                "touser": OPENID,
                "msgtype": "link",
                "link": {"title": "a", "description": "b" * 1025, "url": "https://a"},
            },
            45004,
        ),
        ({"touser": OPENID, "msgtype": "link", "link": {"title": "a", "url": "https://" + "a" * 10_233}}, 45005),
        (
            {
                "touser": OPENID,
                "msgtype": "link",
                "link": {"title": "a", "url": "https://a", "thumb_url": "b" * 10_241},
            },
            45006,
        ),
        (
            {
                "touser": OPENID,
                "msgtype": "miniprogrampage",
                "miniprogrampage": {"appid": "wx9", "title": "a", "pagepath": "p", "thumb_media_id": COVER_MEDIA_ID},
            },
            40013,
        ),
        (text("a") | {"customservice": {"kf_account": "nobody"}}, 61452),
        (text(f"买{RISKY_WORD}吗"), 87014),
    ],
)
async def test_wrong_send_requests_get_wechats_errcodes(sandbox: Sandbox, send: Any, body: object, code: int) -> None:
    answer = await send(body)
    assert answer["errcode"] == code
    assert RID.search(answer["errmsg"])
    assert sandbox.sent == ()


async def test_a_card_needs_a_thumb_that_is_still_kept(send: Any) -> None:
    card = {"title": "茶具", "pagepath": "pages/a?id=1", "thumb_media_id": COVER_MEDIA_ID}
    body = {"touser": OPENID, "msgtype": "miniprogrampage", "miniprogrampage": card}
    assert (await send(body))["errcode"] == 0
    assert (await send(body | {"miniprogrampage": card | {"thumb_media_id": "gone"}}))["errcode"] == 40007


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (rb'{"title":"a","url":"https://a?b\u003d1"}', 0),  # Gson writes = so, and WeChat takes it
        (rb'{"title":"a \\u592a","url":"https://a"}', 0),  # a backslash, not an escape
        (rb'{"title":"\u592a","url":"https://a"}', 40033),
        (rb'{"title":"a\\\u592a","url":"https://a"}', 40033),
    ],
)
async def test_escapes_of_more_than_ascii_are_refused(send: Any, raw: bytes, code: int) -> None:
    body = b'{"touser":"%s","msgtype":"link","link":%s}' % (OPENID.encode(), raw)
    assert (await send(body))["errcode"] == code


async def test_escapes_can_be_shown_as_they_are(sandbox: Sandbox, send: Any) -> None:
    sandbox.platform.change("", settings=ProgramSettings(escapes=Escapes.LITERAL))
    assert (await send(json.dumps(text("太a好")).encode()))["errcode"] == 0
    assert sandbox.sent[0].text == r"\u592aa\u597d"


@pytest.mark.parametrize(("field", "code"), [("blocked", 43019), ("refuses", 48002)])
async def test_sends_to_unreachable_contacts_get_wechats_errcodes(
    sandbox: Sandbox, send: Any, field: str, code: int
) -> None:
    setattr(sandbox.platform.contact(sandbox.platform.program(), OPENID), field, True)
    assert (await send(text("a")))["errcode"] == code


@pytest.mark.parametrize(("more", "code"), [({}, 40101), ({"businessid": 1}, 0)])
async def test_the_path_for_sub_merchants_sends_too(
    send: Any, http: aiohttp.ClientSession, token: str, more: Any, code: int
) -> None:
    url = f"/cgi-bin/message/custom/business/send?access_token={token}"
    assert (await post(http, url, json.dumps(text("a") | more).encode()))["errcode"] == code


@pytest.mark.parametrize("content", ["太" * 682, "a" * 2048, "反斜杠 \\u0041 写出来", "行一\n行二\x01"])
async def test_texts_within_the_limits_are_accepted(sandbox: Sandbox, send: Any, content: str) -> None:
    assert await send(text(content)) == {"errcode": 0, "errmsg": "ok"}
    assert sandbox.sent[0].text == content


async def test_a_sixth_reply_is_refused(send: Any, clock: HandClock) -> None:
    codes = [(await send(text(str(n))))["errcode"] for n in range(6)]
    assert codes == [0, 0, 0, 0, 0, 45047]
    clock.forward(hours=1)
    assert (await send(text("later")))["errcode"] == 45047


async def test_a_reply_two_days_later_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock
) -> None:
    await sandbox.say(OPENID, "在吗")
    clock.forward(hours=48)
    fresh = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    path = f"/cgi-bin/message/custom/send?access_token={fresh}"
    assert (await post(http, path, json.dumps(text("a")).encode()))["errcode"] == 45015


@pytest.mark.parametrize(("query", "code"), [("", 41001), ("?access_token=", 41001), ("?access_token=x", 40001)])
async def test_calls_without_a_good_token_are_refused(http: aiohttp.ClientSession, query: str, code: int) -> None:
    answer = await post(http, f"/cgi-bin/message/custom/send{query}", b"{}")
    assert answer["errcode"] == code


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "message/custom/send", 43002),
        ("POST", "getcallbackip", 43001),
        ("POST", "token", 43001),
        ("GET", "message/mass/send", 40066),
    ],
)
async def test_a_wrong_method_or_path_is_refused(
    http: aiohttp.ClientSession, token: str, method: str, path: str, code: int
) -> None:
    answer = await answer_of(await http.request(method, f"/cgi-bin/{path}?access_token={token}"))
    assert answer["errcode"] == code


@pytest.mark.parametrize(
    ("path", "more", "codes"),
    [
        ("typing", {}, [0, 45081]),
        ("business/typing", {}, [40101, 40101]),
        ("business/typing", {"businessid": 1}, [0, 45081]),
    ],
)
async def test_typing(
    sandbox: Sandbox, http: aiohttp.ClientSession, token: str, path: str, more: dict[str, int], codes: list[int]
) -> None:
    await sandbox.say(OPENID, "在吗")
    body = json.dumps({"touser": OPENID, "command": "Typing"} | more).encode()
    url = f"/cgi-bin/message/custom/{path}?access_token={token}"
    assert [(await post(http, url, body))["errcode"] for _ in range(2)] == codes


@pytest.mark.parametrize(
    ("command", "span", "code"),
    [
        ("Speaking", {}, 45072),
        (None, {}, 45072),
        ("Typing", {"seconds": 31}, 45080),
        ("Typing", {"hours": 49}, 45015),
        ("CancelTyping", {}, 0),
    ],
)
async def test_typing_is_refused_outside_of_a_conversation(
    sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock, command: str | None, span: Any, code: int
) -> None:
    await sandbox.say(OPENID, "在吗")
    clock.forward(**span)
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    body = json.dumps({"touser": OPENID, "command": command}).encode()
    assert (await post(http, f"/cgi-bin/message/custom/typing?access_token={token}", body))["errcode"] == code


async def test_the_sign_of_typing_lasts_fifteen_seconds_or_until_a_message(
    sandbox: Sandbox, send: Any, http: aiohttp.ClientSession, token: str, clock: HandClock
) -> None:
    allowance = sandbox.platform.contact(sandbox.platform.program(), OPENID).allowance
    url = f"/cgi-bin/message/custom/typing?access_token={token}"
    body = json.dumps({"touser": OPENID, "command": "Typing"}).encode()
    assert (await post(http, url, body))["errcode"] == 0
    clock.forward(seconds=14)
    assert allowance.typing(clock())
    clock.forward(seconds=1)
    assert not allowance.typing(clock())
    await post(http, url, body)
    await send(text("好的"))
    assert not allowance.typing(clock())


def form(data: bytes, name: str = "media") -> aiohttp.FormData:
    fields = aiohttp.FormData()
    fields.add_field(name, io.BytesIO(data), filename="a.png", content_type="image/png")
    return fields


async def test_a_picture_goes_up_and_comes_down(
    http: aiohttp.ClientSession, token: str, clock: HandClock, sandbox: Sandbox
) -> None:
    picture = pictures.torn_box()
    response = await http.post(f"/cgi-bin/media/upload?access_token={token}&type=image", data=form(picture))
    uploaded = await answer_of(response)
    assert uploaded["type"] == "image"
    assert uploaded["created_at"] == int(clock().timestamp())
    url = f"/cgi-bin/media/get?access_token={token}&media_id={uploaded['media_id']}"
    got = await http.get(url)
    assert (got.content_type, await got.read()) == ("image/png", picture)
    clock.forward(days=3)
    fresh = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    gone = await answer_of(await http.get(url.replace(token, fresh)))
    assert gone["errcode"] == 40007


@pytest.mark.parametrize(
    ("data", "kind", "name", "code"),
    [
        (b"", "image", "media", 44001),
        (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), "image", "media", 40009),
        (b"GIF89a" + bytes(10 * 1024 * 1024), "image", "media", 45001),
        (b"%PDF-1.4", "image", "media", 40005),
        (b"BM" + bytes(60), "image", "media", 40137),
        (b"GIF89a..", "thumb", "media", 40004),
        (b"GIF89a..", "voice", "media", 40004),
        (b"GIF89a..", "image", "file", 41005),
    ],
    ids=["empty", "large", "too-large", "no-picture", "bitmap", "thumb", "voice", "wrong-part"],
)
async def test_wrong_uploads_get_wechats_errcodes(
    http: aiohttp.ClientSession, token: str, data: bytes, kind: str, name: str, code: int
) -> None:
    response = await http.post(f"/cgi-bin/media/upload?access_token={token}&type={kind}", data=form(data, name))
    assert (await answer_of(response))["errcode"] == code


async def test_an_upload_that_is_no_form_is_refused(http: aiohttp.ClientSession, token: str) -> None:
    answer = await post(http, f"/cgi-bin/media/upload?access_token={token}&type=image", b"GIF89a")
    assert answer["errcode"] == 41005


@pytest.mark.parametrize("path", ["getcallbackip", "get_api_domain_ip"])
async def test_lists_of_wechats_addresses_name_this_machine(http: aiohttp.ClientSession, token: str, path: str) -> None:
    assert await answer_of(await http.get(f"/cgi-bin/{path}?access_token={token}")) == {"ip_list": ["127.0.0.1"]}


@pytest.mark.parametrize(
    ("asked", "code"), [({"action": "x"}, 40202), ({"check_operator": "x"}, 40203), ({"action": "ping"}, 40201)]
)
async def test_wrong_checks_of_the_push_url_get_wechats_errcodes(
    http: aiohttp.ClientSession, token: str, asked: dict[str, str], code: int
) -> None:
    answer = await post(http, f"/cgi-bin/callback/check?access_token={token}", json.dumps(asked).encode())
    assert answer["errcode"] == code


async def test_the_push_url_can_be_checked(sandbox: Sandbox, http: aiohttp.ClientSession, token: str) -> None:
    sandbox.set_push_url("http://127.0.0.1:1/wx/shop")
    asked = b'{"action":"ping","check_operator":"CAP"}'
    check = await post(http, f"/cgi-bin/callback/check?access_token={token}", asked)
    assert check["dns"] == []
    assert (check["ping"][0]["ip"], check["ping"][0]["from_operator"]) == ("127.0.0.1", "CAP")


async def test_a_customers_picture_is_public(http: aiohttp.ClientSession) -> None:
    response = await http.get(f"/pictures/{COVER_MEDIA_ID}")
    assert (response.status, await response.read()) == (200, pictures.cover())
    assert (await http.get("/pictures/none")).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        *(
            {"Host": host}
            for host in ("evil.example", "xn--a.example", "evil.example\\@localhost", "[::1", "ⓛocalhost")
        ),
        {"Origin": "https://evil.example"},
    ],
)
async def test_only_this_machine_is_answered(http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    for path in ("/control/sent", "/cgi-bin/token"):
        assert (await http.get(path, headers=headers)).status == 403
