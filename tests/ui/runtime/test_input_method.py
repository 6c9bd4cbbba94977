"""Whatever a desktop says about its input method, Chinese can be typed."""

import os
from pathlib import Path

import pytest

from wxdesk.ui.runtime.display import choose_input_method

DESKTOPS = [
    ({"QT_IM_MODULE": "fcitx"}, "ibus"),
    ({"QT_IM_MODULE": "fcitx5"}, "ibus"),
    ({"QT_IM_MODULE": "ibus"}, "ibus"),
    ({"QT_IM_MODULES": "wayland;fcitx;ibus", "QT_IM_MODULE": "fcitx"}, "wayland;ibus"),
    ({"QT_IM_MODULES": "wayland;fcitx"}, "wayland;ibus"),
    ({"XMODIFIERS": "@im=fcitx"}, "wayland;ibus"),
    ({"XMODIFIERS": "@im=ibus"}, "wayland;ibus"),
    ({"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=fcitx"}, "ibus"),
    ({"QT_IM_MODULE": "compose", "XMODIFIERS": "@im=fcitx"}, None),
    ({"QT_IM_MODULE": "xim"}, None),
    ({"XMODIFIERS": "@im=none"}, None),
    ({}, None),
]


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": str(tmp_path)})


@pytest.mark.parametrize(("desktop", "chosen"), DESKTOPS)
def test_qt_is_told_of_the_method_that_the_desktop_names(desktop: dict[str, str], chosen: str | None) -> None:
    os.environ |= desktop
    choose_input_method()
    assert os.environ.get("QT_IM_MODULES") == chosen
    assert ("IBUS_USE_PORTAL" in os.environ) is (chosen is not None), "else Qt asks for an ibus that is not installed"


def test_an_installed_ibus_is_asked_itself(tmp_path: Path) -> None:
    program = tmp_path / "ibus-daemon"
    program.touch(mode=0o755)
    os.environ["QT_IM_MODULE"] = "ibus"
    choose_input_method()
    assert "IBUS_USE_PORTAL" not in os.environ
