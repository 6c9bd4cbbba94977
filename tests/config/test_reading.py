"""What config.toml may say, and the clear answer to what it may not."""

from pathlib import Path

import pytest

from wxdesk import i18n
from wxdesk.config.reading import load, parse
from wxdesk.core.errors import BadConfig
from wxdesk.core.model.account import PushMode, ReplyMode
from wxdesk.core.system_failures import UnusableFile

WHOLE = """
[listener]
host = "0.0.0.0"
port = 0
public_url = "https://desk.example.com"
[store]
url = "postgresql://desk@localhost/desk"
[wechat]
api_base = "http://127.0.0.1:9000"
proxy = "http://proxy.example.com:3128"
token_endpoint = "classic"
[[accounts]]
name = "shop"
app_id = "wx0123456789abcdef"
original_id = "gh_0123456789ab"
push_mode = "compat"
reply_mode = "hold"
hold_seconds = 12
reserve = 1
timezone = "Asia/Shanghai"
"""


def test_the_whole_file_is_understood() -> None:
    config = parse(WHOLE)
    account = config.accounts[0].account()
    assert (config.listener.port, config.wechat.token_endpoint) == (0, "classic")
    assert (account.push_mode, account.reply_mode, account.hold_seconds) == (PushMode.COMPAT, ReplyMode.HOLD, 12)
    assert (account.reserve, account.timezone) == (1, "Asia/Shanghai")


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert (config.listener.host, config.listener.port, config.store.url) == ("127.0.0.1", 8765, "sqlite:///desk.db")
    assert config.accounts == ()


ACCOUNT = '[[accounts]]\nname = "shop"\napp_id = "wx1"\n'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[listener]\nporrt = 1\n", ("porrt", "listener")),
        (ACCOUNT + 'timezone = "Asia/Shanghei"\n', ("accounts[0].timezone", "Asia/Shanghai")),
        (ACCOUNT + "timezone = 8\n", ("accounts[0].timezone", "a text in quotes")),
        (ACCOUNT + 'timezone = "../etc"\n', ("accounts[0].timezone",)),
        ("[lisener]\n", ("lisener",)),
        ("[listener]\nport = 70000\n", ("listener.port", "65535")),
        ('[listener]\nport = "8765"\n', ("listener.port", "a whole number")),
        ("[listener\n", ("TOML", "line 1")),
        ("x = " + "[" * 5000, ("TOML", "nested too deeply")),
        ('[listener]\npublic_url = "desk.example.com"\n', ("listener.public_url", "https://")),
        ('[updates]\nurl = "http://desk.example.com/x.json"\n', ("line 2", "updates.url", "must begin with https://")),
        ('[wechat]\nproxy = "socks5://127.0.0.1:7890"\n', ("line 2", "wechat.proxy", "must begin with http://")),
        ('[wechat]\nproxy = "http://li:pw@proxy:3128"\n', ("line 2", "wechat.proxy", "no name or password")),
        ('[wechat]\nproxy = "http://"\n', ("line 2", "wechat.proxy", "takes a host")),
        ('[wechat]\napi_base = "https://api.weixin.qq.com:99999"\n', ("line 2", "wechat.api_base", "up to 65535")),
        ('[store]\nurl = "mysql://x"\n', ("store.url", "sqlite:///")),
        ('[wechat]\ntoken_endpoint = "new"\n', ("wechat.token_endpoint", "new", "stable | classic")),
        ('[[accounts]]\napp_id = "wx1"\n', ("accounts", "name")),
        (ACCOUNT + ACCOUNT, ("accounts[1].name", "twice")),
        (ACCOUNT.replace("shop", "tea-shop") + ACCOUNT.replace("shop", "Tea_Shop"), ("accounts[1].name", "twice")),
        (ACCOUNT + 'app_secret = "x"\n', ("app_secret",)),
        (ACCOUNT.replace("shop", "../x"), ("accounts[0].name",)),
        (ACCOUNT + "hold_seconds = -1\n", ("hold_seconds",)),
        (ACCOUNT + "reserve = 5\n", ("accounts[0].reserve", "0 to 4")),
        (ACCOUNT + "reserve = -1\n", ("accounts[0].reserve", "0 to 4")),
        (ACCOUNT + 'reply_mode = "manual"\n', ("line 4", "reply_mode", "manual")),
        (ACCOUNT + 'appid = "wx1"\n', ("line 4", "did you mean “app_id”")),
        (ACCOUNT + "\n" + ACCOUNT, ("line 6", "accounts[1].name", "twice")),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(text: str, names: tuple[str, ...]) -> None:
    with pytest.raises(BadConfig) as caught:
        parse(text, "config.toml")
    for name in ("config.toml", *names):
        assert name in str(caught.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableFile, match=r"config\.toml: it is not text in UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[listener\n", "config.toml：TOML：第 1 行：标题的方括号没有闭合。"),
        ("[listener]\n[listener]\n", "config.toml：TOML：第 2 行：这个名称前面已经写过，只能写一次。"),
        ('[store]\nurl = """', "config.toml：TOML：第 2 行：文字没有结束：末尾缺引号。"),
        ("[lisener]\n", "config.toml 第 1 行：最外层：这里没有「lisener」这个键，是不是想写「[listener]」？"),
        ('[[accounts]]\nname = "shop"\n', "config.toml 第 1 行：accounts[0]：缺少「app_id」"),
        ('[listener]\nport = "8765"\n', "config.toml 第 2 行：listener.port：必须是整数"),
        (
            ACCOUNT + 'push_mode = "new"\n',
            "config.toml 第 4 行：accounts[0].push_mode：「new」不是这些之一：plain | compat | secure",
        ),
        (ACCOUNT + "reserve = 5\n", "config.toml 第 4 行：accounts[0].reserve：必须在 0 到 4 之间"),
    ],
)
def test_a_wrong_line_is_reported_in_chinese(text: str, said: str) -> None:
    i18n.use("zh_CN")
    with pytest.raises(BadConfig) as caught:
        parse(text, "config.toml")
    assert i18n.explain(caught.value) == said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ACCOUNT + 'appid = "wx1"\n', "there is no key “appid” here; did you mean “app_id”?"),
        (ACCOUNT + 'app_secret = "0"\n', "take “app_secret” out, and enter the secret in the set-up"),
        (ACCOUNT + 'Token = "0"\n', "or with: wxdesk secret set ACCOUNT push_token"),
        ("[listner]\nport = 1\n", "there is no key “listner” here; did you mean “[listener]”?"),
        ('[account]\nname = "shop"\n', "did you mean “[[accounts]]”?"),
        (ACCOUNT + 'originalID = "gh_1"\n', "there is no key “originalID” here; did you mean “original_id”?"),
        ("[listener]\nprot = 1\n", "there is no key “prot” here; did you mean “port”?"),
        (ACCOUNT + 'public_url = "https://a"\n', "there is no key “public_url” here; it belongs under [listener]"),
        ('public_url = "https://a"\n', "there is no key “public_url” here; it belongs under [listener]"),
        ("[listener]\ncolour = 1\n", "there is no key “colour” here"),
        ('[accounts]\nname = "shop"\n', "write [[accounts]], with two brackets on each side"),
    ],
)
def test_a_mistyped_key_is_reported_with_what_was_meant(text: str, told: str) -> None:
    with pytest.raises(BadConfig) as refused:
        parse(text)
    assert told in str(refused.value)
    i18n.use("zh_CN")
    said = i18n.explain(refused.value)
    i18n.use("en")
    assert "there is" not in said
    assert "write" not in said
