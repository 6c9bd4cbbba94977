"""Ports of this machine for tests that have to name one before anybody listens there."""

import asyncio
import socket
from random import SystemRandom


def free_port() -> int:
    """A port at which nobody listens, and that nobody is given by chance.

    It is none of those that the system gives to connections and to whoever binds port 0: another process would be
    given it meanwhile, and who knocks at it again and again until somebody listens would once be given it as the
    connection's own end, and hear nobody but themselves.
    """
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as one:
            try:
                one.bind(("", port))
            except OSError:
                continue
        return port


async def listens(port: int) -> bool:
    """Whether somebody takes connections at a port of this machine."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
