"""The system's notification service, called on a thread of its own for its delays."""

import asyncio
import html
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wxdesk.ui.notifications.notice import DesktopNotice, NoticeAction, action_label

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus
    from desktop_notifier import DesktopNotifier

log = logging.getLogger(__name__)

DEADLINE = 3.0
"""Seconds until a silent service counts as absent; a held reply leaves soon after."""

REST = 60.0
"""Seconds until an absent service is asked again."""


class NoServiceError(Exception):
    """No service here shows notices."""


class NoticeService:
    """Shows and withdraws notices one call after the other.

    So a withdrawn notice cannot reappear. `answered` is called with a notice and its action, `refused` with a
    notice that could not be shown, both on the thread of the loop.
    """

    def __init__(
        self, answered: Callable[[DesktopNotice, NoticeAction], None], refused: Callable[[DesktopNotice], None]
    ) -> None:
        self._answered = answered
        self._refused = refused
        self._notifier: DesktopNotifier | None = None
        self._one_by_one = asyncio.Lock()
        self._shown: dict[str, str] = {}
        self._absent_until = 0.0
        self.token = ""
        """Right to come to the front on Wayland, given before each answer."""

    async def show(self, notice: DesktopNotice, icon: Path | None = None) -> None:
        """Show a notice, or call `refused` with it."""
        async with self._one_by_one:
            shown = time.monotonic() >= self._absent_until and await self._try(notice, icon)
        if not shown:
            self._refused(notice)

    async def withdraw(self, key: str) -> None:
        """Withdraw a notice that is shown."""
        async with self._one_by_one:
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._clear(key)
            except Exception as error:  # noqa: BLE001 - whatever the service did, there is nothing left to do
                self._lose(error)

    async def close(self) -> None:
        """Withdraw all notices and leave the service."""
        for key in tuple(self._shown):
            await self.withdraw(key)
        self._leave()

    async def has_buttons(self) -> bool:
        """Tell whether notices can have buttons here, and leave the service.

        Raises:
            NoServiceError: no notices can be shown at all.
        """
        try:
            notifier = self._reach(None)
            async with asyncio.timeout(DEADLINE):
                return await self._buttons(notifier)
        except Exception as error:
            raise NoServiceError from error
        finally:
            await self.close()

    async def _try(self, notice: DesktopNotice, icon: Path | None) -> bool:
        try:
            notifier = self._reach(icon)
            async with asyncio.timeout(DEADLINE):
                await self._send(notice, notifier)
        except Exception as error:  # noqa: BLE001 - each system's service fails in ways of its own
            self._lose(error)
            return False
        return True

    async def _send(self, notice: DesktopNotice, notifier: "DesktopNotifier") -> None:
        from desktop_notifier import Button, Notification

        answers = notice.answers if await self._buttons(notifier) else ()
        if (bus := self._bus) is not None:
            bus.remove_message_handler(self._hear)  # from the notice before this one
            bus.add_message_handler(self._hear)
        await self._clear(notice.key)
        buttons = tuple(
            Button(action_label(each), on_pressed=partial(self._on_answer, notice, each)) for each in answers
        )
        pressed = partial(self._on_answer, notice, NoticeAction.OPEN)
        sent = Notification(notice.title, _plain(notice.body), buttons=buttons, on_clicked=pressed)
        await notifier.send_notification(sent)
        if sent.identifier not in await notifier.get_current_notifications():  # it tells of no failure
            raise NoServiceError
        self._shown[notice.key] = sent.identifier

    async def _clear(self, key: str) -> None:
        identifier = self._shown.pop(key, "")
        if self._notifier is not None and identifier in await self._notifier.get_current_notifications():
            await self._notifier.clear(identifier)

    def _reach(self, icon: Path | None) -> "DesktopNotifier":
        # Here, because the window would wait for it: 0.1 s, more on a busy machine, which is no silence of a service.
        from desktop_notifier import DesktopNotifier, Icon

        if self._notifier is None:
            self._notifier = DesktopNotifier("wxdesk", Icon(path=icon) if icon is not None else None)
        return self._notifier

    async def _buttons(self, notifier: "DesktopNotifier") -> bool:
        from desktop_notifier import Capability

        able = await notifier.get_capabilities()
        if Capability.TITLE not in able:  # what stands in for a service where there is none
            raise NoServiceError
        return Capability.BUTTONS in able

    @property
    def _bus(self) -> "MessageBus | None":
        return getattr(getattr(self._notifier, "_backend", None), "bus", None)

    def _hear(self, message: "Message") -> None:
        if message.member == "ActivationToken":
            self.token = message.body[1]

    def _on_answer(self, notice: DesktopNotice, answer: NoticeAction) -> None:
        self._shown.pop(notice.key, None)
        self._answered(notice, answer)

    def _lose(self, error: Exception) -> None:
        log.info("No notification service: %s", type(error).__name__)
        log.debug("It was asked here", exc_info=error)
        self._leave()
        self._absent_until = time.monotonic() + REST

    def _leave(self) -> None:
        """Forget the service; the library never hangs up on D-Bus by itself."""
        if (bus := self._bus) is not None:
            bus.disconnect()
        self._notifier = None
        self._shown.clear()


def _plain(body: str, platform: str = sys.platform) -> str:
    """Return `body` escaped for Linux, where a customer's text could be markup."""
    return html.escape(body, quote=False) if platform == "linux" else body


async def notices_have_buttons() -> bool:
    """Tell whether notices here have buttons; raises `NoServiceError` without any."""
    return await NoticeService(lambda _, __: None, lambda _: None).has_buttons()
