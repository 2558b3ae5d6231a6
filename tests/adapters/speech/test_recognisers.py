"""HL4, HL10: which model lies in a directory, what is wrong with it, and that the real library understands one."""

from pathlib import Path

import pytest

from huiyin.adapters.speech import recogniser_sherpa, recognisers
from huiyin.adapters.speech.models import UnknownModel, files_of, metadata
from huiyin.adapters.speech.recogniser_sherpa import Sherpa, fault_of
from huiyin.adapters.speech.recognisers import Loader, Standing, look, open_model, standing
from tests.tiny_models import spoken, zipformer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipformer(tmp_path_factory.mktemp("models") / "tiny")


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_hl10_the_real_library_understands_what_is_said(model: Path, rate: int) -> None:
    one = Sherpa(model)
    [heard] = one.recognise(spoken("人工卡密", rate), rate)
    assert (heard.text, heard.start_s, round(heard.end_s, 1), one.name) == ("人工卡密", 0.0, 1.8, "tiny")
    assert one.recognise(bytes(rate), rate) == ()
    assert one.recognise(b"", rate) == ()
    with pytest.raises(ValueError, match="16 bit"):
        one.recognise(b"123", rate)


def test_a_model_that_is_none_ends_a_process_of_its_own_and_not_ours(model: Path, tmp_path: Path) -> None:
    assert fault_of(model) == ""
    (tmp_path / "sense-voice-broken").mkdir()
    (tmp_path / "sense-voice-broken" / "model.onnx").write_bytes(b"\x08\x08" + bytes(4000))
    (tmp_path / "sense-voice-broken" / "tokens.txt").write_text("<blk> 0\n")
    found, why = open_model(str(tmp_path / "sense-voice-broken"))
    assert (found, why.is_on, why.why) == (None, False, "model_unusable")
    assert why.detail


def test_what_can_be_seen_without_loading(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    assert look("") == Standing(is_on=False, why="no_model")
    assert look(str(tmp_path / "nowhere")).why == "directory_missing"
    assert look(str(tmp_path / "other")).why == "model_unknown"
    assert look(str(model)) == Standing(is_on=True, name="tiny")
    monkeypatch.setattr(recognisers, "LIBRARY", "no_such_library")
    assert look(str(model)).why == "library_missing"


def made(folder: Path, *names: str, **said: str) -> Path:
    """A directory with files of these names, whose models say that about themselves."""
    source = zipformer(folder / "source", **said)
    (folder / "source" / "tokens.txt").unlink()
    for name in names:
        (folder / name).write_bytes((source / "model.onnx").read_bytes())
    return folder


@pytest.mark.parametrize(("names", "says", "opens"), [
    (["model.onnx", "tokens.txt"], "sense_voice_ctc", "from_sense_voice"),
    (["model.int8.onnx", "model.onnx", "tokens.txt"], "paraformer", "from_paraformer"),
    (["model.onnx", "tokens.txt"], "wenet_ctc", "from_wenet_ctc"),
    (["model.onnx", "tokens.txt"], "EncDecCTCModelBPE", "from_nemo_ctc"),
    (["encoder-epoch-20.onnx", "decoder-epoch-20.onnx", "joiner-epoch-20.onnx", "tokens.txt"], "", "from_transducer"),
    (["tiny-encoder.int8.onnx", "tiny-decoder.int8.onnx", "tiny-tokens.txt"], "", "from_whisper"),
])  # fmt: skip
def test_models_are_known_by_their_files_and_what_they_say(
    tmp_path: Path, names: list[str], says: str, opens: str
) -> None:
    found = files_of(made(tmp_path, *names, model_type=says))
    assert found.opens == opens
    assert all(Path(file).is_file() for file in found.files.values())
    small = [file for name, file in found.files.items() if name in {"model", "paraformer"}]
    assert all("int8" in file for file in small) or "model.int8.onnx" not in names


def test_each_kind_is_opened_with_words_that_the_library_takes(tmp_path: Path) -> None:
    import inspect

    from sherpa_onnx import OfflineRecognizer

    for names in (["model.onnx", "tokens.txt"], ["a-encoder.onnx", "a-decoder.onnx", "a-joiner.onnx", "tokens.txt"],
                  ["a-encoder.onnx", "a-decoder.onnx", "a-tokens.txt"]):  # fmt: skip
        for says in (
            "sense_voice_ctc",
            "paraformer",
            "zipformer2_ctc",
            "wenet_ctc",
            "telespeech_ctc",
            "EncDecCTCModel",
        ):
            folder = tmp_path / f"{len(names)}{says}"
            found = files_of(made(folder, *names, model_type=says))
            given = {**found.files, **recogniser_sherpa._MORE.get(found.opens, {}), "num_threads": 1}
            inspect.signature(getattr(OfflineRecognizer, found.opens)).bind(**given)


def test_a_model_for_captions_is_refused_with_its_reason(tmp_path: Path) -> None:
    folder = made(tmp_path, "encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt")
    streams = zipformer(tmp_path / "streams", "zipformer2", decode_chunk_len="32")
    (folder / "encoder.onnx").write_bytes((streams / "model.onnx").read_bytes())
    with pytest.raises(UnknownModel, match="model_streams"):
        files_of(folder)


@pytest.mark.parametrize("bytes_", [b"", b"\xff" * 4000, bytes(4000), b"\x3a\xff\xff\xff\xff\xff\xff\x7f" * 9])
def test_whatever_lies_there_is_read_or_passed_over(tmp_path: Path, bytes_: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(bytes_)
    (tmp_path / "tokens.txt").write_text("")
    assert metadata(tmp_path / "model.onnx") == {}
    with pytest.raises(UnknownModel, match="model_unknown"):
        files_of(tmp_path)


def test_the_loader_says_what_became_of_it(model: Path, tmp_path: Path) -> None:
    assert Loader(str(model), tmp_path / "voice").wait(60) is not None
    assert standing(str(model), tmp_path / "voice") == Standing(is_on=True, name="tiny")
    broken = tmp_path / "sense-voice-broken"
    broken.mkdir()
    (broken / "model.onnx").write_bytes(b"no model")
    (broken / "tokens.txt").write_text("")
    assert standing(str(broken), tmp_path / "voice").is_on  # as far as anybody can see
    assert Loader(str(broken), tmp_path / "voice").wait(60) is None
    assert standing(str(broken), tmp_path / "voice").why == "model_unusable"


def test_without_a_model_nothing_is_loaded_and_nothing_written(tmp_path: Path) -> None:
    assert Loader("", tmp_path / "voice").wait(0) is None
    assert not (tmp_path / "voice").exists()
