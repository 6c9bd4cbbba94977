"""The sound of an alert: two soft tones, generated so that no file is shipped."""

from __future__ import annotations

import io
import math
import struct
import wave

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
