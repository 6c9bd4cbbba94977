"""What people call an account: any script, one line, shown wherever a sentence names it."""

import pytest

from wxdesk.config.reading import parse
from wxdesk.core.errors import BadConfig
from wxdesk.i18n import account_title, name_accounts, tr

ENTRY = '[[accounts]]\nname = "shop"\napp_id = "wx0123456789abcdef"\n'


@pytest.mark.parametrize("title", ["茶具店", "🍵👨‍👩‍👧", "متجر الشاي", "Tea & <b>Co</b> “x”"])
def test_a_title_in_any_script_names_the_account_and_turns_nothing(title: str) -> None:
    [entry] = parse(f'{ENTRY}title = "{title}"\n').accounts
    name_accounts({"shop": entry.account().title})
    assert title in account_title("shop")
    assert tr("“{account}” is paused", account="shop") == f"“{account_title('shop')}” is paused"
    name_accounts({"shop": ""})
    assert account_title("shop") == "shop"


def test_accounts_of_one_title_are_told_apart_wherever_they_are_named() -> None:
    name_accounts({"shop": "茶具店", "other": "茶具店", "third": "third shop"})
    assert [account_title(name) for name in ("shop", "other", "third")] == [
        "茶具店 (shop)",
        "茶具店 (other)",
        "third shop",
    ]
    assert tr("“{account}” is paused", account="other") == "“茶具店 (other)” is paused"
    name_accounts({"other": "", "third": ""})
    assert account_title("shop") == "茶具店"
    name_accounts({"shop": ""})


def test_a_title_of_blanks_counts_as_no_title() -> None:
    assert parse(f'{ENTRY}title = "  "\n').accounts[0].account().title == ""


@pytest.mark.parametrize("title", ["a\\nb", "a\\u0000", "x" * 65])
def test_a_title_of_several_lines_or_without_end_is_refused(title: str) -> None:
    with pytest.raises(BadConfig, match="title"):
        parse(f'{ENTRY}title = "{title}"\n')
