"""Models of a few numbers, made by hand as ONNX files, with which the real sherpa-onnx runs: each tone is a character.

A frame of sound comes in as 80 loudnesses by pitch (log-mel); a character is as likely as its pitch is loud, and in
silence nothing is.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

CHARACTERS = {"人": 500, "工": 700, "卡": 1000, "密": 1400}  # Hz
_PITCHES, _SILENCE = 80, -6.0
_LOWEST_HZ, _HIGHEST_HZ = 20, 7600  # of sherpa-onnx's features
_FLOAT, _INT64 = 1, 7


def zipformer(directory: Path, model_type: str = "zipformer2_ctc", **said: str) -> Path:
    """A directory with a model of that kind."""
    weights = [0.0] * (_PITCHES * (len(CHARACTERS) + 1))
    for number, hz in enumerate(CHARACTERS.values(), start=1):
        weights[_pitch_of(hz) * (len(CHARACTERS) + 1) + number] = 1.0
    biases = [_SILENCE, *[0.0] * len(CHARACTERS)]
    nodes = [_node("MatMul", ["x", "w"], "m"), _node("Add", ["m", "b"], "log_probs"), _node("Identity", ["n"], "out_n")]
    graph = b"".join([
        *(_field(1, node) for node in nodes), _field(2, b"tiny"),
        _field(5, _tensor("w", weights, [_PITCHES, len(biases)])), _field(5, _tensor("b", biases, [len(biases)])),
        _field(11, _value("x", _FLOAT, ["N", "T", _PITCHES])), _field(11, _value("n", _INT64, ["N"])),
        _field(12, _value("log_probs", _FLOAT, ["N", "T", len(biases)])), _field(12, _value("out_n", _INT64, ["N"])),
    ])  # fmt: skip
    return _written(directory, graph, {"model_type": model_type, **said})


def _written(directory: Path, graph: bytes, said: Mapping[str, str]) -> Path:
    directory.mkdir(parents=True)
    metadata = (_field(14, _field(1, key.encode()) + _field(2, value.encode())) for key, value in said.items())
    model = _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13)) + b"".join(metadata)
    (directory / "model.onnx").write_bytes(model)
    tokens = "".join(f"{one} {number}\n" for number, one in enumerate(["<blk>", *CHARACTERS]))
    (directory / "tokens.txt").write_text(tokens)
    return directory


def _pitch_of(hz: float) -> int:
    def mel(one: float) -> float:
        return 1127 * math.log(1 + one / 700)

    step = (mel(_HIGHEST_HZ) - mel(_LOWEST_HZ)) / (_PITCHES + 1)
    return round((mel(hz) - mel(_LOWEST_HZ)) / step) - 1


def _node(kind: str, inputs: Sequence[str], output: str) -> bytes:
    return b"".join(_field(1, one.encode()) for one in inputs) + _field(2, output.encode()) + _field(4, kind.encode())


def _tensor(name: str, values: Sequence[float], shape: Sequence[int]) -> bytes:
    numbers = struct.pack(f"<{len(values)}f", *values)
    return b"".join(_field(1, one) for one in shape) + _field(2, _FLOAT) + _field(8, name.encode()) + _field(9, numbers)


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    sizes = [_field(1, one) if isinstance(one, int) else _field(2, one.encode()) for one in shape]
    tensor = _field(1, kind) + _field(2, b"".join(_field(1, one) for one in sizes))
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _field(number: int, value: int | bytes) -> bytes:
    """One field of a protobuf message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def spoken(text: str, rate: int, seconds: float = 0.3) -> bytes:
    """These characters, one tone after the other, between silences: 16 bit mono."""
    silence = [0] * int(rate * seconds)
    sound = list(silence)
    for one in text:
        sound += [round(9000 * math.sin(2 * math.pi * CHARACTERS[one] * n / rate)) for n in range(int(rate * seconds))]
    return struct.pack(f"<{len(sound) + len(silence)}h", *sound, *silence)
