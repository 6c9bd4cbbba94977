"""The log keeps what happened and none of the secrets, whoever wrote them."""

import errno
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from wxdesk import logs
from wxdesk.core.events import TroubleRaised
from wxdesk.core.model.account import Account, PushMode
from wxdesk.desk.runtime.trouble_log import TroubleLog
from wxdesk.secrets.sources import SecretSources
from wxdesk.store.failures import file_error, store_error

SECRET = "4f5e6d7c8b9a4f5e6d7c8b9a4f5e6d7c"
OPENID = "oW7hT5dQmZ0xKfLr2sVnB8yE4c31"


@contextmanager
def set_up(home: Path, level: str = "DEBUG") -> Iterator[None]:
    """The program's log, and afterwards the one of the tests again."""
    root = logging.getLogger()
    before, former = root.handlers[:], root.level
    logs.set_up(home, level, [SECRET])
    yield
    for handler in root.handlers:
        with suppress(OSError):
            handler.close()
    root.handlers[:] = before
    root.setLevel(former)


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    with set_up(tmp_path):
        yield tmp_path / "logs" / "wxdesk.log"


@pytest.mark.parametrize(
    "said",
    [
        f"the secret is {SECRET}",
        "GET https://api.weixin.qq.com/cgi-bin/x?access_token=81_abcDEF-_x&type=image",
        '{"appid": "wx1", "secret": "abcdef0123456789"}',
        f"message of {OPENID} kept",
    ],
)
@pytest.mark.expects_log("")
def test_no_secret_reaches_the_file(lines: Path, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("wxdesk.test").error(said)
    try:
        raise ValueError(said)
    except ValueError:
        logging.getLogger("wxdesk.test").exception("it broke")
    written = lines.read_text(encoding="utf-8") + capsys.readouterr().err
    for secret in (SECRET, "81_abcDEF-_x", "abcdef0123456789", OPENID):
        assert secret not in written
    assert "***" in written


@pytest.mark.expects_log("")
def test_an_errcode_is_no_secret(lines: Path) -> None:
    logging.getLogger("wxdesk.test").error("shop gets no access_token: 40013 the AppID is wrong.")
    assert "40013 the AppID is wrong." in lines.read_text(encoding="utf-8")


@pytest.mark.expects_log("")
def test_a_store_that_fails_each_second_is_written_once_a_minute(lines: Path) -> None:
    """So that an outage of a night does not push what led to it out of the files."""
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False) as clock:
        for _ in range(120):
            store_error(TimeoutError())
            logging.getLogger("wxdesk.webhook.server").error("A push could not be kept: %s", "StoreError")
            clock.shift(1)
        file_error(OSError(errno.ENOSPC, "full"))
    written = [json.loads(line)["text"] for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [text.split(":")[0] for text in written] == ["database error", "A push could not be kept"] * 2 + [
        "the database file cannot be used"
    ]


@pytest.mark.expects_log("")
def test_a_trouble_that_comes_back_at_once_is_written_each_time(lines: Path) -> None:
    troubles = TroubleLog()
    for text in ("The disk is full.", "", "The disk is full."):
        troubles.on_event(TroubleRaised("store", text))
    written = [json.loads(line)["text"] for line in lines.read_text(encoding="utf-8").splitlines()]
    assert written == ["store: The disk is full.", "Over: store: The disk is full.", "store: The disk is full."]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there")
@pytest.mark.parametrize("gone", ["logs", "."])
@pytest.mark.expects_log("")
def test_a_log_folder_that_is_removed_is_made_again_but_no_home(tmp_path: Path, gone: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with set_up(home):
        logging.getLogger("wxdesk.test").info("before")
        (home / gone).rename(tmp_path / "moved")
        logging.getLogger("wxdesk.test").info("after")
    if gone == "logs":
        assert '"after"' in (home / "logs" / "wxdesk.log").read_text(encoding="utf-8")
    else:
        assert not home.exists()
        assert '"after"' in (tmp_path / "moved" / "logs" / "wxdesk.log").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="has no disk that is always full")
@pytest.mark.expects_log("")
def test_a_full_disk_is_reported_once_and_without_what_was_to_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "wxdesk.log").symlink_to("/dev/full")
    with set_up(tmp_path):
        for _ in range(3):
            logging.getLogger("wxdesk.test").info("the token %s of %s", SECRET, OPENID)
        logging.getLogger("wxdesk.test").info("%d is no number", OPENID)
    said = capsys.readouterr().err
    assert "wxdesk: a line of wxdesk.test could not be logged: No space left on device\n" in said
    assert "Traceback" not in said
    assert SECRET not in said
    assert OPENID not in said
    assert said.count("wxdesk: ") == 2  # one for the file, one for stderr, which cannot say what is no number either


def test_a_record_is_one_line_of_json_whatever_it_says(lines: Path) -> None:
    logging.getLogger("wxdesk.test").info("one\r\ntwo\u2028three\x1b[31m 四")
    (line,) = lines.read_bytes().splitlines()
    entry = json.loads(line)
    assert entry["text"].endswith("四")
    assert (entry["level"], entry["room"]) == ("INFO", "wxdesk.test")


@pytest.mark.expects_log("")
def test_no_text_makes_a_line_of_its_own_or_is_lost(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = "one\r\nCRITICAL wxdesk: two\x85three\u2028four\x0bfive\x1b[2Jsix\x9b2Jseven\u202eeight\ud83dnine\0"
    with set_up(tmp_path):
        log = logging.getLogger("wxdesk.test")
        log.warning("%s", said)
        try:
            raise ValueError(said)
        except ValueError:
            log.exception("%s", said)
    written = (tmp_path / "logs" / "wxdesk.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in written] == [said, said]
    shown = capsys.readouterr().err
    records = [line for line in shown.splitlines() if not line.startswith("  ")]
    assert [line.partition(" ")[0] for line in records] == ["WARNING", "ERROR"]
    assert all(char.isprintable() for char in "".join(written) + shown.replace("\n", ""))


def test_http_clients_do_not_log_their_urls(lines: Path) -> None:
    for name in ("httpx2", "httpcore2", "aiohttp.access"):
        logging.getLogger(name).info("GET https://api.weixin.qq.com/?access_token=x")
    assert lines.read_text(encoding="utf-8") == ""


@pytest.mark.expects_log("")
def test_a_secret_that_is_known_later_is_masked_from_then_on(lines: Path) -> None:
    log = logging.getLogger("wxdesk.test")
    log.error("the new one is laterToken1")
    SecretSources(lines.parent, {"WXDESK_SHOP_PUSH_TOKEN": "laterToken1"}).read(
        Account("shop", "wx1", "gh_1", PushMode.PLAIN), datetime.now(UTC)
    )
    log.error("the same is laterToken1")
    said = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in said if line["room"] == log.name] == [
        "the new one is laterToken1",
        "the same is ***",
    ]
