"""Speech to text by sherpa-onnx, on this machine's processor. The library is optional (`pip install huiyin[speech]`)
and loaded when it is needed; the model is whatever the user put into a directory.
"""

import importlib
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huiyin.adapters.speech.models import LIBRARY, files_of
from huiyin.domain.voice.hearing import Heard

LOADED_WITHIN_S = 180.0
RATE = 16_000  # of the models
_MORE: dict[str, dict[str, object]] = {
    "from_sense_voice": {"use_itn": True},  # 12345678 as digits, with full stops
    "from_whisper": {"language": "", "task": "transcribe"},  # finds the language itself
}


class Sherpa:
    """One model in memory. Asked by one thread at a time; while it works it holds up no other Python."""

    def __init__(self, directory: Path) -> None:
        """Raises UnknownModel, ImportError; a model that the library cannot read ends the process (see `fault_of`)."""
        found = files_of(directory)
        recogniser: Any = importlib.import_module(LIBRARY).OfflineRecognizer
        self._name, self._lock = directory.name, Lock()
        self._model = getattr(recogniser, found.opens)(**found.files, num_threads=1, **_MORE.get(found.opens, {}))

    @property
    def name(self) -> str:
        return self._name

    def recognise(self, sound: bytes, rate: int) -> tuple[Heard, ...]:
        """All of it as one stretch: whoever asks has cut it where people pause."""
        if len(sound) % 2 or rate <= 0:
            raise ValueError("no 16 bit sound")
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
        with self._lock:
            stream = self._model.create_stream()
            stream.accept_waveform(RATE, _at_its_rate(samples, rate))
            self._model.decode_stream(stream)
            text = str(stream.result.text).strip()
        return (Heard(0.0, len(samples) / rate, text),) if text else ()


def _at_its_rate(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The same sound with RATE samples a second. The library would do so, and write three lines about it each time."""
    wanted = round(len(samples) * RATE / rate)
    if rate == RATE or not wanted:
        return samples
    spectrum = np.fft.rfft(samples)[: wanted // 2 + 1]
    return np.ascontiguousarray(np.fft.irfft(spectrum, wanted) * (wanted / len(samples)), dtype=np.float32)


def fault_of(directory: Path) -> str:
    """Try the model in a process of its own, because the library ends the process that gives it a wrong one. What the
    library said about it; empty where all is well."""
    command = [sys.executable, "-m", __name__, str(directory)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LOADED_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not loaded within {LOADED_WITHIN_S:.0f} s"
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return "" if done.returncode == 0 else (lines[-1][-300:] if lines else f"ended with {done.returncode}")


if __name__ == "__main__":
    Sherpa(Path(sys.argv[1])).recognise(bytes(16_000), 8000)
