"""Plays a sound with the system's player, or beeps, and again until silenced."""

import io
import logging
import math
import shutil
import struct
import sys
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtWidgets import QApplication

from wxdesk.core.preferences import Preferences

RATE = 22_050
"""Samples a second."""

TONES = ((880.0, 0.0), (1174.66, 0.16))
"""Frequency in hertz and start in seconds of each tone."""

SECONDS = 0.75
LOUDNESS = 0.35
_FADE = 7.0
_RISE = 0.008


def chime() -> bytes:
    """Return the sound as a WAV file: mono, 16 bit, the same bytes each time."""
    samples = [_sample(number / RATE) for number in range(int(RATE * SECONDS))]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return made.getvalue()


def _sample(at: float) -> int:
    """Return one sample; each tone rises without a click and fades like a bell."""
    sounding = ((hertz, at - begins) for hertz, begins in TONES if at >= begins)
    sum_ = sum(math.sin(math.tau * hertz * t) * min(1.0, t / _RISE) * math.exp(-_FADE * t) for hertz, t in sounding)
    return round(32_767 * LOUDNESS * max(-1.0, min(1.0, sum_)))


log = logging.getLogger(__name__)

PLAYERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "darwin": (("afplay",),),
    "linux": (("pw-play",), ("paplay",), ("aplay", "-q")),
}
"""Programs that play a WAV file given last, best first; Windows needs none."""


def player_commands(platform: str = sys.platform) -> list[tuple[str, ...]]:
    """Return this machine's commands to play sounds, best first."""
    return [command for command in PLAYERS.get(platform, ()) if shutil.which(command[0])]


class Player(QObject):
    """Plays one sound, at most once at a time, by the first of `commands` that can.

    Each sound tries all of them again: the sound server of one may start later, or be another's.

    Signals:
        failed: no program could play; the system beeped instead, which many computers do not let be heard.
    """

    failed = Signal()

    def __init__(
        self,
        sound: Callable[[], Path],
        commands: Sequence[Sequence[str]] = (),
        beep: Callable[[], None] = QApplication.beep,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sound = sound
        self._commands = tuple(commands)
        self._untried: list[Sequence[str]] = []
        self._beep = beep
        self._process: QProcess | None = None

    def play(self) -> None:
        """Start playing and return; does nothing while the last sound still plays."""
        if self._process is None:
            self._untried = list(self._commands)
            self._go_on()

    def _go_on(self) -> None:
        if sys.platform != "win32" and not self._untried:
            self._beep()
            self.failed.emit()
            return
        try:
            self._start(str(self._sound()))
        except OSError as error:  # a full disk may have room the next time
            log.info("No sound: %s; beeping instead", error)
            self._beep()

    def stop(self) -> None:
        """Stop the sound now."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._ended)
            process.errorOccurred.disconnect(self._broke)
            process.kill()
            process.waitForFinished(500)
            process.deleteLater()

    def _start(self, sound: str) -> None:
        if sys.platform == "win32":
            import winsound  # Windows alone has it

            winsound.PlaySound(sound, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            return
        process = self._process = QProcess(self)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        program, *arguments = self._untried.pop(0)
        process.start(program, [*arguments, sound])

    def _ended(self, code: int, _status: QProcess.ExitStatus) -> None:
        program = self._put_away()
        if code != 0:
            self._fall_back(program, f"ended with {code}")

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._fall_back(self._put_away(), "did not start")

    def _put_away(self) -> str:
        process, self._process = self._process, None
        if process is None:
            return ""
        process.deleteLater()
        return process.program()

    def _fall_back(self, program: str, why: str) -> None:
        log.info("%s %s", program, why)
        self._go_on()


class Ringer(QObject):
    """Follows the conversations that ring.

    Signals:
        rings: True while there is a sound to silence, now or again later.
    """

    rings = Signal(bool)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._ringing: frozenset[int] = frozenset()
        self._silenced: frozenset[int] = frozenset()
        self._preferences = Preferences()
        self._again = QTimer(self)
        self._again.timeout.connect(player.play)

    def follow(self, ringing: frozenset[int], preferences: Preferences) -> None:
        """Ring for `ringing`; a silenced conversation rings again for new attention."""
        new = ringing - self._ringing
        quiet_before = not self._preferences.sound
        self._ringing, self._preferences = ringing, preferences
        self._silenced &= ringing - new
        if not preferences.sound or not self._ringing - self._silenced:
            self._stop()
            return
        if new or quiet_before:
            self._player.play()
        if preferences.sound_every_seconds:
            interval = preferences.sound_every_seconds * 1000
            if not self._again.isActive() or self._again.interval() != interval:
                self._again.start(interval)
        else:
            self._again.stop()
        self.rings.emit(True)

    def silence(self) -> None:
        """Silence all conversations that ring now; later ones ring again."""
        self._silenced = self._ringing
        self._stop()

    def _stop(self) -> None:
        self._again.stop()
        self._player.stop()
        self.rings.emit(False)
