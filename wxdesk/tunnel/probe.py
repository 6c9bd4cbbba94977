"""Probe that asks the desk's public address as WeChat does; names the obstacle.

WeChat waits five seconds, follows no redirect and wants its answer byte for byte ("消息推送",
framework/server-ability/message-push). What only WeChat meets, such as a firewall that refuses its servers,
cannot be seen from here.
"""

import asyncio
from collections.abc import Mapping

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import PublicUrl, push_path
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.desk.ports import Clock
from wxdesk.tunnel.answers import judge_answer
from wxdesk.tunnel.connection import Connecting, NoWay, Surroundings
from wxdesk.tunnel.exchange import NotHttpError, ask_as_wechat

LIMIT_SECONDS = 5.0
"""For everything, from the name to the last byte, as WeChat waits."""

SLOW, TOO_SLOW = 0.4, 0.8
"""Shares of the limit above which an answer is a warning, and a failure."""

LONGEST_VALUE = 200
"""Characters of what an answer says that are told."""


class PublicProbe:
    """Implements `desk.ports.Prober`."""

    def __init__(
        self,
        challenges: ProbeChallenges,
        clock: Clock,
        around: Surroundings | None = None,
        limit: float = LIMIT_SECONDS,
    ) -> None:
        self._challenges = challenges
        self._clock = clock
        self._around = around or Surroundings()
        self._limit = limit

    def own_addresses(self) -> tuple[str, ...]:
        """Return this machine's addresses: others mean another network, none means none."""
        return tuple(self._around.own())

    async def probe(self, url: PublicUrl, account: str, listener: str) -> Finding:
        """Ask for the push URL of `account`.

        `listener` is where it listens, such as 127.0.0.1:8765. Values of the finding: always `host`, `port`,
        `listener`, and `seconds` once the port was open. Beside them: `ip` and `cause` of a port that is shut, `ip`
        of an address that WeChat cannot call, `reason` of a failed handshake, `cause` of a lost connection
        (handshake or answer), and those of `answers.judge_answer`.
        """
        way = Connecting(url, self._around)
        with self._challenges.issued(push_path(account), self._clock()) as challenge:
            try:
                async with asyncio.timeout(self._limit):
                    verdict, values = await self._ask(url, challenge, way)
            except TimeoutError:
                verdict, values = self._out_of_time(way)
            except NoWay as stopped:
                verdict, values = stopped.verdict, stopped.values
            except NotHttpError:
                verdict, values = CheckVerdict.OTHER_PROGRAM, {"cause": "not_http"}
            except (OSError, EOFError):
                verdict, values = CheckVerdict.CONNECTION_LOST, {"cause": "answer" if way.open else "handshake"}
            finally:
                way.close()
        known = {"host": url.host, "port": str(url.port), "listener": listener}
        if way.connected:
            known["seconds"] = f"{max(way.seconds, 0.1):.1f}"
        foreign = {name: _shown(value) for name, value in values.items()}
        return Finding(Check.ADDRESS, verdict, account, known | foreign, self._clock())

    async def _ask(
        self, url: PublicUrl, challenge: ProbeChallenge, way: Connecting
    ) -> tuple[CheckVerdict, Mapping[str, str]]:
        reader, writer = await way.reach()
        host = f"[{url.host}]" if ":" in url.host else url.host
        answer = await ask_as_wechat(reader, writer, host, f"{url.path}{challenge.path}?{challenge.query}")
        verdict, values = judge_answer(answer, challenge, self._challenges, f"{url}{challenge.path}")
        return (self._of_right_answer(url, way), {}) if verdict is CheckVerdict.OK else (verdict, values)

    def _out_of_time(self, way: Connecting) -> tuple[CheckVerdict, Mapping[str, str]]:
        if way.connected:
            return CheckVerdict.TOO_SLOW, {}
        if way.address:
            shut = way.shut("timeout")
            return shut.verdict, shut.values
        return CheckVerdict.NAME_UNRESOLVED, {}

    def _of_right_answer(self, url: PublicUrl, way: Connecting) -> CheckVerdict:
        """Judge a right answer by its time, and by what else WeChat could stumble over."""
        if way.seconds > TOO_SLOW * self._limit:
            return CheckVerdict.TOO_SLOW
        if way.seconds > SLOW * self._limit:
            return CheckVerdict.SLOW
        if way.only_newest_tls:
            return CheckVerdict.TLS13_ONLY
        return CheckVerdict.OK if url.ip is None else CheckVerdict.IP_WITHOUT_NAME


def _shown(value: str) -> str:
    """Make a foreign text fit to be told: bounded, and without characters that steer."""
    shown = "".join(char if char.isprintable() else "?" for char in value[: LONGEST_VALUE + 1])
    return shown if len(shown) <= LONGEST_VALUE else shown[: LONGEST_VALUE - 1] + "…"
