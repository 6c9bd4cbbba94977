"""Whatever people enter wrongly in WeChat's console is recognised by what then arrives, and nobody outside sees it."""

import asyncio
import dataclasses
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest
from msgspec.structs import replace

from tests.webhook.conftest import Open
from tests.webhook.pushing import APP_ID, KEY, TEXT, TIMESTAMP, TOKEN, Desk, ask, enveloped, sha1_of, written
from wxdesk.core.events import Event, PushSeen
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.webhook.crypto import PushCipher, signature
from wxdesk.webhook.diagnosis import MOST_A_SECOND, DiagnosisPace, ReadRequest, fits_signature
from wxdesk.webhook.envelope import written_fields
from wxdesk.webhook.listener import Listener

V = CheckVerdict
SENT_AT = datetime.fromtimestamp(int(TIMESTAMP), UTC)
OTHER_APP_ID, OTHER_TOKEN, OTHER_KEY = "wxfedcba9876543210", "OtherToken", "Z" * 42 + "A"
OLD_TOKEN, OLD_KEY = "FormerToken", "Y" * 42 + "E"
APP_SECRET = "0123456789abcdef" * 2
LONG_AGO = SENT_AT - timedelta(days=30)
SHOP = (
    Account("shop", APP_ID, "gh_0123456789ab"),
    Credentials(APP_SECRET, TOKEN, KEY, (FormerSecret(OLD_TOKEN, LONG_AGO),), (FormerSecret(OLD_KEY, LONG_AGO),)),
)
OTHER = (Account("other", OTHER_APP_ID, "gh_abcdefabcdef"), Credentials("", OTHER_TOKEN, OTHER_KEY))
BOTH = {"shop": SHOP, "other": OTHER}


def url_check(token: str = TOKEN, path: str = "/wx/shop", **more: str) -> bytes:
    query = {"signature": sha1_of(token, TIMESTAMP, "17"), "timestamp": TIMESTAMP, "nonce": "17", "echostr": "42"}
    return written(path, query=query | more, method="GET")


def push(
    token: str = TOKEN,
    key: str = KEY,
    app_id: str = APP_ID,
    path: str = "/wx/shop",
    clear: bytes = TEXT,
    to: str = "gh_0123456789ab",
) -> bytes:
    """A push as WeChat makes it with what stands in its console."""
    encrypted = PushCipher(token, key, app_id).encrypt(clear)
    body = json.dumps({"ToUserName": to, "Encrypt": encrypted}).encode()
    signature, msg_signature = sha1_of(token, TIMESTAMP, "17"), sha1_of(token, TIMESTAMP, "17", encrypted)
    query = {"signature": signature, "timestamp": TIMESTAMP, "nonce": "17", "openid": "oABC-_def"}
    return written(path, body, query | {"encrypt_type": "aes", "msg_signature": msg_signature})


def plain_push(token: str = TOKEN, path: str = "/wx/shop", body: bytes = TEXT) -> bytes:
    query = {"signature": sha1_of(token, TIMESTAMP, "17"), "timestamp": TIMESTAMP, "nonce": "17", "openid": "o"}
    return written(path, body, query)


async def found(desk: Desk, raw: bytes) -> Finding | None:
    desk.events.clear()
    await ask(desk, raw)
    [event] = [event for event in desk.events if isinstance(event, PushSeen)]
    return event.finding


async def verdict(desk: Desk, raw: bytes) -> V:
    finding = await found(desk, raw)
    assert finding is not None
    return finding.verdict


@pytest.fixture
async def desk(open_desk: Open) -> Desk:
    return await open_desk(accounts=BOTH, clock=lambda: SENT_AT)


TOKEN_MISTAKES = [
    (f"{TOKEN} ", {"cause": "blanks"}),
    (f" {TOKEN}", {"cause": "blanks"}),
    (TOKEN.upper(), {"cause": "case"}),
    (KEY, {"cause": "aes_key"}),
    (APP_SECRET, {"cause": "app_secret"}),
    (OLD_TOKEN, {"cause": "former"}),
    ("quite_another_one", {}),
]


@pytest.mark.parametrize(("token", "values"), TOKEN_MISTAKES)
async def test_a_token_that_differs_is_recognised_by_the_mistake(
    desk: Desk, token: str, values: dict[str, str]
) -> None:
    assert await found(desk, url_check(token)) == Finding(Check.URL_CHECK, V.TOKEN_DIFFERS, "shop", values, SENT_AT)
    assert await found(desk, push(token)) == Finding(Check.PUSH, V.TOKEN_DIFFERS, "shop", values, SENT_AT)


async def test_the_token_of_another_account_is_recognised(desk: Desk) -> None:
    for raw in (push(OTHER_TOKEN, OTHER_KEY, OTHER_APP_ID, to="gh_abcdefabcdef"), url_check(OTHER_TOKEN)):
        swapped = await found(desk, raw)
        assert swapped is not None
        assert (swapped.verdict, swapped.account) == (V.OTHER_ACCOUNT_PATH, "other")
        assert swapped.values == {"other": "shop", "expected": "/wx/other"}


async def test_any_token_of_another_account_is_recognised_and_no_empty_secret(open_desk: Open) -> None:
    changed = dataclasses.replace(OTHER[1], former_push_tokens=(FormerSecret("one_of_before", LONG_AGO),))
    desk = await open_desk(accounts={"shop": SHOP, "other": (OTHER[0], changed)}, clock=lambda: SENT_AT)
    for token in (OTHER_TOKEN, "one_of_before"):
        judged = await found(desk, url_check(token))
        assert judged is not None
        assert (judged.verdict, judged.account) == (V.OTHER_ACCOUNT_PATH, "other")
    unsigned = await found(desk, url_check("", path="/wx/other"))  # the other account has no app secret
    assert unsigned == Finding(Check.URL_CHECK, V.TOKEN_DIFFERS, "other", {}, SENT_AT)


@pytest.mark.parametrize(
    ("path", "cause"), [("/wx/Shop", "case"), ("/wx/shop/", ""), ("/", ""), ("/wx/shop/wx/shop", "")]
)
async def test_a_wrong_path_is_reported_with_the_right_one(desk: Desk, path: str, cause: str) -> None:
    values = {"path": path, "expected": "/wx/shop"} | ({"cause": cause} if cause else {})
    for raw, check in ((url_check(path=path), Check.URL_CHECK), (push(path=path), Check.PUSH)):
        assert await found(desk, raw) == Finding(check, V.WRONG_PATH, "shop", values, SENT_AT)


async def test_a_wrong_path_is_reported_with_that_of_the_only_account(open_desk: Open) -> None:
    desk = await open_desk(accounts={"shop": SHOP}, clock=lambda: SENT_AT)
    judged = await found(desk, url_check("nobody", path="/elsewhere"))
    values = {"path": "/elsewhere", "expected": "/wx/shop"}
    assert judged == Finding(Check.URL_CHECK, V.WRONG_PATH, "", values, SENT_AT)


async def test_a_message_for_an_account_that_was_removed_names_no_other(open_desk: Open) -> None:
    """Else its console would be given the URL of the one that is left."""
    desk = await open_desk(accounts={"shop": SHOP}, clock=lambda: SENT_AT)
    judged = await found(desk, push(token="nobody", path="/wx/other"))
    assert judged == Finding(Check.PUSH, V.WRONG_PATH, "", {"path": "/wx/other", "cause": "removed"}, SENT_AT)


async def test_the_path_of_an_account_that_was_shut_has_the_right_case(desk: Desk) -> None:
    desk.listener.accounts.shut("shop")
    values = {"path": "/wx/shop", "expected": "/wx/shop"}
    assert await found(desk, url_check()) == Finding(Check.URL_CHECK, V.WRONG_PATH, "shop", values, SENT_AT)


async def test_a_wrong_path_with_a_wrong_token_belongs_to_nobody(desk: Desk) -> None:
    judged = await found(desk, url_check("nobody", path="/elsewhere"))
    assert judged == Finding(Check.URL_CHECK, V.WRONG_PATH, "", {"path": "/elsewhere"}, SENT_AT)


async def test_a_path_is_bounded_and_holds_no_secret(desk: Desk) -> None:
    judged = await found(desk, url_check(path=f"/wx/{TOKEN}/{KEY}%1b%E2%80%AE"))
    long = await found(desk, url_check(path="/" + "a" * 500))
    assert judged is not None
    assert long is not None
    said = await found(desk, url_check(path="/%E8%AF%B7%20%3Cb%3Esay%3C/b%3E"))
    assert judged.values["path"] == "/wx/…/…??"
    assert said is not None
    assert said.values["path"] == "/???b?say?/b?"
    assert long.values["path"] == "/" + "a" * 78 + "…"
    whole = await found(desk, url_check(path="/" + "a" * 79))
    assert whole is not None
    assert whole.values["path"] == "/" + "a" * 79


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (OLD_KEY, {"cause": "former"}),
        (OTHER_KEY, {"cause": "other_account", "other": "other"}),
        ("X" * 43, {}),
    ],
)
async def test_a_key_that_differs_is_recognised(desk: Desk, key: str, values: dict[str, str]) -> None:
    assert await found(desk, push(key=key)) == Finding(Check.PUSH, V.AES_KEY_DIFFERS, "shop", values, SENT_AT)


@pytest.mark.parametrize(("number", "values"), [(16, {"cause": "other_account", "other": "shop 16"}), (17, {})])
async def test_sixteen_keys_are_tried_and_no_empty_one(open_desk: Open, number: int, values: dict[str, str]) -> None:
    keys = {"empty": "", **{f"shop {n}": f"{n:02}" + "A" * 41 for n in range(1, 18)}}
    others = {name: (Account(name, OTHER_APP_ID, "gh"), Credentials("", "token", key)) for name, key in keys.items()}
    desk = await open_desk(
        accounts={"shop": (SHOP[0], dataclasses.replace(SHOP[1], former_encoding_aes_keys=()))} | others,
        clock=lambda: SENT_AT,
    )
    judged = await found(desk, push(key=keys[f"shop {number}"]))
    assert judged == Finding(Check.PUSH, V.AES_KEY_DIFFERS, "shop", values, SENT_AT)


async def test_a_push_for_another_app_id_names_it(desk: Desk) -> None:
    named = await found(desk, push(app_id=OTHER_APP_ID))
    assert named == Finding(Check.PUSH, V.APP_ID_DIFFERS, "shop", {"app_id": OTHER_APP_ID}, SENT_AT)
    odd = await found(desk, push(app_id="<script>"))
    assert odd is not None
    assert odd.values == {}


async def test_the_two_modes_are_told_apart(open_desk: Open) -> None:
    accounts = BOTH | {"plain": (replace(SHOP[0], name="plain", push_mode=PushMode.PLAIN), SHOP[1])}
    desk = await open_desk(accounts=accounts, clock=lambda: SENT_AT)
    clear, sealed = await found(desk, plain_push()), await found(desk, push(path="/wx/plain"))
    assert clear is not None
    assert sealed is not None
    assert (clear.verdict, clear.values) == (V.MODE_DIFFERS, {"cause": "plain", "here": "secure", "there": "plain"})
    assert (sealed.verdict, sealed.values) == (V.MODE_DIFFERS, {"cause": "secure", "here": "plain", "there": "secure"})
    for body in (b'{"nothing": 1}', b"nothing"):
        unreadable = await found(desk, plain_push(path="/wx/plain", body=body))
        assert unreadable is not None
        assert unreadable.verdict is V.PUSH_UNREADABLE
    forged = await found(desk, plain_push("somebody_else"))
    assert forged is not None
    assert forged.verdict is V.TOKEN_DIFFERS


async def test_accepted_requests_are_diagnosed_too(desk: Desk) -> None:
    good, checked = await found(desk, push()), await found(desk, url_check())
    assert good == Finding(Check.PUSH, V.OK, "shop", {}, SENT_AT)
    assert checked == Finding(Check.URL_CHECK, V.OK, "shop", {}, SENT_AT)
    fields = json.loads(TEXT) | {"MsgId": 7}
    assert await verdict(desk, push(clear=written_fields(fields, BodyFormat.XML))) is V.XML_FORMAT
    moved = json.dumps(fields | {"ToUserName": "gh_ffffffffffff", "MsgId": 8}).encode()
    differs = await found(desk, push(clear=moved))
    assert differs == Finding(Check.PUSH, V.ORIGINAL_ID_DIFFERS, "shop", {"original_id": "gh_ffffffffffff"}, SENT_AT)
    for clear in (b'{"nothing": 1}', b'{"Encrypt": "in itself"}'):
        assert await verdict(desk, push(clear=clear)) is V.PUSH_UNREADABLE
    nameless = json.dumps(fields | {"ToUserName": "nobody", "MsgId": 9}).encode()
    assert await verdict(desk, push(clear=nameless)) is V.OK


async def test_an_original_id_that_was_left_out_is_none_that_differs(open_desk: Open) -> None:
    without = {"shop": (replace(SHOP[0], original_id=""), SHOP[1])}
    desk = await open_desk(accounts=without, clock=lambda: SENT_AT)
    assert await found(desk, push()) == Finding(Check.PUSH, V.OK, "shop", {}, SENT_AT)


async def test_a_body_that_was_changed_on_the_way_is_no_wrong_token(desk: Desk) -> None:
    query = {"signature": sha1_of(TOKEN, TIMESTAMP, "17"), "timestamp": TIMESTAMP, "nonce": "17", "openid": "o"}
    changed = written("/wx/shop", enveloped("AAAA"), query | {"msg_signature": "0" * 40})
    judged = await found(desk, changed)
    assert judged == Finding(Check.PUSH, V.PUSH_UNREADABLE, "shop", {"cause": "changed"}, SENT_AT)


@pytest.mark.parametrize(
    ("signed_for", "verdict"),
    [({"signature": sha1_of(TOKEN, TIMESTAMP, "17")}, V.PUSH_UNREADABLE), ({}, V.TOKEN_DIFFERS)],
)
async def test_a_body_without_a_push_is_judged_by_what_was_signed(
    desk: Desk, signed_for: dict[str, str], verdict: CheckVerdict
) -> None:
    query = {"timestamp": TIMESTAMP, "nonce": "17", "msg_signature": "0" * 40}
    assert await found(desk, written("/wx/shop", b"{}", query | signed_for)) == Finding(
        Check.PUSH, verdict, "shop", {}, SENT_AT
    )


@pytest.mark.parametrize(("minutes", "cause"), [(-10, "slow"), (10, "fast")])
async def test_a_wrong_clock_is_seen_by_the_signed_time(open_desk: Open, minutes: int, cause: str) -> None:
    desk = await open_desk(accounts=BOTH, clock=lambda: SENT_AT + timedelta(minutes=minutes))
    for raw in (url_check(), push()):
        judged = await found(desk, raw)
        assert judged is not None
        assert (judged.verdict, judged.values) == (V.CLOCK_SKEW, {"minutes": "10", "cause": cause})
    repeated = await found(desk, push())  # an old one sent again says nothing about the clock
    assert repeated is not None
    assert repeated.verdict is V.OK


@pytest.mark.parametrize("lacking", ["push_token", "encoding_aes_key"])
async def test_a_missing_secret_is_reported_as_such(open_desk: Open, lacking: str) -> None:
    without: dict[str, Any] = {lacking: ""}
    accounts = {"shop": (SHOP[0], dataclasses.replace(SHOP[1], **without))}
    desk = await open_desk(accounts=accounts, clock=lambda: SENT_AT)
    judged = await found(desk, url_check())
    assert judged is not None
    assert (judged.verdict, judged.values["key"]) == (V.SECRET_MISSING, lacking)


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (written("/favicon.ico", method="GET"), V.NOT_WECHAT),
        (written("/wx/shop", method="GET"), V.NOT_WECHAT),
        (written("/wx/shop", method="GET", query={"signature": "x", "echostr": "1"}), V.NOT_WECHAT),
        (written("/wx/shop", b"{}"), None),
        (written("/wp-login.php", b"user=admin"), None),
        (written("/wx/shop", method="DELETE"), None),
    ],
)
async def test_strangers_say_nothing_about_the_set_up(desk: Desk, raw: bytes, verdict: CheckVerdict | None) -> None:
    judged = await found(desk, raw)
    assert (judged.verdict if judged else None) is verdict


async def test_a_stranger_at_an_account_without_secrets_says_nothing(open_desk: Open) -> None:
    desk = await open_desk(accounts={"shop": (SHOP[0], Credentials("", "", ""))}, clock=lambda: SENT_AT)
    assert await found(desk, written("/wx/shop", method="GET", query={"echostr": "1"})) is None


SIGNED = {"signature": "0" * 40, "timestamp": "1", "nonce": "2", "echostr": "3"}


@pytest.mark.parametrize(
    ("changes", "get", "post"),
    [
        ({}, True, True),
        ({"echostr": ""}, False, True),
        ({"echostr": None}, False, True),
        ({"signature": None}, False, False),
        ({"signature": "0" * 39}, False, False),
        ({"signature": None, "msg_signature": "f" * 40}, True, True),
        ({"timestamp": None}, False, False),
        ({"timestamp": "1" * 13}, False, False),
        ({"nonce": None}, False, False),
        ({"nonce": ""}, False, False),
        ({"nonce": "n" * 64}, True, True),
        ({"nonce": "n" * 65}, False, False),
    ],
)
def test_a_request_is_wechats_if_it_has_all_that_wechat_sends(
    changes: dict[str, str | None], get: bool, post: bool
) -> None:
    query = {name: value for name, value in (SIGNED | changes).items() if value is not None}
    assert [ReadRequest(is_get, "/", query).is_wechats for is_get in (True, False)] == [get, post]


async def test_outside_every_cause_looks_the_same_and_is_found_after_the_answer_left(open_desk: Open) -> None:
    """The answer can be read from the socket before the diagnosis begins."""
    client = socket.socket()
    client.setblocking(False)
    answers: list[bytes] = []

    def publish(event: Event) -> None:
        if isinstance(event, PushSeen):
            answers.append(client.recv(4096, socket.MSG_PEEK))

    async def keep(_: object) -> NoReturn:
        raise AssertionError

    listener = Listener(BOTH, keep, publish, lambda: SENT_AT, "127.0.0.1", 0)
    url = await listener.start()
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(client, ("127.0.0.1", int(url.rpartition(":")[2])))
        seen = set()
        for raw in (url_check(KEY), push(OLD_TOKEN), push(key=OLD_KEY), push(app_id=OTHER_APP_ID), plain_push()):
            await loop.sock_sendall(client, raw)
            seen.add(await loop.sock_recv(client, 4096))
    finally:
        client.close()
        await listener.stop()
    assert len(seen) == 1
    assert set(answers) == seen


async def test_a_scan_keeps_no_request_of_wechats_from_being_diagnosed(desk: Desk) -> None:
    for number in range(3 * MOST_A_SECOND):
        await ask(desk, written(f"/{number}", method="GET"))
    judged = await found(desk, url_check(OLD_TOKEN))
    assert judged is not None
    assert judged.verdict is V.TOKEN_DIFFERS


async def test_a_flood_is_not_diagnosed(desk: Desk) -> None:
    for _ in range(30):
        await ask(desk, url_check("wrong"))
    findings = [event.finding for event in desk.events if isinstance(event, PushSeen)]
    assert findings == [
        Finding(Check.URL_CHECK, verdict, "shop", {}, SENT_AT) for verdict in [V.TOKEN_DIFFERS] * 10 + [V.UNKNOWN] * 20
    ]


def test_ten_are_diagnosed_in_a_second_whichever_way_the_clock_goes() -> None:
    pace = DiagnosisPace()
    for seconds in (0, 1, 3600, 60):
        allowed = [pace.allows(SENT_AT + timedelta(seconds=seconds + tenths / 12)) for tenths in range(12)]
        assert allowed == [True] * 10 + [False] * 2


@pytest.mark.parametrize("given", ["", "é" * 40, "0" * 40, "\udcff"])
def test_no_token_fits_a_malformed_signature(given: str) -> None:
    for name in ("signature", "msg_signature"):
        assert not fits_signature({name: given, "timestamp": "1", "nonce": "2"}, "encrypted")("token")


def test_a_signature_fits_its_token_and_that_of_the_body_where_there_is_no_other() -> None:
    times = {"timestamp": "1", "nonce": "2"}
    plain, whole = signature("token", "1", "2"), signature("token", "1", "2", "encrypted")
    assert fits_signature({"signature": plain, **times}, "")("token")
    assert fits_signature({"signature": plain, "msg_signature": "0" * 40, **times}, "encrypted")("token")
    assert fits_signature({"msg_signature": whole, **times}, "encrypted")("token")
    assert not fits_signature({"signature": plain, **times}, "")("other")
    assert not fits_signature({"msg_signature": plain, **times}, "")("token")  # nothing was encrypted
