"""A menu that asks until when: in which conversation the word is the operator's, or out of his sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QMenu

from wxdesk.ui.wording.until import End


def offer(menu: QMenu, ends: Iterable[End[Any]]) -> None:
    """Add these lines; each action's data is its end, and its tip says why it cannot be chosen."""
    menu.setToolTipsVisible(True)
    for end in ends:
        action = menu.addAction(end.text)
        action.setData(end.end)
        action.setEnabled(end.end is not None)
        action.setToolTip(end.tip or end.text)
        action.setCheckable(end.chosen)
        action.setChecked(end.chosen)
