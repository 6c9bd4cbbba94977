"""Menu entries that choose an end time, for takeovers and snoozing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QMenu

from wxdesk.ui.wording.until import EndChoice


def offer(menu: QMenu, ends: Iterable[EndChoice[Any]]) -> None:
    """Add an entry for each end time; its tooltip says why it cannot be chosen."""
    menu.setToolTipsVisible(True)
    for end in ends:
        action = menu.addAction(end.text)
        action.setData(end.end)
        action.setEnabled(end.end is not None)
        action.setToolTip(end.tip or end.text)
        action.setCheckable(end.chosen)
        action.setChecked(end.chosen)
