"""Fake tunnel programs: each prints what the real one prints.

Run as a program by a stub of that name in PATH: `programs.py NAME ARGUMENT…`. `FAKE` says what befalls it, `FAKE_PIDS`
names a file for its process id and that of its child.
"""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

TOKEN = "2abcDEFghiJKL0mnoPQRstu_3vwxYZ"

WILL = os.environ.get("FAKE", "connect")


def say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def wait() -> None:
    while True:
        time.sleep(60)


def page(path: str, body: object) -> int:
    """Serve a page of the program's own on any free port."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == path else 404)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def frpc(arguments: list[str]) -> None:
    at = "2026-11-27 10:00:00.000"
    say(f"{at} [I] [sub/root.go:149] start frpc service for config file [{arguments[-1]}]")
    say(f"{at} [I] [client/service.go:331] try to connect to server...")
    if WILL == "refused":
        say(f"{at} [E] [client/service.go:342] login to server failed: token in login doesn't match")
        sys.exit(1)
    say(f"{at} [I] [client/service.go:323] [33a1f2b9c8d7e6f5] login to server success, get run id [33a1f2b9c8d7e6f5]")
    say(f"{at} [I] [proxy/proxy_manager.go:177] [33a1f2b9c8d7e6f5] proxy added: [wx]")
    if WILL == "taken":
        say(f"{at} [W] [client/control.go:172] [33a1f2b9c8d7e6f5] [wx] start error: proxy [wx] already exists")
        wait()
    say(f"{at} [I] [client/control.go:174] [33a1f2b9c8d7e6f5] [wx] start proxy success")
    if WILL == "lose":
        time.sleep(0.05)
        say(f"{at} [I] [client/service.go:331] try to connect to server...")
        say(f"{at} [W] [client/service.go:335] connect to server error: dial tcp 203.0.113.9:7000: connection refused")
        time.sleep(0.05)
        say(f"{at} [I] [client/control.go:174] [33a1f2b9c8d7e6f5] [wx] start proxy success")


def cpolar(arguments: list[str]) -> None:
    if not arguments:
        sys.exit("NAME: cpolar - secure introspectable tunnels to localhost")

    def line(level: str, text: str) -> str:
        return f'time="2026-11-27T10:00:00+08:00" level={level} msg="{text}"'

    if WILL == "refused":
        say(line("error", f"Failed to authenticate: the authtoken {TOKEN} is not valid"))
        sys.exit(1)
    say(line("info", "Client is running on web interface 127.0.0.1:4042"))
    say(line("info", "Tunnel established at http://5f3a1c2.r3.cpolar.top"))
    say(line("info", "Tunnel established at https://5f3a1c2.r3.cpolar.top"))


def natapp(_: list[str]) -> None:
    at = "[10:00:00 CST 2026/11/27]"
    if WILL == "refused":
        say(f"{at} [EROR] [client] Failed to authenticate to server: 错误的authtoken {TOKEN}")
        sys.exit(1)
    say(f"{at} [INFO] (natapp.cn/main) Tunnel Status: online")
    say(f"{at} [INFO] [client] Tunnel established at http://x7k2mn.natappfree.cc")


def cloudflared(arguments: list[str]) -> None:
    say(
        "2026-11-27T02:00:00Z INF Thank you for trying Cloudflare Tunnel. https://developers.cloudflare.com/cloudflare-one/"
    )
    say("2026-11-27T02:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...")
    if WILL == "refused":
        say('failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": context deadline exceeded')
        sys.exit(1)
    port = page("/quicktunnel", {"hostname": "seasonal-deck-organisms-sf.trycloudflare.com"})
    assert arguments[arguments.index("--metrics") + 1] == "127.0.0.1:0"
    say(f"2026-11-27T02:00:01Z INF Starting metrics server on 127.0.0.1:{port}/metrics")
    if WILL != "only page":
        say("2026-11-27T02:00:01Z INF +----------------------------------------------------------------------------+")
        say("2026-11-27T02:00:01Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time):  |")
        say("2026-11-27T02:00:01Z INF |  https://seasonal-deck-organisms-sf.trycloudflare.com                      |")
        say("2026-11-27T02:00:02Z INF Registered tunnel connection connIndex=0 ip=198.41.200.13 protocol=http2")


def ngrok(arguments: list[str]) -> None:
    t = "t=2026-11-27T10:00:00+0800 lvl"
    if WILL == "refused":
        err = f"authentication failed: The authtoken {TOKEN} is not valid. ERR_NGROK_107"
        say(f'{t}=eror msg="failed to reconnect session" obj=tunnels.session err="{err}"')
        say(f"ERROR:  authentication failed: Your authtoken: {TOKEN}", "ERROR:  ERR_NGROK_107")
        sys.exit(1)
    url, own = "https://brave-shop.ngrok-free.app", f"http://localhost:{arguments[1]}"
    other = {"public_url": "https://other.ngrok-free.app", "config": {"addr": "http://localhost:1"}}
    port = page("/api/tunnels", {"tunnels": [other, {"public_url": url, "config": {"addr": own}}]})
    say(f'{t}=info msg="starting web service" obj=web addr=127.0.0.1:{port} allow_hosts=[]')
    if WILL != "only page":
        say(f'{t}=info msg="client session established" obj=tunnels.session')
        say(f'{t}=info msg="started tunnel" obj=tunnels name=command_line addr={own} url={url}')


def other(_: list[str]) -> None:
    say("see https://help.example.com for help", f"token {TOKEN}", "your url is: https://fast-cat.loca.lt")


def main() -> None:
    name, *arguments = sys.argv[1:]
    if pids := os.environ.get("FAKE_PIDS"):
        stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        child = subprocess.Popen([sys.executable, "-c", stubborn])
        Path(pids).write_text(f"{os.getpid()} {child.pid}", encoding="utf-8")
    leaked = sorted(name for name in os.environ if name.startswith("WXDESK_"))
    assert not leaked, leaked
    if WILL == "flood":
        say("x" * 3_000_000)
    if WILL != "silent":
        {"frpc": frpc, "cpolar": cpolar, "natapp": natapp, "cloudflared": cloudflared, "ngrok": ngrok}.get(name, other)(
            arguments
        )
    wait()


if __name__ == "__main__":
    main()
