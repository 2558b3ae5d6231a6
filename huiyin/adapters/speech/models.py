"""Which kind of model lies in a directory, as those that are given away for sherpa-onnx come: by the names of its
files, and by what an ONNX file says about itself. Read without any library: a wrong model must be told, not tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

LIBRARY: Final = "sherpa_onnx"  # what opens them
TABLE: Final = "tones.toml"  # in place of a model: for trials
# what an ONNX model calls itself → how sherpa-onnx opens it
_BY_NAME: Final = (
    ("sense_voice", "from_sense_voice"), ("paraformer", "from_paraformer"), ("zipformer2_ctc", "from_zipformer_ctc"),
    ("zipformer_ctc", "from_zipformer_ctc"), ("wenet_ctc", "from_wenet_ctc"), ("telespeech", "from_telespeech_ctc"),
    ("encdec", "from_nemo_ctc"),
)  # fmt: skip
_METADATA, _KEY, _VALUE = 14, 1, 2  # fields of ModelProto and of its entries


class UnknownModel(ValueError):
    """The directory holds no model that we know; the code says why: model_unknown, model_streams."""


@dataclass(frozen=True, slots=True)
class Files:
    """How sherpa-onnx opens a model: the name of its constructor, and which file is which."""

    opens: str
    files: dict[str, str]


def files_of(directory: Path) -> Files:
    """Raises UnknownModel, OSError."""
    tokens = next(iter(sorted(directory.glob("*tokens.txt"))), None)
    if tokens is None:
        raise UnknownModel("model_unknown")
    parts = {name: _one(directory, name) for name in ("encoder", "decoder", "joiner")}
    found = {name: str(path) for name, path in parts.items() if path is not None} | {"tokens": str(tokens)}
    if "joiner" in found and len(found) == 4:
        if "decode_chunk_len" in metadata(Path(found["encoder"])):
            raise UnknownModel("model_streams")
        return Files("from_transducer", found)
    if "encoder" in found and "decoder" in found:
        return Files("from_whisper", found)
    return _single(directory, str(tokens))


def _single(directory: Path, tokens: str) -> Files:
    path = _one(directory, "")
    if path is None:
        raise UnknownModel("model_unknown")
    says = f"{metadata(path).get('model_type', '')} {directory.name.replace('-', '_')}".lower()
    opens = next((opens for name, opens in _BY_NAME if name in says), None)
    if opens is None:
        raise UnknownModel("model_unknown")
    return Files(opens, {"paraformer" if opens == "from_paraformer" else "model": str(path), "tokens": tokens})


def _one(directory: Path, name: str) -> Path | None:
    """The ONNX file of this name; the small one (int8) where there are two."""
    found = directory.glob(f"*{name}*.onnx" if name else "*.onnx")
    return min(found, key=lambda path: ("int8" not in path.name, path.name), default=None)


def metadata(path: Path) -> dict[str, str]:
    """What an ONNX file says about itself; empty for what is none."""
    said = {}
    with path.open("rb") as file:
        for field, entry in _fields(file, path.stat().st_size):
            if field == _METADATA:
                pair = dict(_strings(entry))
                said[pair.get(_KEY, "")] = pair.get(_VALUE, "")
    return said


def _fields(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """The fields of a protobuf message with their bytes where those are few: weights are passed over."""
    while file.tell() < size:
        tag = _varint(file)
        kind, length = tag & 7, 0
        if kind == 0:
            _varint(file)
        elif kind in {1, 5}:
            length = 8 if kind == 1 else 4
        elif kind == 2:
            length = _varint(file)
        if kind not in {0, 1, 2, 5} or length > size:
            return  # no protobuf
        yield tag >> 3, file.read(length) if tag >> 3 == _METADATA and length < 1 << 16 else _skip(file, length)


def _skip(file: BinaryIO, length: int) -> bytes:
    file.seek(length, 1)
    return b""


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while byte := file.read(1):
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80 or shift > 63:
            break
    return value


def _strings(entry: bytes) -> Iterator[tuple[int, str]]:
    at = 0
    while at + 1 < len(entry):
        field, length, at = entry[at] >> 3, entry[at + 1], at + 2
        if length & 0x80:  # longer than 127: two bytes are enough for what we read
            length, at = (length & 0x7F) | entry[at] << 7 if at < len(entry) else 0, at + 1
        yield field, entry[at : at + length].decode(errors="replace")
        at += length
