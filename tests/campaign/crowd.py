"""A crowd of clients that hold places at a listener: run as a process of its own, ended by its parent.

    python -m tests.campaign.crowd HOST PORT CLIENTS

Each client holds one connection in one of four ways and opens a new one as soon as it is closed. Whoever
closes the standard input ends it.
"""

import asyncio
import itertools
import resource
import sys

HEAD = b"POST /wx/shop?timestamp=1&nonce=1 HTTP/1.1\r\nHost: x\r\n"
FORGED = b"POST /wx/shop?signature=0000&timestamp=1&nonce=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n<xml>"
WAYS = (
    b"",
    HEAD,
    HEAD + b"Content-Length: 500\r\n\r\n<xml>",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<xml>\r\n",
    FORGED,
)


async def hold(host: str, port: int, raw: bytes) -> None:
    """Hold a place for ever."""
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(raw)
            await reader.read()
            writer.close()
        except OSError:
            await asyncio.sleep(0.01)


async def main(host: str, port: int, clients: int) -> None:
    """Hold places until the standard input is closed."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    ways = itertools.cycle(WAYS)
    holding = [asyncio.create_task(hold(host, port, next(ways))) for _ in range(clients)]
    print("holding", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in holding:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
