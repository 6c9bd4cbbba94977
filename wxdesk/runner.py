"""Runs a desk: on its own thread beside a window, or alone until told to stop."""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
from collections.abc import Callable, Collection, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any

from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.errors import StoreError, WxdeskError
from wxdesk.core.events import ConfigurationChanged, Event, WorkChanged
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.wechat.credential_shapes import judge_account
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime.lease_keeper import ALONE, STANDING_BY, WORKING
from wxdesk.desk.settings.configuration import Configuration, Setup, describe_changes
from wxdesk.desk.setup.account_findings import missing_finding
from wxdesk.desk.setup.sentences import told
from wxdesk.desk.wechat.explanations import explain_issue
from wxdesk.i18n import explain, tr
from wxdesk.store import is_shared
from wxdesk.team_desk import TeamDesk
from wxdesk.threads import LoopThread, network_loop, share_heap
from wxdesk.webhook import systemd

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""Seconds that stopping a desk may take, whatever is in progress."""


def _on_signal(act: Callable[[], None], *names: str) -> None:
    """Call `act` on the running loop at these signals, where the system has them."""
    for name in names:
        # Windows: Ctrl+C arrives as KeyboardInterrupt instead, and there is no SIGHUP.
        with contextlib.suppress(NotImplementedError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), act)


def account_lines(setup: Setup, names: Collection[str]) -> Iterator[str]:
    """Tell what these accounts lack, and which of their values cannot be right."""
    for one in setup.missing:
        if one.account in names:
            yield told(missing_finding(Check.SECRETS, one.name.field, one.account))
    for name in names:
        if name in setup.ready:
            for issue in judge_account(setup.ready[name], setup.credentials[name]):
                yield tr("Account “{account}”: {reason}", account=name, reason=explain_issue(issue))


def setup_lines(setup: Setup) -> Iterator[str]:
    """Tell what the whole configuration lacks."""
    if not setup.accounts:
        elsewhere = is_shared(setup.config.store.url)
        verdict = CheckVerdict.ACCOUNTS_ELSEWHERE if elsewhere else CheckVerdict.NO_ACCOUNT
        yield told(Finding(Check.CONFIGURATION, verdict))
    elif not setup.config.listener.public_url and setup.config.tunnel.kind is TunnelKind.EXTERNAL:
        yield told(Finding(Check.ADDRESS, CheckVerdict.NO_PUBLIC_URL))
    yield from account_lines(setup, tuple(setup.accounts))


def warn_of_setup(setup: Setup) -> None:
    """Say on stderr and in the log what is missing, and which values cannot be right."""
    for line in setup_lines(setup):
        log.warning("%s", line)
    if setup.missing and setup.sources is not None and setup.sources.vault.is_locked:
        log.warning("%s", tr("The vault {file} is locked. Set WXDESK_VAULT_PASSPHRASE or WXDESK_VAULT_PASSPHRASE_FD.",
                             file=setup.sources.vault.file))  # fmt: skip


class _Reporter:
    """Says on stderr what a configuration changed, and what accounts still lack."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.asked = asyncio.Event()
        """Set it to read again, as SIGHUP does."""

    def on_event(self, event: Event) -> None:
        if not isinstance(event, ConfigurationChanged) or event == ConfigurationChanged():
            return
        self._print(describe_changes(event))
        for line in account_lines(self._configuration.now, (*event.added, *event.changed)):
            self._print(line)

    async def run(self) -> None:
        """Read again whenever it is asked for, and answer also if nothing has changed."""
        while True:
            await self.asked.wait()
            self.asked.clear()
            try:
                changes = await self._configuration.reload()
            except WxdeskError as error:
                self._print(explain(error))
            else:
                if not (changes.added or changes.changed or changes.removed or changes.tables):
                    self._print(describe_changes(changes))

    @staticmethod
    def _print(text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal whose end was the signal
            print(f"wxdesk: {text}", file=sys.stderr, flush=True)  # noqa: T201 - for who sent SIGHUP


class DeskThread[D: OpenDesk | TeamDesk](LoopThread):
    """A desk on its own thread, for a program whose main thread shows a window.

    `opening` opens the desk, such as `open_desk`; `meanwhile` may show that it is not done yet.

    Everything in `opened` except `desk` may be touched only on the thread's own loop.
    """

    def __init__(
        self, opening: Coroutine[Any, Any, D], meanwhile: Callable[[Future[D]], None] = lambda _: None
    ) -> None:
        share_heap()
        super().__init__("desk")
        try:
            opens = asyncio.run_coroutine_threadsafe(opening, self.loop)
            meanwhile(opens)
            self.opened: D = opens.result()
        except BaseException:
            super().stop()
            raise

    @property
    def desk(self) -> Desk:
        """The parts that operators use."""
        return self.opened.desk

    @property
    def url(self) -> str:
        """The listener's URL."""
        return self.opened.url

    def read_again(self) -> None:
        """Let the desk read its configuration again soon; may be called from any thread."""
        self.loop.call_soon_threadsafe(self.desk.configuration.look_again)

    def stop(self) -> bool:
        """Stop the desk, then the loop; False if it took too long and work was cut off."""
        try:
            self.call(self.opened.stop(), STOP_SECONDS)
        except TimeoutError:
            log.error("The desk did not stop in %s s", STOP_SECONDS)
            return False
        return super().stop()


def _print_event(name: str, **values: str) -> None:
    """Print a line of JSON on stdout, for whoever scripts against the server."""
    print(json.dumps({"event": name, **values}), flush=True)  # noqa: T201


def _print_turn(event: Event) -> None:
    """Print whether this one of several servers works."""
    _print_event(WORKING if event == WorkChanged(True) else STANDING_BY)


def _begin_status_page(opened: OpenDesk) -> None:
    from wxdesk.webhook.status_page import StatusServer  # and the HTTP library, for which a window need not wait

    store, watch, lease = opened.store, opened.store_watch, opened.store.lease

    def work() -> str:
        return (WORKING if lease.is_held else STANDING_BY) if lease.is_shared else ALONE

    page = StatusServer(opened.desk, work, lambda: watch.accepts, store.decisions.backlog)
    opened.parts.begin("status page", "Nobody can ask this server how it is at the moment.", page.run)


def run_server(setup: Setup) -> None:
    """Run `serve` on a loop of its own."""
    asyncio.run(serve(setup), loop_factory=network_loop)


async def serve(setup: Setup) -> None:
    """Run a desk without a window until a signal; print a line when it listens.

    SIGHUP lets it read its configuration again. systemd hears what it wants to know.
    """
    share_heap()
    stopping = asyncio.Event()
    _on_signal(stopping.set, "SIGTERM", "SIGINT")
    _on_signal(lambda: None, "SIGHUP")  # until it is open, it has just been read
    opened = await open_desk(setup, alone=False)
    reporter = _Reporter(opened.desk.configuration)
    _on_signal(reporter.asked.set, "SIGHUP")
    opened.desk.bus.subscribe(reporter.on_event, ConfigurationChanged)
    _begin_status_page(opened)
    tasks = [asyncio.create_task(reporter.run(), name="SIGHUP")]
    tasks.append(asyncio.create_task(systemd.show_life(), name="signs of life"))
    # What is there now stays until the end. Looked through again and again, it would cost a push its tenth of a second.
    gc.collect()
    gc.freeze()
    gc.enable()
    try:
        _print_event("listening", url=opened.url)  # the first line, whichever server's turn it is
        opened.desk.bus.subscribe(_print_turn, WorkChanged)
        with contextlib.suppress(StoreError):  # a database that is away by now is told by itself
            # The rulebook is empty also while a server on a shared database has not taken it up yet.
            ready = opened.desk.rules.rulebook.has_rules
            if not (ready or any(rule.enabled for rule in await opened.store.rules.all())):
                log.warning("%s", told(Finding(Check.RULES, CheckVerdict.NO_RULES)))
        systemd.notify(systemd.READY)
        await stopping.wait()
    finally:
        systemd.notify(systemd.STOPPING)
        gc.unfreeze()
        for task in tasks:
            task.cancel()
        await opened.stop()
