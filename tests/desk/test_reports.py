"""The readers of the store that the window asks as they are."""

import inspect
from typing import get_type_hints

from wxdesk.desk.desk import Reports


def test_parts_of_the_store_that_the_window_reaches_only_read() -> None:
    shown = [kind for kind in get_type_hints(Reports).values() if kind.__module__.startswith("wxdesk.store")]
    assert len(shown) == 3
    assert [kind.__name__ for kind in shown if ".write(" in inspect.getsource(kind)] == []
