"""All sentences that callers hear: words, sound, and recordings in their place. The file that came is kept as it was; a
recording is heard from the next sentence on."""

import hashlib
import io
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.adapters.speech.espeak import VOICES as SPEAKERS
from huiyin.adapters.speech.laying import lay_one
from huiyin.adapters.speech.prompts import LANGUAGES, SLOW, Mute, places, slugs, template, text
from huiyin.adapters.speech.recorded import MOST_BYTES, for_telephones
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.models import Take
from huiyin.domain.voice.hotline.queries import sentences_of_tables, take_of, takes
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Files, Spoiled
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_parts import page, prompts
from huiyin.web.desk.gate import me
from huiyin.web.ui.ranges import answer_bytes
from huiyin.web.ui.words_desk import by_text, refusal_at_desk
from huiyin.web.ui.words_menu import SENTENCES, VOICES, word

Context = dict[str, Any]
# what stands in the places of a sentence when it is only tried
SAMPLES = {"code": "735194", "number": "202611220123", "agent_no": "1024", "ahead": 3, "minutes": 5}
SAMPLE = 128
FIRST = {"menu": 0, "ask": 1}  # what is recorded first stands first


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The list."""
    return render(request, "console/hotline_sentences.html", _page(request))


@require_http_methods(["GET", "POST"])
@by_leads
def sentence(request: HttpRequest, voice: str, slug: str) -> HttpResponse:
    """One sentence in one voice: hear it, record it, take the recording back."""
    words = _words_or_404(voice, slug)
    if request.method == "GET":
        return _one(request, voice, slug, words)
    try:
        said = _change(request, voice, slug)
    except Refusal as no:
        return _one(request, voice, slug, words, no)
    messages.success(request, said)
    return redirect("console:hotline-sentence", voice, slug)


@require_GET
@by_leads
def sound(request: HttpRequest, voice: str, slug: str) -> HttpResponse:
    """What callers hear; with `?as=spoken` or `?as=original` the voice of the machine, or the file as it came."""
    words, wanted = _words_or_404(voice, slug), request.GET.get("as", "")
    try:
        if wanted == "original":
            return _original(request, voice, slug)
        recorded = None if wanted == "spoken" else prompts().recording(slug, voice)
        data = (recorded or prompts().say(words, voice)).read_bytes()
    except Mute as fault:
        return HttpResponse(refusal_at_desk(Refusal("mute", reason=str(fault))), status=503, content_type="text/plain")
    return _wav(request, data)


def _words_or_404(voice: str, slug: str) -> str:
    """The words of a sentence with samples in their places."""
    base = voice.removesuffix(SLOW)
    if voice not in SPEAKERS:
        raise Http404(voice)
    if slug.startswith("own."):
        words = sentences_of_tables().get((slug, base))
        if words is None:
            raise Http404(slug)
        return words
    if slug not in slugs():
        raise Http404(slug)
    return text(slug, voice, **{name: _sample(name, voice) for name in places(slug, base)})


def _sample(name: str, voice: str) -> object:
    slug = {"state": "state.open", "tier": "level.gold"}.get(name)
    return text(slug, voice) if slug else SAMPLES.get(name, SAMPLE)


def _change(request: HttpRequest, voice: str, slug: str) -> str:
    person, now = me(request), timezone.now()
    if request.POST.get("gone"):
        hotline.take_back(slug, voice, person, now=now)
        lay_one(prompts(), slug, voice, the_files())
        return gettext("Spoken again, from the next call on.")
    file = request.FILES.get("file")
    if file is None or file.file is None:
        raise Refusal("file_missing")
    if not file.size:
        raise Refusal("file_empty")
    if file.size > MOST_BYTES:
        raise Refusal("file_too_large", limit_mb=MOST_BYTES // 1_000_000)
    _record(cast(io.BufferedIOBase, file.file).read(MOST_BYTES + 1), voice, slug, request)
    return gettext("Recorded. Callers hear it from the next call on.")


def _record(data: bytes, voice: str, slug: str, request: HttpRequest) -> None:
    """First the bytes, then the row, then what callers hear: the switchboard makes good what died between."""
    ready, files = for_telephones(io.BytesIO(data)), the_files()
    original = files.put(io.BytesIO(data), most=MOST_BYTES)
    played = files.put(io.BytesIO(ready.wav), most=MOST_BYTES)
    made = hotline.Sound(original.sha256, played.sha256, ready.seconds)
    hotline.record_sentence(slug, voice, made, me(request), now=timezone.now())
    lay_one(prompts(), slug, voice, files)


def _original(request: HttpRequest, voice: str, slug: str) -> HttpResponse:
    take = take_of(slug, voice)
    if take is None:
        raise Http404(slug)
    return _wav(request, _read(the_files(), take.sha256))


def _read(files: Files, sha256: str) -> bytes:
    try:
        return files.read(sha256)
    except Spoiled as fault:
        raise Refusal("sound_spoiled") from fault


def _wav(request: HttpRequest, data: bytes) -> HttpResponse:
    return answer_bytes(request, data, "audio/wav", hashlib.sha256(data).hexdigest())


def _page(request: HttpRequest) -> Context:
    played = {(one.slug, one.voice) for one in takes()}
    own = sentences_of_tables()
    rows = [_row(slug, {one: template(slug, one) for one in LANGUAGES}, played) for slug in _order()]
    mine = [_row(slug, {language: words}, played) for (slug, language), words in own.items()]
    groups: dict[str, list[Context]] = {}
    for row in rows:
        groups.setdefault(row["slug"].partition(".")[0], []).append(row)
    return page(request, "sentences") | {
        "groups": [{"name": word(SENTENCES, name), "rows": each} for name, each in groups.items()],
        "own": mine, "recorded": len(played),
    }  # fmt: skip


def _order() -> list[str]:
    return sorted(slugs(), key=lambda slug: (FIRST.get(slug.partition(".")[0], len(FIRST)), slug))


def _row(slug: str, words: dict[str, str], played: set[tuple[str, str]]) -> Context:
    known = prompts()
    return {
        "slug": slug,
        "voices": [
            {"code": code, "name": word(VOICES, code), "words": said,
             "is_recorded": (slug, code) in played, "is_by_hand": (slug, code) not in played and bool(
                 known.placed(slug, code))}
            for code, said in words.items()
        ],
    }  # fmt: skip


def _one(request: HttpRequest, voice: str, slug: str, words: str, no: Refusal | None = None) -> HttpResponse:
    rows = Take.objects.filter(slug=slug, voice=voice).order_by("-pk")
    take = next((one for one in rows if one.ended_at is None), None)
    base = voice.removesuffix(SLOW)
    context = page(request, "sentences") | {
        "slug": slug, "voice": voice, "voice_name": word(VOICES, voice), "words": words, "take": take,
        "take_by": by_text(take.by) if take else "", "is_by_hand": take is None and bool(prompts().placed(slug, voice)),
        "others": [(one, word(VOICES, one)) for one in SPEAKERS if one.removesuffix(SLOW) == base and one != voice],
        "before": len(rows) - (1 if take else 0), "refused": refusal_at_desk(no) if no else "",
        "most_mb": MOST_BYTES // 1_000_000,
    }  # fmt: skip
    return render(request, "console/hotline_sentence.html", context, status=409 if no else 200)
