"""A system keychain in memory, in the place of the real one."""

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend


class Drawer(KeyringBackend):
    """A keychain in memory; while `locked` is set it waits for an unlock that never comes."""

    priority = -1  # only where a test asks for it: keyring looks through all classes that it finds

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.unlocked = threading.Event()
        self.unlocked.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.unlocked.wait()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before, mine = keyring.get_keyring(), Drawer()
    keyring.set_keyring(mine)
    yield mine
    mine.unlocked.set()
    keyring.set_keyring(before)
