"""Files as the media server leaves them, also when it was killed.

A talk is headerless PCM (`.raw`: 8 kHz, 16 bit, buyer left and agent right), so that a crash loses its last moments and
nothing else; what hangs over the last whole frame is cut off. A message to the recorder is WAV, whose sizes stand in
its header and are 0 until it is closed in order: they are written again from the length of the file.
"""

import fcntl
import hashlib
import os
import signal
import struct
import time
from pathlib import Path
from typing import BinaryIO, Final

from huiyin.domain.voice.phone import Recorded

RATE: Final = 8000
CHANNELS: Final = 2
BYTES: Final = 2  # a sample
FRAME: Final = CHANNELS * BYTES
HEADER: Final = 44
CHUNK: Final = 1 << 20
LOOK_S: Final = 0.01


def until_written(path: Path, patience_s: float = 2.0) -> bool:
    """Wait until nobody writes to this file any more: Asterisk goes on for a moment after it has told us that a channel
    ends. Whether it is so."""
    end = time.monotonic() + patience_s
    while is_being_written(path):
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_S)
    return True


def is_being_written(path: Path) -> bool:
    """Whether a process has it open for writing: then the kernel grants no read lease (fcntl(2), F_SETLEASE). False
    where nothing is there, or where that cannot be told."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)  # who opens it in this instant must not end us by SIGIO
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False


def measure(path: Path) -> Recorded:
    """Mend a file that nobody writes to any more, and say what it holds. A file that is gone holds nothing."""
    if not path.is_file():
        return Recorded(hashlib.sha256(b"").hexdigest(), 0.0, 0)
    is_repaired = _mend_raw(path) if path.suffix == ".raw" else _mend_wav(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        seconds = _raw_seconds(path) if path.suffix == ".raw" else _wav_seconds(file)
    return Recorded(digest, seconds, path.stat().st_size, is_repaired)


def header(length: int, *, channels: int = CHANNELS, rate: int = RATE) -> bytes:
    """What stands before `length` bytes of 16 bit PCM in a WAV file."""
    frame = channels * BYTES
    head = b"RIFF" + struct.pack("<I", HEADER - 8 + length) + b"WAVEfmt "
    shape = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * frame, frame, 8 * BYTES)
    return head + shape + b"data" + struct.pack("<I", length)


def write_wav(source: Path, target: BinaryIO) -> None:
    """The recording as WAV. The samples of a talk stay byte for byte what was hashed when it was closed."""
    if source.suffix == ".raw":
        target.write(header(source.stat().st_size))
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            target.write(chunk)


def _mend_raw(path: Path) -> bool:
    over = path.stat().st_size % FRAME
    if over:
        os.truncate(path, path.stat().st_size - over)
    return bool(over)


def _mend_wav(path: Path) -> bool:
    """Whether the sizes in the header were wrong and are right now. What is no WAV file is left as it is."""
    with path.open("r+b") as file:
        at, told = _data_of(file)
        length = path.stat().st_size - at
        if not at or told == length:
            return False
        file.seek(4)
        file.write(struct.pack("<I", at + length - 8))
        file.seek(at - 4)
        file.write(struct.pack("<I", length))
        file.flush()
        os.fsync(file.fileno())
    return True


def _data_of(file: BinaryIO) -> tuple[int, int]:
    """Where the samples begin and how many bytes the header says they are; (0, 0) for what is no WAV file."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return 0, 0
    while len(chunk := file.read(8)) == 8:
        name, size = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        if name == b"data":
            return file.tell(), size
        file.seek(size + size % 2, os.SEEK_CUR)
    return 0, 0


def _raw_seconds(path: Path) -> float:
    return path.stat().st_size / (RATE * FRAME)


def _wav_seconds(file: BinaryIO) -> float:
    """Of 16 bit PCM, by its own rate and channels; 0 for what is no WAV file."""
    head = file.read(HEADER)
    file.seek(0)
    at, length = _data_of(file)
    if not at or head[12:16] != b"fmt ":
        return 0.0
    per_second = struct.unpack("<I", head[28:32])[0]
    return float(length / per_second) if per_second else 0.0
