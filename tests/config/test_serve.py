"""The status page's address in config.toml: nowhere unless it is given, and then on this machine."""

import pytest

from wxdesk.config.reading import Config, ServeSettings, parse
from wxdesk.core.errors import BadConfig
from wxdesk.i18n import explain


def test_the_status_page_is_off_by_default_and_bound_to_this_machine() -> None:
    assert Config().serve.status_port == 0
    assert parse("[serve]\nstatus_port = 9765\n").serve == ServeSettings("127.0.0.1", 9765)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[serve]\nstatus_port = 70000\n", "line 2: serve.status_port: must be from 0 to 65535"),
        ("[serve]\nport = 1\n", "there is no key “port” here"),
        ("[listener]\nstatus_port = 1\n", "it belongs under [serve]"),
        ("[serve]\nstatus_prot = 1\n", "did you mean “status_port”?"),
    ],
)
def test_a_mistake_is_reported(text: str, told: str) -> None:
    with pytest.raises(BadConfig) as raised:
        parse(text)
    assert told in explain(raised.value), explain(raised.value)
