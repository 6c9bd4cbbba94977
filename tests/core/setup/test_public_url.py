"""Public addresses as they are pasted: cleaned, kept or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import cleaned_url, read_public_url

GOOD = "https://desk.example.com"


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {GOOD} \n",
        f"{GOOD}/",
        f"{GOOD}。",
        f"“{GOOD}”",
        f"「{GOOD}」",
        f"<{GOOD}>",
        f"{GOOD}，",
        "ｈｔｔｐｓ：／／ｄｅｓｋ．ｅｘａｍｐｌｅ．ｃｏｍ",
        "https：//desk。example。com",
        "https://desk\u200b.example.com\ufeff",
        "https://desk .example.com",
        "HTTPS://Desk.Example.COM",
        "https:/desk.example.com",
        "https//desk.example.com",
        "desk.example.com",
        "desk.example.com/wx/shop",
        f"{GOOD}:443",
        f"{GOOD}.",
        f"{GOOD}/wx/shop",
        f"{GOOD}/wx/shop/",
        f"{GOOD}/wx/",
        f"{GOOD}/wx/shop?signature=1&echostr=2",
        f"{GOOD}#top",
    ],
)
def test_a_pasted_address_is_cleaned_and_the_finding_says_so(pasted: str) -> None:
    assert cleaned_url(pasted) == GOOD
    address, finding = read_public_url(pasted)
    assert str(address) == GOOD
    expected = CheckVerdict.OK if pasted.strip() == GOOD else CheckVerdict.URL_CLEANED
    assert (finding.verdict, finding.values["url"]) == (expected, GOOD)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://desk.example.com", "http://desk.example.com"),
        ("https://example.com/desk", "https://example.com/desk"),
        ("https://example.com/desk/wx/shop", "https://example.com/desk"),
        ("https://example.com/wxapp", "https://example.com/wxapp"),
        ("http://desk.example.com:80", "http://desk.example.com"),
        ("https://客服.example.com", "https://xn--ubtq9x.example.com"),
    ],
)
def test_the_scheme_and_folder_of_an_address_are_kept(written: str, kept: str) -> None:
    address, _ = read_public_url(written)
    assert str(address) == kept
    assert address is not None
    assert address.port == (80 if kept.startswith("http:") else 443)


@pytest.mark.parametrize(
    ("written", "verdict", "values"),
    [
        ("", CheckVerdict.NO_PUBLIC_URL, {}),
        (" 。", CheckVerdict.NO_PUBLIC_URL, {}),
        ("ftp://desk.example.com", CheckVerdict.URL_ILLEGAL, {}),
        ("https://me:secret@desk.example.com", CheckVerdict.URL_ILLEGAL, {"url": "https://…@desk.example.com"}),
        ("https://desk..example.com", CheckVerdict.URL_ILLEGAL, {}),
        ("https://", CheckVerdict.URL_ILLEGAL, {}),
        ("https:///wx/shop", CheckVerdict.URL_ILLEGAL, {}),
        ("desk", CheckVerdict.URL_ILLEGAL, {"url": "https://desk"}),
        ("1.2.3", CheckVerdict.URL_ILLEGAL, {}),
        ("https://" + "desk." * 50 + "example.com", CheckVerdict.URL_ILLEGAL, {}),
        ("https://de%sk.example.com", CheckVerdict.URL_ILLEGAL, {}),
        ("https://desk.example.com:99999", CheckVerdict.URL_ILLEGAL, {}),
        ("https://[fe80", CheckVerdict.URL_ILLEGAL, {}),
        ("desk.example.com/" + "a" * 2031, CheckVerdict.URL_ILLEGAL, {}),
        ("https://desk.example.com/" + "a" * 2048, CheckVerdict.URL_ILLEGAL, {}),
        ("https://desk.example.com/有 空", CheckVerdict.URL_ILLEGAL, {}),
        ("https://desk.example.com:8765", CheckVerdict.WRONG_PORT, {"port": "8765", "url": GOOD}),
        ("http://desk.example.com:443", CheckVerdict.WRONG_PORT, {"port": "443"}),
        ("http://127.0.0.1", CheckVerdict.PRIVATE_ADDRESS, {"ip": "127.0.0.1"}),
        ("http://192.168.1.5", CheckVerdict.PRIVATE_ADDRESS, {"ip": "192.168.1.5"}),
        ("http://100.64.3.4", CheckVerdict.PRIVATE_ADDRESS, {"ip": "100.64.3.4"}),
        ("http://[::1]", CheckVerdict.PRIVATE_ADDRESS, {"ip": "::1"}),
        ("http://localhost", CheckVerdict.PRIVATE_ADDRESS, {"ip": "localhost"}),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_the_reason(
    written: str, verdict: CheckVerdict, values: dict[str, str]
) -> None:
    address, finding = read_public_url(written)
    assert address is None
    assert finding.verdict is verdict
    assert finding.values.items() >= values.items()


def test_an_address_without_a_name_works_with_a_warning() -> None:
    address, finding = read_public_url("http://8.8.8.8")
    assert str(address) == "http://8.8.8.8"
    assert (finding.verdict, finding.ok) == (CheckVerdict.IP_WITHOUT_NAME, True)


@given(st.one_of(st.text(), st.text("htps:/.[]@?#%客。 １abc-_:8", max_size=40)))
def test_every_pasted_text_gets_a_verdict_and_cleaning_twice_changes_nothing(pasted: str) -> None:
    address, finding = read_public_url(pasted)
    assert finding.verdict in CheckVerdict
    if address is not None:
        again, second = read_public_url(str(address))
        assert again == address
        assert second.verdict in {CheckVerdict.OK, CheckVerdict.IP_WITHOUT_NAME}
