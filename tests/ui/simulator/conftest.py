import pytest

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.ui.simulator.page import SimulatorPage


@pytest.fixture
def simulator(world: World) -> SandboxSimulator:
    return SandboxSimulator(world.sandbox, world._wechat.loop)


@pytest.fixture
def page(show_page: ShowPage, simulator: SandboxSimulator) -> SimulatorPage:
    return show_page(lambda bridge: SimulatorPage(bridge, simulator), 1216, 768)
