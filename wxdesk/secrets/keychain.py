"""The system's keychain, asked in a thread with a deadline.

A keychain may wait for ever for a person to unlock it. A start gives it a few seconds, once, however many
secrets there are; whoever stores a secret gets the time to answer the system's question.

The entries are named `wxdesk` / `shop/app_secret`, so two homes of one person with an account `shop` share
them.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

from wxdesk.secrets.names import SecretSource

log = logging.getLogger(__name__)

SERVICE = "wxdesk"

START_SECONDS = 3.0
"""Time that a start gives the keychain."""

PERSON_SECONDS = 120.0
"""Time that a person gets to answer the system's question."""

REFUSED_SECONDS = 5.0
"""Seconds for which a refusal counts: each entry would ask the person again."""

TOLD_AFTER = 1.0
"""Seconds of silence after which the person is told of the question."""


class KeychainTrouble(StrEnum):
    """Reason for which the keychain could not be used when it was last asked."""

    MISSING = "missing"
    LOCKED = "locked"
    SILENT = "silent"
    FAILED = "failed"


class Keychain:
    """Entries in the system's keychain.

    `on_wait` is called while it asks the person something.
    """

    source = SecretSource.KEYCHAIN

    def __init__(self, on_wait: Callable[[], None] = lambda: None) -> None:
        self.trouble: KeychainTrouble | None = None
        self._on_wait = on_wait
        self._asking: threading.Thread | None = None
        self._refused_at = -REFUSED_SECONDS

    @property
    def is_refused(self) -> bool:
        """Tell that a person has just been asked, and has not opened it."""
        return time.monotonic() - self._refused_at < REFUSED_SECONDS

    @property
    def is_shut(self) -> bool:
        """Tell that there is one, which did not open when it was last asked."""
        return self.trouble not in (None, KeychainTrouble.MISSING)

    def get(self, entry: str, wait: float) -> str | None:
        """Read an entry; None if it is absent, or the keychain cannot be used."""
        import keyring  # slow to load, and not needed where the environment has it all

        return self._in_time(lambda: keyring.get_password(SERVICE, entry), wait)

    def put(self, entries: Mapping[str, str | None], wait: float) -> bool:
        """Write entries in order, and remove those that are None; False if that failed."""
        return all(self._in_time(_writing(entry, value), wait) for entry, value in entries.items())

    def _in_time[T](self, work: Callable[[], T], wait: float) -> T | None:
        """Run `work` in a thread; None if it fails or does not end in time."""
        is_asked = self._asking is not None and self._asking.is_alive()
        if wait <= START_SECONDS and (is_asked or self.is_refused):
            return None  # a locked keychain holds a start up once; whoever stores a secret asks it again
        results: list[T] = []
        began = time.monotonic()

        def attempt() -> None:
            try:
                results.append(work())
                self.trouble = None
            except Exception as error:  # noqa: BLE001 - backends raise what they like; its text may hold the secret
                self.trouble = _trouble(error)
                if time.monotonic() - began > TOLD_AFTER:  # so long takes a person, not a service that fails
                    self._refused_at = time.monotonic()
                log.info("The system keychain did not answer: %s", type(error).__name__)

        # A daemon, because a prompt that nobody answers must not keep the program from ending.
        asking = self._asking = threading.Thread(target=attempt, daemon=True, name="keychain")
        asking.start()
        if not self._ended(asking, wait):
            self.trouble = KeychainTrouble.SILENT
            log.warning("The system keychain did not answer in %s s", wait)
            return None
        return results[0] if results else None

    def _ended(self, thread: threading.Thread, wait: float) -> bool:
        """Wait for `thread`, in small steps: on Windows a long one lets no Ctrl+C through."""
        began, told = time.monotonic(), False
        while thread.is_alive():
            passed = time.monotonic() - began
            if passed >= wait:
                return False
            if passed >= TOLD_AFTER and not told:
                told = True
                self._on_wait()
            thread.join(min(0.2, wait - passed))
        return True


def _writing(entry: str, value: str | None) -> Callable[[], bool]:
    import keyring
    import keyring.errors

    def write() -> bool:
        if value is None:
            if keyring.get_password(SERVICE, entry) is not None:
                keyring.delete_password(SERVICE, entry)
            return True
        keyring.set_password(SERVICE, entry, value)
        # A backend that keeps nothing (`keyring.backends.null`) does not say so.
        if keyring.get_password(SERVICE, entry) != value:
            raise keyring.errors.NoKeyringError
        return True

    return write


def _trouble(error: Exception) -> KeychainTrouble:
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return KeychainTrouble.MISSING
    if isinstance(error, errors.KeyringLocked):
        return KeychainTrouble.LOCKED
    return KeychainTrouble.FAILED
