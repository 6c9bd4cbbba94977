"""The field for a text in Liquid: what stands for something else has a colour of its own."""

import pytest
from pytestqt.qtbot import QtBot

from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.widgets.labels import positions_in


@pytest.mark.parametrize("before", ["Hello ", "🍵👨‍👩‍👧 "])
def test_a_variable_is_coloured_from_its_first_to_its_last_brace(qtbot: QtBot, before: str) -> None:
    edit = TemplateEdit()
    qtbot.addWidget(edit)
    edit.set_text(f"{before}{{{{ contact.name }}}}!")
    edit._colors.rehighlight()
    [coloured] = edit.document().firstBlock().layout().formats()
    assert (coloured.start, coloured.length) == (positions_in(before), len("{{ contact.name }}"))
