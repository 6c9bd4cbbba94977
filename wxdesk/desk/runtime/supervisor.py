"""Runs the desk's parts as tasks; restarts one that fails and tells the operator.

Expected errors are handled by each part itself. This is for unexpected ones: otherwise the listener would
go on acknowledging while nothing is answered or sent and no attention is raised, and the window would look
well.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from wxdesk.core.errors import Phrase, WxdeskError
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.i18n import explain, explanation
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before a part that failed begins again: twice as many each time."""

WELL_AFTER = 60.0
"""Seconds of work after which a part counts as well again."""

FAILING = "{what} This part of wxdesk has failed and restarts by itself. {why}"

type Work = Callable[[], Coroutine[Any, Any, None]]


class Supervisor:
    """The tasks, each with its name for the log.

    `failed` has the keys of the troubles that there were.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._tasks: list[asyncio.Task[None]] = []
        self.failed: set[str] = set()

    def begin(self, name: str, title: str, work: Work) -> None:
        """Run `work` until `stop`; `title` (for `i18n.tr`) tells what fails without it."""
        self._tasks.append(asyncio.create_task(self._keep_at(name, title, work), name=name))

    async def stop(self) -> None:
        """Cancel all tasks and wait for them to end; others may begin afterwards."""
        await end_tasks(self._tasks)
        self._tasks.clear()

    async def _keep_at(self, name: str, title: str, work: Work) -> None:
        loop, wait, key = asyncio.get_running_loop(), 0.0, TroubleArea.PART.key(name)
        while True:
            began = loop.time()
            recovering = loop.call_later(WELL_AFTER, self._publish, TroubleRaised(key, "")) if wait else None
            try:
                return await work()
            except WxdeskError as error:  # what the database holds or refuses, which people can mend
                why = explanation(error)
                log.error("The %s failed and begins again: %s", name, explain(error))
            except Exception:
                why = Phrase("The log says why.")
                log.critical("The %s failed and begins again", name, exc_info=True)
            finally:
                if recovering is not None:
                    recovering.cancel()
            wait = FIRST_WAIT if loop.time() - began > WELL_AFTER else min(2 * wait or FIRST_WAIT, LONGEST_WAIT)
            self.failed.add(key)
            self._publish(TroubleRaised(key, Phrase(FAILING, what=Phrase(title), why=why)))
            await asyncio.sleep(wait)
