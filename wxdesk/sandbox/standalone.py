"""`wxdesk sandbox`: the simulated WeChat alone, to test any back end with."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from wxdesk.core.errors import BadInput
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.system_failures import UnusableFile, naming_file, why_not_listening
from wxdesk.i18n import tr
from wxdesk.sandbox.control.server import BadOrder, Control
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import HOST, Sandbox
from wxdesk.secrets.names import SecretName


@dataclass(frozen=True, slots=True, repr=False)
class SandboxOptions:
    """Options for the mini program; an empty one takes the demonstration's value."""

    name: str = ""
    app_id: str = ""
    original_id: str = ""
    app_secret: str = ""
    push_token: str = ""
    encoding_aes_key: str = ""
    push_mode: str = PushMode.SECURE
    format: str = BodyFormat.JSON
    push_url: str = ""

    def program(self) -> MiniProgram:
        """Make the mini program; raises `BadInput` if the key is invalid."""
        account, credentials = demo_account()
        account = replace(account, push_mode=PushMode(self.push_mode), **self._given("name", "app_id", "original_id"))
        credentials = dataclasses.replace(credentials, **self._given(*SecretName))
        program = MiniProgram(account, credentials, BodyFormat(self.format), self.push_url)
        _ = program.cipher
        return program

    def withhold(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Remove the secrets that the person gave, and knows, from the facts to print."""
        endings = tuple("_" + name.upper() for name in self._given(*SecretName))
        return {name: value for name, value in facts.items() if not name.endswith(endings)}

    def _given(self, *names: str) -> dict[str, Any]:
        return {name: value for name in names if (value := getattr(self, name))}


async def run_sandbox(port: int, given: SandboxOptions, *, host: str = HOST, script: Path | None = None) -> None:
    """Run the simulated WeChat until cancelled.

    Once it listens, the values a desk needs (see `Sandbox.facts`) are printed as one line of JSON. Then the
    orders of `script` are carried out, and it runs on.

    Raises:
        BadInput: an option is invalid, the port is taken, or the script cannot be read or carried out.
    """
    steps = [] if script is None else _read(script)
    sandbox = Sandbox([given.program()], port=port, host=host)
    try:
        await sandbox.start()
    except (OSError, OverflowError) as error:
        await sandbox.stop()
        why = tr(why_not_listening(error) if isinstance(error, OSError) else "a port has a number from 0 to 65535")
        reason = tr("{host}:{port} cannot be used: {reason}", host=host, port=port, reason=why)
        raise BadInput(reason=reason) from None
    try:
        facts = sandbox.facts()
        line = {"event": "listening", "url": facts["api_base"], **given.withhold(facts)}
        print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 - this line is the command's output
        if steps:
            try:
                await Control(sandbox).carry_out("script", {"steps": steps})
            except BadOrder as error:
                raise BadInput(reason=str(error)) from None
        await asyncio.Event().wait()
    finally:
        await sandbox.stop()


def _read(script: Path) -> list[dict[str, object]]:
    """Read a script: a JSON list or one object a line; skips blank lines and #."""
    with naming_file(script):
        text = script.read_text(encoding="utf-8-sig")
    try:
        if text.lstrip().startswith("["):
            return msgspec.json.decode(text, type=list[dict[str, object]])
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        return [msgspec.json.decode(line, type=dict[str, object]) for line in lines]
    except msgspec.DecodeError:
        raise UnusableFile(
            file=script.name, reason="it is neither one JSON object a line nor a JSON list of them"
        ) from None
