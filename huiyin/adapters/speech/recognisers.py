"""The recogniser that the user configured (`HUIYIN_SPEECH_MODEL`, a directory), loaded once a process and not before
somebody wants it. What is wrong with it is said in a code and left where the status page finds it.
"""

import importlib.util
import json
import logging
import threading
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from huiyin.adapters.speech.models import LIBRARY, TABLE, UnknownModel, files_of
from huiyin.domain.voice.hearing import Recogniser

log = logging.getLogger("huiyin.speech")
NOTE = "speech.json"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether speech is understood. `why` not: no_model (none is configured), directory_missing, model_unknown (no
    files of a model), model_streams (one for live captions only), library_missing, model_unusable; `detail` is for
    whoever runs the machine."""

    is_on: bool
    why: str = ""
    name: str = ""
    detail: str = ""


def look(model: str) -> Standing:
    """What can be seen without loading it."""
    directory = Path(model)
    if not model:
        return Standing(is_on=False, why="no_model")
    if not directory.is_dir():
        return Standing(is_on=False, why="directory_missing", detail=model)
    if (directory / TABLE).is_file():
        return Standing(is_on=True, name="tones")
    try:
        files_of(directory)
    except UnknownModel as no:
        return Standing(is_on=False, why=str(no), detail=model)
    if importlib.util.find_spec(LIBRARY) is None:
        return Standing(is_on=False, why="library_missing", name=directory.name)
    return Standing(is_on=True, name=directory.name)


def standing(model: str, folder: Path) -> Standing:
    """How it stands: what can be seen, or what came of loading this model (`folder`: where that was left)."""
    seen = look(model)
    if not seen.is_on:
        return seen
    try:
        known = json.loads((folder / NOTE).read_text())
        left = Standing(**known["standing"])
    except (OSError, ValueError, KeyError, TypeError):
        return seen
    return left if known["model"] == model else seen


class Loader:
    """Loads the recogniser in the background; until then, and where there is none, `now` is None."""

    def __init__(self, model: str, folder: Path) -> None:
        self._model, self._folder = model, folder
        self._ready = threading.Event()
        self._found: Recogniser | None = None
        if look(model).why == "no_model":
            self._ready.set()
        else:
            threading.Thread(target=self._load, name="speech", daemon=True).start()

    @property
    def now(self) -> Recogniser | None:
        """The recogniser, once there is one."""
        return self._found

    def wait(self, seconds: float | None = None) -> Recogniser | None:
        """The recogniser as soon as it is known whether there is one."""
        self._ready.wait(seconds)
        return self._found

    def _load(self) -> None:
        try:
            self._found, result = open_model(self._model)
            self._leave(result)
        except Exception:  # a thread of its own: calls go on by keypad
            log.exception("the recogniser is not loaded")
        finally:
            self._ready.set()

    def _leave(self, result: Standing) -> None:
        if result.is_on:
            log.info("speech is understood (%s)", result.name)
        else:
            log.warning("speech is not understood: %s %s", result.why, result.detail)
        self._folder.mkdir(parents=True, exist_ok=True)
        made = self._folder / f"{NOTE}.{threading.get_native_id()}"
        made.write_text(json.dumps({"model": self._model, "standing": asdict(result)}))
        made.replace(self._folder / NOTE)


@cache
def the_loader(model: str, folder: Path) -> Loader:
    """The one of this process: a model takes seconds and hundreds of megabytes."""
    return Loader(model, folder)


def open_model(model: str) -> tuple[Recogniser | None, Standing]:
    """The recogniser, or why there is none."""
    from huiyin.adapters.speech import recogniser_sherpa as sherpa  # numpy: pages ask how it stands, and need none
    from huiyin.adapters.speech.recogniser_tones import Tones

    seen, directory = look(model), Path(model)
    if not seen.is_on:
        return None, seen
    if seen.name == "tones" and (directory / TABLE).is_file():
        return Tones.from_directory(directory), seen
    if fault := sherpa.fault_of(directory):
        return None, Standing(is_on=False, why="model_unusable", name=directory.name, detail=fault)
    return sherpa.Sherpa(directory), seen
