"""The URL of the store: from the file or the environment, shown and logged without its password."""

from pathlib import Path

import pytest

from wxdesk.config.reading import load, load_file
from wxdesk.config.store_url import VARIABLE, passwords_in, public_part
from wxdesk.core.errors import BadConfig
from wxdesk.desk.settings.configuration import Setup


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///desk.db", "sqlite:///desk.db"),
        ("sqlite:////srv/a@b/desk.db", "sqlite:////srv/a@b/desk.db"),
        ("postgresql://db.example/desk", "postgresql://db.example/desk"),
        ("postgresql://li:s3cret@db.example:5433/desk", "postgresql://db.example:5433/desk"),
        ("postgresql://li:s3@cret@[::1]/desk", "postgresql://[::1]/desk"),
        ("postgresql://db.example/desk?user=li&password=s3cret", "postgresql://db.example/desk"),
        ("postgresql:///desk?host=/run&password=s3cret", "postgresql:///desk"),
    ],
)
def test_of_the_database_only_its_place_is_shown(url: str, shown: str) -> None:
    assert public_part(url) == shown


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("sqlite:///desk.db", set()),
        ("postgresql://db.example/desk", set()),
        ("postgresql://li:s3%40cret@db.example:5433/desk", {"s3%40cret", "s3@cret"}),
        ("postgresql://db.example/desk?user=li&password=s3cret", {"s3cret"}),
        ("postgresql://[bad/desk", set()),
    ],
)
def test_the_password_of_a_store_url_is_masked_in_the_log(
    url: str, secrets: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(passwords_in(url)) == secrets
    if "[bad" not in url:
        monkeypatch.setenv(VARIABLE, url)
        assert set(Setup(Path("/nowhere"), load(Path("/nowhere"))).secrets) - {""} == secrets


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('[store]\nurl = "sqlite:///a.db"\n', encoding="utf-8")
    assert load(tmp_path).store.url == "sqlite:///a.db"
    monkeypatch.setenv(VARIABLE, " postgresql://db.example/desk\n")
    assert load(tmp_path).store.url == "postgresql://db.example/desk"
    assert load_file(tmp_path).store.url == "sqlite:///a.db"


def test_a_bad_url_in_the_environment_is_refused_without_repeating_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "mysql://li:s3cret@db.example/desk")
    with pytest.raises(BadConfig, match=r"WXDESK_STORE_URL: store\.url: must begin with sqlite:///") as refused:
        load(tmp_path)
    assert "s3cret" not in str(refused.value)
