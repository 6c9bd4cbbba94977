"""A changed push token or AES key: both sides of the change are taken for a day, and not a second longer."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from tests.webhook.pushing import APP_ID, KEY, NONCE, NOW, TEXT, TIMESTAMP, TOKEN, enveloped, sha1_of, signed
from wxdesk.core.errors import PushRefused
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.verification import PushVerifier

NEW_TOKEN, NEW_KEY = "the_new_token", "Z" * 43
TOKEN_ENDS, KEY_ENDS = NOW + timedelta(hours=24), NOW + timedelta(hours=30)
SECOND = timedelta(seconds=1)
CREDENTIALS = Credentials(
    "",
    NEW_TOKEN,
    NEW_KEY,
    (FormerSecret("a mistyped one", TOKEN_ENDS + timedelta(hours=1)), FormerSecret(TOKEN, TOKEN_ENDS)),
    (FormerSecret(KEY, KEY_ENDS), FormerSecret("unusable", KEY_ENDS)),
)


def door(mode: PushMode = PushMode.SECURE, credentials: Credentials = CREDENTIALS) -> PushVerifier:
    return PushVerifier(Account("shop", APP_ID, "gh", mode), credentials)


def pushed(token: str, key: str) -> tuple[dict[str, str], bytes]:
    encrypted = PushCipher("unused", key, APP_ID).encrypt(TEXT)
    query = {"timestamp": TIMESTAMP, "nonce": NONCE, "msg_signature": sha1_of(token, TIMESTAMP, NONCE, encrypted)}
    return query, enveloped(encrypted)


def taken(token: str, key: str, at: datetime) -> bool:
    query, body = pushed(token, key)
    try:
        push = door().receive(query, body, at)
    except PushRefused:
        return False
    return push.body == TEXT


@pytest.mark.parametrize(("token", "key"), list(product((NEW_TOKEN, TOKEN), (NEW_KEY, KEY))))
def test_each_token_goes_with_each_key_while_both_count(token: str, key: str) -> None:
    ends = min([TOKEN_ENDS] * (token == TOKEN) + [KEY_ENDS] * (key == KEY), default=None)
    assert taken(token, key, NOW)
    assert taken(token, key, (ends or NOW + timedelta(days=900)) - SECOND)
    assert ends is None or not taken(token, key, ends)


def test_a_running_door_closes_to_the_former_token_by_the_clock() -> None:
    mine = door(PushMode.PLAIN)
    assert mine.check_url(signed(echostr="7"), TOKEN_ENDS - SECOND) == b"7"
    assert mine.receive(signed(), TEXT, TOKEN_ENDS - SECOND).incoming
    with pytest.raises(PushRefused, match="signature"):
        mine.check_url(signed(echostr="7"), TOKEN_ENDS)
    with pytest.raises(PushRefused, match="signature"):
        mine.receive(signed(), TEXT, TOKEN_ENDS)


def test_the_present_token_counts_for_ever() -> None:
    mine, query = door(PushMode.PLAIN), signed(signature=sha1_of(NEW_TOKEN, TIMESTAMP, NONCE))
    for at in (NOW, TOKEN_ENDS, NOW + timedelta(days=900)):
        assert mine.check_url(query | {"echostr": "7"}, at) == b"7"
        assert mine.receive(query, TEXT, at).incoming


@pytest.mark.parametrize(
    ("token", "key", "why"),
    [("nobody's", KEY, "signature"), (TOKEN, "Q" * 43, "decryption"), (NEW_TOKEN, "Q" * 43, "decryption")],
)
def test_a_request_that_fits_no_secret_is_refused_with_the_helpful_reason(token: str, key: str, why: str) -> None:
    query, body = pushed(token, key)
    with pytest.raises(PushRefused) as refused:
        door().receive(query, body, NOW)
    assert refused.value.why == why


def test_former_secrets_do_not_open_a_door_whose_present_ones_cannot_work() -> None:
    shut = door(credentials=Credentials("", NEW_TOKEN, "", (), (FormerSecret(KEY, KEY_ENDS),)))
    query, body = pushed(NEW_TOKEN, KEY)
    with pytest.raises(PushRefused, match="no credentials"):
        shut.receive(query, body, NOW)
