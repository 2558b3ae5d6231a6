"""Recordings at the desk: playing, taking away, keeping beyond their time; each look in the access ledger (HL7)."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.cases import exhibits
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import visible_to
from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.domain.voice.transcripts.queries import said_in
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Spoiled
from huiyin.web.desk.files import download
from huiyin.web.desk.gate import by_staff, me, way_back
from huiyin.web.desk.sound_cards import refuse_to_take
from huiyin.web.desk.talking import talks_for
from huiyin.web.ui.ranges import answer_bytes


@require_GET
@by_staff
def sound(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy for playing, whole or in parts."""
    one, case = _mine_or_404(request, pk)
    return _bytes(request, one, case, Look.PLAYED)


@require_GET
@by_staff
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The recording itself, to take away."""
    one, case = _mine_or_404(request, pk)
    refuse_to_take(me(request), case)
    return _bytes(request, one, case, Look.DOWNLOADED)


@require_GET
@by_staff
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said in it, by whom and when (HL10)."""
    one, case = _mine_or_404(request, pk)
    said = said_in(one)
    if said:
        matter_id = case.matter_id if case else one.call.talk_id
        note_access(matter_id, f"transcript:{one.pk}", Look.VIEWED, by=me(request).by, now=now())
    return render(request, "desk/parts/words.html", {"said": said, "sound": one})


@require_POST
@by_staff
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it beyond its time, or no longer; for those who lead."""
    one, _case = _mine_or_404(request, pk)
    if me(request).tier not in LEADS:
        raise Refusal("supervisors_only")
    held = request.POST.get("held") == "1"
    voice.hold_recording(one, held=held, by=me(request).by, now=now())
    said = gettext("It is kept until somebody lets it go.") if held else gettext("Its usual time counts again.")
    messages.success(request, said)
    return redirect(way_back(request))


def _mine_or_404(request: HttpRequest, pk: int) -> tuple[Recording, Case | None]:
    """The recording with the case it belongs to, for whoever may see that case or the conversation."""
    rows = Recording.objects.select_related("call__matter", "call__talk", "copy")
    one = rows.filter(pk=pk, copy__isnull=False).first()
    if one is None:
        raise Http404(str(pk))
    case, person = _case_of(one), me(request)
    if case is not None and visible_to(person).filter(pk=case.pk).exists():
        return one, case
    if case is not None or not talks_for(person).filter(matter=one.call.talk_id).exists():
        raise Http404(str(pk))
    return one, None


def _case_of(one: Recording) -> Case | None:
    joined = Conversation.objects.filter(matter=one.call.talk_id).values_list("case_id", flat=True)
    return Case.objects.filter(Q(matter__in=joined) | Q(matter=one.call.case_id)).first()


def _bytes(request: HttpRequest, one: Recording, case: Case | None, look: Look) -> HttpResponse:
    copy, is_taken = one.copy, look is Look.DOWNLOADED
    sha256, mime = (copy.sha256, "audio/wav") if is_taken else (copy.small_sha256, copy.small_mime)
    if one.state == RecordingState.ERASED or not sha256:
        raise Http404(str(one.pk))
    matter_id = case.matter_id if case else one.call.talk_id
    note_access(matter_id, f"recording:{one.pk}", look, by=me(request).by, now=now())
    try:
        data = exhibits.the_files().read(sha256)
    except Spoiled as fault:
        raise Refusal("evidence_spoiled", no=one.pk, how=fault.health.value) from fault
    name = f"{one.kind}-{one.call.matter.no}-{one.pk}.{'wav' if is_taken else 'ogg'}"
    return download(answer_bytes(request, data, mime, sha256), name, inline=not is_taken)
