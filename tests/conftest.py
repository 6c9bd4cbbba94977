"""What holds for every test: no screen, no unannounced warning in the log, one language."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from wxdesk import i18n


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read English sentences unless they choose another language."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log fails the test unless it announced it: `@pytest.mark.expects_log("pattern")`."""
    yield
    expected = [re.compile(mark.args[0]) for mark in request.node.iter_markers("expects_log")]
    loud = [
        f"{record.name}: {record.getMessage()}"
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING
    ]
    unexpected = [line for line in loud if not any(pattern.search(line) for pattern in expected)]
    assert not unexpected, f"unannounced in the log: {unexpected}"
