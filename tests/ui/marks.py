"""What a page shows, read where the program itself never asks for it."""

from wxdesk.core.model.reply import Content
from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.rules.trial.preview import RulePreview
from wxdesk.ui.widgets.fields.word_chips import WordChips


def words_marked_in(chips: WordChips) -> list[str]:
    """Return the words that are marked as wrong."""
    return [word for at, word in enumerate(chips.words()) if at in chips._wrong]


def lines_marked_in(edit: TemplateEdit) -> list[int]:
    """Return the lines that are marked as wrong, from 1."""
    return [mark.cursor.blockNumber() + 1 for mark in edit.extraSelections()]


def contents_of(preview: RulePreview) -> list[Content]:
    """Return the contents of the bubbles from top to bottom."""
    return [bubble.content for bubble in preview.bubbles]
