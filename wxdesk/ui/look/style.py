"""The one style sheet of the application, made from the theme.

A widget asks for a look by its dynamic property `class`: `window`, `panel`, `header` (a panel with a line
below), `side` (a panel with a line on its left), `card`, `well` (a sunken ground for examples and code),
`line` (a rule of one pixel), `list` (a view without a frame), `pending` and `failed` (tinted cards), `flat`
(no ground). Buttons add `kind`, chips are `chip`. Nothing here touches labels: they carry their own colour.
"""

from string import Template

from msgspec.structs import asdict

from wxdesk.paths import resource
from wxdesk.ui.look.theme import Measure, Theme


def style_sheet(theme: Theme) -> str:
    """Return the style sheet in the colours of `theme`."""
    values = asdict(theme.colors) | {"radius": f"{Measure.RADIUS}px"}
    return Template(resource("window.qss").read_text(encoding="utf-8")).substitute(values)
