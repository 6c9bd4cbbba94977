"""The table [tunnel], and the clear answer to what it may not say."""

from pathlib import Path

import pytest

from wxdesk import i18n
from wxdesk.config.reading import parse
from wxdesk.config.tunnel import TunnelSettings, line_of, words_of
from wxdesk.core.errors import BadConfig
from wxdesk.core.setup.tunnel_state import TunnelKind

SSH = '[tunnel]\nkind = "ssh"\nhost = "vps.example.com"\nuser = "wx"\n'


def test_a_tunnel_by_a_server_is_understood() -> None:
    tunnel = parse(SSH + "remote_port = 80\ncarry_api = true\n").tunnel
    assert tunnel == TunnelSettings(
        kind=TunnelKind.SSH, host="vps.example.com", user="wx", remote_port=80, carry_api=True
    )


def test_a_command_and_the_gateway_of_frps_are_understood() -> None:
    assert parse('[tunnel]\nkind = "command"\ncommand = ["bore", "local"]\n').tunnel.command == ("bore", "local")
    frps = '[tunnel]\nkind = "ssh"\nhost = "1.2.3.4"\ngateway = "frps"\ncustom_domain = "a.example.com"\n'
    assert parse(frps).tunnel.gateway == "frps"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tunnel]\nkind = "vpn"\n', "tunnel.kind：「vpn」不是这些之一：external | ssh | command"),
        ('[tunnel]\nkind = "ssh"\n', "tunnel.host：不能为空"),
        ('[tunnel]\nkind = "ssh"\nhost = "a"\n', "tunnel.user：不能为空"),
        (SSH.replace("vps", "wx@vps"), "tunnel.host：只写服务器的域名或地址，不带别的"),
        (SSH + "port = 0\n", "tunnel.port：必须在 1 到 65535 之间"),
        (SSH + "remote_port = 70000\n", "tunnel.remote_port：必须在 1 到 65535 之间"),
        (SSH + 'host_key = "ssh-ed25519"\n', "tunnel.host_key：不是服务器指纹：指纹以 SHA256: 开头，后面有 43 个字符"),
        (SSH + 'gateway = "nginx"\n', "tunnel.gateway：「nginx」不是这些之一：sshd | frps"),
        (SSH + 'gateway = "frps"\n', "tunnel.custom_domain：只能是字母、数字、点、- 和 _，不能为空"),
        (
            SSH + 'gateway = "frps"\ncustom_domain = "a.com"\ncarry_api = true\n',
            "tunnel.carry_api：需要 sshd；frps 不能向外转发",
        ),
        (SSH + 'password = "x"\n', "tunnel：这里没有「password」这个键"),
        ('[tunnel]\nkind = "command"\n', "tunnel.command：不能为空：请写程序和它的参数，或选一个 preset"),
        ('[tunnel]\npreset = "bore"\n', "「bore」不是这些之一：frpc | cpolar | natapp | cloudflared | ngrok"),
        ('[tunnel]\ncommand = "frpc"\n', "tunnel.command：必须是列表"),
    ],
)
def test_a_wrong_line_is_reported_in_chinese(text: str, said: str) -> None:
    i18n.use("zh_CN")
    with pytest.raises(BadConfig) as caught:
        parse(text, "config.toml")
    assert said in i18n.explain(caught.value)


def test_one_word_of_a_command_is_where_the_program_of_a_preset_is() -> None:
    usual = TunnelSettings(preset="cpolar").command_to(8765)
    assert usual[:3] == ["cpolar", "http", "8765"]
    assert TunnelSettings(preset="cpolar", command=("/opt/cpolar",)).command_to(8765) == ["/opt/cpolar", *usual[1:]]
    assert TunnelSettings(preset="cpolar", command=("cpolar", "start-all")).command_to(1) == ["cpolar", "start-all"]
    assert TunnelSettings(command=("/opt/bore",)).command_to(8765) == ["/opt/bore"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r'"C:\Program Files\cpolar\cpolar.exe" http 8765', (r"C:\Program Files\cpolar\cpolar.exe", "http", "8765")),
        (r"C:\cpolar\cpolar.exe  http", (r"C:\cpolar\cpolar.exe", "http")),
        ("natapp '' #1", ("natapp", "", "#1")),
        (r"C:\O'Brien\natapp.exe", (r"C:\O'Brien\natapp.exe",)),
        ("", ()),
    ],
)
def test_a_written_command_is_split_and_written_again_as_it_is_meant(line: str, words: tuple[str, ...]) -> None:
    assert words_of(line) == words
    assert words_of(line_of(words)) == words


def test_a_line_that_is_a_file_is_one_word(tmp_path: Path) -> None:
    file = tmp_path / "Program Files" / "cpolar"
    file.parent.mkdir()
    file.touch()
    assert words_of(str(file)) == (str(file),)
