"""A page of templates on a real desk that has three of them."""

from collections.abc import Callable

import pytest

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.ui.templates.page import TemplatesPage

HOURS = Template(0, "Hours", "We open at 9.", "hours", keywords=("when", "open"), category="Shop")
PARCEL = Template(
    0,
    "Parcel",
    "{{ contact.alias }}, order {{ ask.no }} is on its way.",
    "sent",
    category="Delivery",
    prompts=(Prompt("no", "Order number"),),
)
RETURNS = Template(
    0,
    "Returns",
    shortcut="back",
    category="Shop",
    content=Content(ReplyKind.LINK, title="Returns", url="https://shop.example/returns"),
)


@pytest.fixture
def stored(world: World) -> Callable[[], list[Template]]:
    """Reads the templates as the store has them now."""
    return lambda: world.call(world.desk.templates.all())


@pytest.fixture
def three(world: World) -> list[Template]:
    """The templates above, in the store."""
    return world.call(world.desk.templates.save_all((HOURS, PARCEL, RETURNS)))


@pytest.fixture
def page(three: list[Template], show_page: ShowPage) -> TemplatesPage:
    """The page with these templates."""
    return show_page(TemplatesPage, 1216, 768)


@pytest.fixture
def empty_page(show_page: ShowPage) -> TemplatesPage:
    """The page without any template."""
    return show_page(TemplatesPage, 1216, 768)
