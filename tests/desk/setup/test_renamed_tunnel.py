"""A tunnel whose program names the address, and another one after its restart: WeChat calls the former."""

from pathlib import Path

from tests.desk.setup.worlds import AT, Outside
from tests.prepared import SQLITE, prepare
from wxdesk.core.events import Event, PushSeen, TroubleRaised, TunnelChanged
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase, TunnelState
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store

FORMER, NEW = "https://aaa.example.com", "https://bbb.example.com"


def up_at(url: str) -> TunnelChanged:
    return TunnelChanged(TunnelState(TunnelKind.COMMAND, TunnelPhase.UP, url, V.OK))


async def a_run(store: Store, url: str, events: list[Event], configured: str = "") -> Reachability:
    """A run of the desk whose tunnel's program says that it stands at `url`."""
    watch = Reachability(Outside(), store.outages, store.settings, events.append, lambda: AT)
    await watch.load()
    watch.follow(configured, "shop", "127.0.0.1:8765")
    watch.on_event(up_at(url))
    return watch


async def test_another_address_than_wechat_called_is_told_until_wechat_calls_it(tmp_path: Path) -> None:
    prepare(tmp_path)
    store, events = await open_store(SQLITE, tmp_path), list[Event]()
    first = await a_run(store, FORMER, events)
    assert (await first.check()).verdict is V.OK, "WeChat has called none yet"
    first.on_event(PushSeen("shop", "kept", AT, 3.0))
    assert (await first.check()).verdict is V.OK
    first.on_event(up_at(FORMER.replace("https", "http")))
    assert (await first.check()).verdict is V.OK, "some print both, one after the other"
    second = await a_run(store, NEW, events)
    renamed = await second.check()
    assert (renamed.verdict, second.state.lost) == (V.TUNNEL_RENAMED, True)
    assert renamed.values.items() >= {"url": NEW, "former": "aaa.example.com"}.items()
    assert NEW in tr([event.text for event in events if isinstance(event, TroubleRaised)][-1])
    second.on_event(PushSeen("shop", "refused: signature", AT, 3.0))
    assert (await second.check()).verdict is V.TUNNEL_RENAMED
    second.on_event(PushSeen("shop", "checked", AT, 3.0))
    assert (await second.check()).verdict is V.OK
    assert [outage.verdict for outage in await store.outages.newest()] == [V.TUNNEL_RENAMED]
    third = await a_run(store, NEW, events)
    assert (await third.check()).verdict is V.OK, "WeChat has the new one"
    await store.close()


async def test_an_address_of_the_operators_own_is_not_compared_with_what_wechat_called(tmp_path: Path) -> None:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    watch = await a_run(store, FORMER, [])
    watch.on_event(PushSeen("shop", "kept", AT, 3.0))
    await watch.check()
    assert (await (await a_run(store, NEW, [], configured=NEW)).check()).verdict is V.OK
    await store.close()
