"""Why something cannot be done, and what to do instead, for every code of a `Refusal`."""

from collections import defaultdict

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from huiyin.lib.errors import Refusal
from huiyin.web.ui.words_evidence import what_name
from huiyin.web.ui.words_hotline import REFUSALS as HOTLINE
from huiyin.web.ui.words_routing import REFUSALS
from huiyin.web.ui.words_surveys import REFUSALS as SURVEYS
from huiyin.web.ui.words_talks import REFUSALS as TALKS
from huiyin.web.ui.words_voice import REFUSALS as VOICE

_TEXTS = {
    "shop_silent": _("We cannot reach the shop just now. We ask again every minute; nothing is lost."),
    "link_wrong": _(
        "This link is not complete. "
        "Please open it again from the mail or the order page, or look for the order here."
    ),
    "link_expired": _("This link is too old. Please look for the order here; a number from your bill is enough."),
    "finding_expired": _("This page is more than two hours old. Please look for the order once more; nothing is lost."),
    "not_an_option": _("That is no longer possible here. Please look at what is possible now."),
    "proof_needed": _("We need one more thing before we show or do this: a code, or the long number on the bill."),
    "situation_changed": _("The order has changed in the meantime. Please look at what is possible now."),
    "nothing_paid": _("No payment has come in for this order, so there is nothing to refund."),
    "nothing_left_to_refund": _("Everything that was paid for this order has been refunded."),
    "nothing_written": _("Please write a few words, so that we know what it is about."),
    "too_long": _("That is longer than %(limit)s characters. Please send it in parts; what you wrote is still there."),
    "case_open": _("This matter is open; there is nothing to take up again."),
    "case_too_full": _("More than %(limit_mb)s MB do not fit into one matter. Please leave out what says the same."),
    "changed_meanwhile": _("Something has changed in the meantime. Please look at it as it is now, then decide."),
    "wrong_state": _("That is not possible as things stand now. What is possible is shown on the page."),
    "no_such_item": _("There is no such point here, or it cannot be decided any more. Please look at it as it is now."),
    "nothing_offered": _("There is no proposal that waits for a word."),
    "nothing_under_way": _("Nothing is under way here."),
    "too_late_to_reopen": _("That is more than %(days)s days ago. Please tell us anew; nothing of the old is lost."),
    "not_for_you": _("This is not yours to say."),
    "about_you": _("This complaint is about your own work, so somebody else decides."),
    "complained_about": _("The complaint is about agent %(agent_no)s. Choose somebody else."),
    "behalf_missing": _(
        "Only the buyer can say this: send their secret, or say in “on_behalf” why you speak for them."
    ),
    "holidays_invalid": _("The list of holidays cannot be read: %(reason)s."),
    "propose_first": _("%(items)s points have no offer yet. Make one for each first."),
    "buyer_decides": _("%(items)s offers wait for the buyer's word. They are reminded by themselves."),
    "offer_waits": _("An offer waits for a word: accept or refuse it first. Closing it now would give it up."),
    "escalate_first": _("The buyer refused. Somebody one step up looks at it before it ends without agreement."),
    "at_the_top": _("It is with operations already; there is nobody above."),
    "say_what_you_offer": _("Say in words what you offer for point %(no)s."),
    "time_has_passed": _("The time named for point %(no)s has passed."),
    "amount_missing": _("Please enter an amount above zero."),
    "amount_unreadable": _("This is not an amount. Write it like 9.90."),
    "no_order": _("No order is joined to this matter. Join one first: then the shop can carry it out."),
    "order_is_joined": _("An order is joined to this matter already."),
    "not_complete": _("An automatic answer must name the next step and a time to come."),
    "evidence_spoiled": _(
        "No. %(no)s is not what was added any more. This is our fault; we have noted it and hand out nothing else "
        "in its place."
    ),
    "no_room": _("Our store is full just now. The file is still with you; please try again in an hour."),
    "file_missing": _("Please choose a file first."),
    "file_empty": _("This file is empty. Please choose it once more."),
    "file_too_large": _("A file may have %(limit_mb)s MB at most. A shorter video or a screenshot will do."),
    "file_type": _("We cannot take this kind of file. Pictures, PDF, text, sound (MP3, WAV, M4A, AMR) and MP4 work."),
    "picture_too_large": _("This picture is too large to open safely. A screenshot of it will do."),
    "too_many_files": _("More than %(limit)s files do not fit into one matter. Please leave out what says the same."),
    "case_closed": _("This matter is closed. Say that it is not solved, and we take it up again."),
    "answer_first": _("Answer the buyer before you close this."),
    "remedy_open": _("A remedy is still under way. It ends first, then the matter can be closed."),
    "remedy_is": _("This remedy cannot be changed any more; it has gone further in the meantime."),
    "walls_too_many": _("There are %(limit)s screens already. Take one down first."),
    "supervisors_only": _("Only a supervisor may do this."),
    "four_eyes": _("Somebody else must check this: four eyes see more than two."),
    "above_authority": _("This is above what you may decide (¥%(limit)s). Hand it to whoever may decide more."),
    "offer_unpayable": _(
        "The refund of point %(no)s cannot be paid as offered any more: of this order ¥%(limit)s is left to refund. "
        "After a no to it a new offer follows."
    ),
    "above_paid": _("Of what was paid, ¥%(limit)s can still be refunded. Please offer that much at most."),
    "above_automatic": _("A program may offer ¥%(limit)s at most. Above that a member of staff offers it at the desk."),
    "say_why": _("Please say why in a few words."),
    "proof_missing": _("Please enter the number or text that proves it was done."),
    "task_is_done": _("Somebody has already done this."),
    "task_not_done": _("This has not been done yet, so there is nothing to check."),
    "task_is_checked": _("Somebody has already checked this."),
    "idempotency_key_reused": _("This Idempotency-Key was used with another body. Use a new key for a new request."),
    "signature_missing": _("The request is not signed."),
    "signature_stale": _("The signature is older than %(window_s)s seconds. Check the clock."),
    "signature_wrong": _("The signature does not fit the request."),
    "seal_broken": _("What was sealed cannot be read any more: the server's key has changed."),
    "no_such_template": _("There are no words for the message “%(template)s”."),
    "contact_missing": _("Please leave one way to reach you."),
    "contact_unreadable": _("We cannot read this contact. A phone number, mail address, WeChat or QQ works."),
    "number_or_pin_wrong": _("The number and the second one do not fit together. Please compare both once more."),
    "calendar_never_open": _("This calendar has no opening hours, so no working time ever passes."),
    "deadline_too_far": _("This deadline lies more than %(days)s days ahead."),
    "too_many_pauses": _("At most %(limit)s pauses are possible."),
    "pause_invalid": _("A pause must end after it starts: %(start)s to %(end)s."),
    "time_without_zone": _("A time needs its time zone: %(at)s."),
    "time_out_of_range": _("This time is out of range: %(at)s."),
    "amount_invalid": _("The amount must be a whole number of zero or more, not %(amount)s."),
    "amount_too_large": _("At most %(limit)s %(unit)s are possible."),
    "calendar_hours_overlap": _("Opening hours overlap in %(where)s."),
    "calendar_key_unknown": _("A calendar has no “%(key)s”."),
    "calendar_name_unknown": _("There is no calendar named “%(name)s”."),
    "holidays_year_invalid": _("This is not a year: %(year)s."),
    "holidays_not_announced": _("The holidays of %(year)s have not been announced yet."),
    "holidays_wrong_year": _("%(date)s does not belong to %(year)s."),
    "calendar_shape": _("%(where)s must be: %(expected)s."),
    "calendar_day_unknown": _("“%(day)s” is no day of the week."),
    "calendar_too_big": _("%(where)s may hold at most %(limit)s entries."),
    "calendar_hours_invalid": _("These opening hours cannot be read in %(where)s: %(value)s."),
    "calendar_date_invalid": _("This is not a date: %(value)s."),
    "calendar_zone_unknown": _("There is no time zone “%(timezone)s”."),
    "pause_legal_clock": _("A term set by law cannot be paused."),
    "pause_not_ours": _("Only our own promises can be paused."),
    "pause_not_listed": _("We may not wait for “%(item)s” in this kind of matter."),
    "pause_already_held": _("We already have “%(item)s”; there is nothing to wait for."),
    "pause_once_per_item": _("We have waited for “%(item)s” once already."),
    "pause_not_running": _("Only a running promise can be paused."),
    "pause_used_up": _("The waiting time of this promise is used up."),
}  # fmt: skip
_ALL = _TEXTS | REFUSALS | TALKS | VOICE | SURVEYS | HOTLINE
_UNKNOWN = _("That did not work. Nothing was changed; please try once more or talk to a person.")


def refusal_text(refusal: Refusal) -> str:
    """One or two sentences: what cannot be, and what to do. A code without words still says what is safe."""
    if refusal.code == "too_often":
        return _too_often(int(str(refusal.params.get("seconds", 60))))
    is_unnumbered = refusal.code == "talk_ended" and not refusal.params.get("no")
    code = "talk_over" if is_unnumbered else refusal.code
    params = defaultdict(str, refusal.params)
    return gettext(_ALL.get(code, _UNKNOWN)) % (params | {"item": what_name(str(params["item"]))})


def _too_often(seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    return ngettext(
        "That was a little too often. Please try again in %(minutes)s minute.",
        "That was a little too often. Please try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
