"""HOME/config.toml, the file that people write themselves: read and changed.

Imported by `desk`, `app`, `cli` and `commands`; imports `core`, `toml`, `paths` and `timezones`.
"""

from wxdesk.config.reading import (
    ACCOUNT_NAME,
    FILE,
    AccountEntry,
    Config,
    ListenerSettings,
    ServeSettings,
    StoreSettings,
    WeChatSettings,
    load,
    parse,
)
from wxdesk.config.tunnel import Preset, TunnelSettings

__all__ = [
    "ACCOUNT_NAME",
    "FILE",
    "AccountEntry",
    "Config",
    "ListenerSettings",
    "Preset",
    "ServeSettings",
    "StoreSettings",
    "TunnelSettings",
    "WeChatSettings",
    "load",
    "parse",
]
