"""A notice of a version is believed only over https and by its publisher's signature, and only if it is newer."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import certifi
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installers.notice import signed
from tests.certificates import Authority
from wxdesk import __version__
from wxdesk.computer.updates import SignedNotice, VersionNotice, newer_version

PUBLISHER, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
KEY = base64.b64encode(PUBLISHER.public_key().public_bytes_raw()).decode()
NEWER = VersionNotice("99.0.1", "It is faster.", "更快了。")


def notice(what: VersionNotice = NEWER, key: Ed25519PrivateKey = PUBLISHER) -> bytes:
    return signed(key, what.version, what.en, what.zh_CN)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """What the server at `url` answers."""
    authority, held = Authority(tmp_path), {"body": notice()}
    monkeypatch.setattr(certifi, "where", lambda: str(authority.roots))

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(held["body"])

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("localhost", 0), Answer) as server:
        server.socket = authority.context("localhost").wrap_socket(server.socket, server_side=True)
        held["url"] = f"https://localhost:{server.server_port}/wxdesk.json".encode()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield held
        server.shutdown()
        thread.join()


def test_a_newer_version_is_reported(published: dict[str, bytes]) -> None:
    assert newer_version(published["url"].decode(), KEY) == NEWER


@pytest.mark.parametrize(
    "body",
    [
        notice(VersionNotice(__version__)),
        notice(VersionNotice("0.0.9")),
        notice(VersionNotice("ninety")),
        notice(key=STRANGER),
        msgspec.json.encode(SignedNotice("{}", "")),
        notice().replace(b"99.0.1", b"99.0.2"),
        b"<html>",
        b"",
    ],
    ids=["the same", "older", "no number", "a stranger's", "unsigned", "changed", "a page", "nothing"],
)
def test_no_other_notice_of_a_version_is_believed(published: dict[str, bytes], body: bytes) -> None:
    published["body"] = body
    assert newer_version(published["url"].decode(), KEY) is None


@pytest.mark.parametrize("key", ["", "AAAA", "?"])
def test_a_malformed_public_key_trusts_no_update(published: dict[str, bytes], key: str) -> None:
    assert newer_version(published["url"].decode(), key) is None


def test_updates_are_not_asked_for_without_tls_or_trust(
    published: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = published["url"].decode()
    assert newer_version(url.replace("https", "http"), KEY) is None
    monkeypatch.undo()
    assert newer_version(url, KEY) is None
