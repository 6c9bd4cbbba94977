"""A keychain that hangs holds a start up once, and gives a person the time to answer its question."""

import threading

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from keyring.backends.null import Keyring as KeepsNothing
from keyring.errors import KeyringLocked

from tests.secrets.backends import Drawer, drawer
from wxdesk.secrets import keychain as room
from wxdesk.secrets.keychain import Keychain, KeychainTrouble

__all__ = ["drawer"]


@pytest.mark.expects_log("The system keychain did not answer in 0.05 s")
def test_a_start_waits_once_for_a_keychain_that_waits_for_a_person(drawer: Drawer) -> None:
    drawer.unlocked.clear()
    keychain = Keychain()
    assert [keychain.get("shop/app_secret", 0.05) for _ in range(4)] == [None] * 4
    assert drawer.asked == 1
    assert keychain.trouble is KeychainTrouble.SILENT


def test_storing_a_secret_waits_for_an_answer_to_the_keychains_question(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TOLD_AFTER", 0.0)
    drawer.unlocked.clear()
    keychain = Keychain(on_wait=drawer.unlocked.set)  # the person answers as soon as they are told
    assert keychain.put({"shop/app_secret": "value"}, room.PERSON_SECONDS)
    assert drawer.kept == {("wxdesk", "shop/app_secret"): "value"}


@pytest.mark.expects_log("The system keychain did not answer in 0.05 s")
def test_storing_a_secret_asks_again_after_an_unanswered_question(drawer: Drawer) -> None:
    drawer.unlocked.clear()
    keychain = Keychain()
    keychain.get("shop/app_secret", 0.05)
    assert keychain.put({"shop/app_secret": "value"}, 0.05) is False
    unlocking = threading.Timer(0.0, drawer.unlocked.set)
    unlocking.start()
    assert keychain.put({"shop/app_secret": "value"}, room.PERSON_SECONDS)
    unlocking.join()
    assert keychain.trouble is None


@pytest.mark.expects_log("The system keychain did not answer in 0.05 s")
def test_a_keychain_that_is_unlocked_later_counts_again(drawer: Drawer) -> None:
    drawer.unlocked.clear()
    drawer.kept["wxdesk", "entry"] = "value"
    keychain = Keychain()
    assert keychain.get("entry", 0.05) is None
    drawer.unlocked.set()
    assert keychain._asking is not None
    keychain._asking.join()
    assert keychain.get("entry", room.START_SECONDS) == "value"
    assert keychain.trouble is None


@pytest.mark.parametrize("backend", [NoKeychain(), KeepsNothing()])
def test_a_backend_that_keeps_nothing_is_a_missing_keychain(drawer: Drawer, backend: NoKeychain) -> None:
    keyring.set_keyring(backend)
    keychain = Keychain()
    assert keychain.put({"entry": "value"}, 1.0) is False
    assert keychain.trouble is KeychainTrouble.MISSING


def test_a_locked_keychain_and_a_failing_one_are_told_apart(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    keychain = Keychain()
    for error, trouble in ((KeyringLocked(), KeychainTrouble.LOCKED), (RuntimeError("x"), KeychainTrouble.FAILED)):

        def fail(*_: object, error: Exception = error) -> str:
            raise error

        monkeypatch.setattr(drawer, "get_password", fail)
        assert keychain.get("entry", 1.0) is None
        assert keychain.trouble is trouble


def test_entries_are_removed_and_an_absent_one_is_no_failure(drawer: Drawer) -> None:
    keychain = Keychain()
    assert keychain.put({"one": "1", "two": "2"}, 1.0)
    assert keychain.put({"one": None, "absent": None}, 1.0)
    assert drawer.kept == {("wxdesk", "two"): "2"}
