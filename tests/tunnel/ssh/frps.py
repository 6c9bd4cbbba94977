"""The SSH gateway of frps, as its source has it: a forwarding and a command, both within seconds, then a text."""

import asyncio

import asyncssh

TOKEN = "a-token-of-frps"


class _Anybody(asyncssh.SSHServer):
    def __init__(self, gateway: "Frps") -> None:
        self._gateway = gateway

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        return False

    def server_requested(self, listen_host: str, listen_port: int) -> bool | asyncssh.SSHListener:
        """Agree, and listen nowhere: requests come in at the port of frps itself."""
        self._gateway.asked.set_result((self._connection, listen_host, listen_port))
        return _Nowhere()  # type: ignore[return-value]


class _Nowhere:
    def get_port(self) -> int:
        return 80

    def close(self) -> None: ...

    async def wait_closed(self) -> None: ...


class Frps:
    """`says` is what it answers in place of success; `proxies` are the names that are taken."""

    def __init__(self) -> None:
        self.says = ""
        self.commands: list[str] = []
        self.key = asyncssh.generate_private_key("ssh-ed25519")

    async def start(self) -> int:
        self.asked: asyncio.Future[tuple[asyncssh.SSHServerConnection, str, int]] = asyncio.Future()
        self._acceptor = await asyncssh.create_server(
            lambda: _Anybody(self), "127.0.0.1", 0, server_host_keys=[self.key], process_factory=self._serve
        )
        return int(self._acceptor.get_port())

    def stop(self) -> None:
        self._acceptor.close()

    async def request(self) -> bytes:
        """What somebody gets who asks for the custom domain."""
        connection, host, port = await self.asked
        reader, writer = await connection.open_connection(host, port)
        writer.write(b"hello\n")
        return bytes(await reader.read(100))

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self.commands.append(process.command or "")
        await asyncio.wait_for(asyncio.shield(self.asked), 3)
        if self.says:
            process.stdout.write(self.says + "\n")
            process.close()
            return
        name = self.commands[-1].split()[2]
        process.stdout.write(
            f"\nfrp (via SSH) (Ctrl+C to quit)\n\nUser: \nProxyName: {name}\nType: http\nRemoteAddress: :80\n"
        )
        await process.wait_closed()
