"""Who cannot prove to be WeChat is told nothing, and a portal in its place is no answer of WeChat's."""

import logging
import ssl
import traceback

import pytest

from tests.certificates import Authority
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, HELLO, OPENID, Heard, client_to, http_answer, wechat
from wxdesk import logs
from wxdesk.core.errors import NotSent
from wxdesk.core.system_failures import FOREIGN_CERTIFICATE, NOT_REACHED

PORTAL = http_answer(b"<html><title>Wi-Fi</title><a href='http://10.0.0.1/login'>", content_type="text/html")
PROXY = http_answer(b"<html>407", "407 Proxy Authentication Required", "text/html")
LOGIN = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\nContent-Length: 0\r\n\r\n"


async def refused(url: str, caplog: pytest.LogCaptureFixture) -> str:
    """Try to send there; the reason why nothing was sent, in which no secret stands, nor anywhere else."""
    caplog.set_level(logging.DEBUG)
    for library in logs.CHATTY:
        caplog.set_level(logging.WARNING, library)
    heard = Heard()
    async with client_to(url, heard, deadline=3.0) as client:
        with pytest.raises(NotSent) as stopped:
            await client.send(ACCOUNT, OPENID, HELLO)
    said = "".join(traceback.format_exception(stopped.value)) + repr(heard.events) + caplog.text
    for secret in (*CREDENTIALS.secrets, "71_raw", OPENID):
        assert secret not in said
    return str(stopped.value.values["reason"])


async def test_a_server_with_wechats_certificate_is_trusted(trusted: Authority) -> None:
    async with (
        wechat(trusted.context("localhost")) as seen,
        client_to(f"https://localhost:{seen[0].decode()}", Heard()) as one,
    ):
        await one.send(ACCOUNT, OPENID, HELLO)
    assert len(seen) == 3


@pytest.mark.parametrize("wrong", ["expired", "of another name", "without its chain", "signed by itself"])
async def test_a_server_with_a_wrong_certificate_gets_nothing(
    trusted: Authority, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    tls = {
        "expired": trusted.context("localhost", days=-1),
        "of another name": trusted.context("api.weixin.qq.com"),
        "without its chain": trusted.context("localhost", chain=False),
        "signed by itself": trusted.self_signed("localhost"),
    }[wrong]
    async with wechat(tls) as seen:
        assert await refused(f"https://localhost:{seen[0].decode()}", caplog) == FOREIGN_CERTIFICATE
    assert len(seen) == 1, "not even the app secret was sent"


async def test_a_server_of_an_unknown_authority_gets_nothing(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    async with wechat(authority.context("localhost")) as seen:
        assert await refused(f"https://localhost:{seen[0].decode()}", caplog) == FOREIGN_CERTIFICATE
    assert len(seen) == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_no_handshake_is_no_connection(trusted: Authority, caplog: pytest.LogCaptureFixture) -> None:
    """Plain HTTP at the port of HTTPS, and a protocol that nobody should speak any more."""
    old = trusted.context("localhost")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    for tls in (None, old):
        async with wechat(tls) as seen:
            assert await refused(f"https://localhost:{seen[0].decode()}", caplog) == NOT_REACHED
        assert len(seen) == 1


@pytest.mark.parametrize("answer", [PORTAL, PROXY, LOGIN], ids=["portal", "407", "302"])
@pytest.mark.parametrize("at", ["token", "send"])
async def test_a_portal_sends_nothing_and_leads_nowhere(
    at: str, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing reached WeChat, so that the reply may be tried again later; nothing is tried twice at once."""
    async with wechat(None, **{"token" if at == "token" else "answer": answer}) as seen:
        reason = await refused(f"http://127.0.0.1:{seen[0].decode()}", caplog)
    assert "gateway" in reason
    assert len(seen) == (2 if at == "token" else 3)
