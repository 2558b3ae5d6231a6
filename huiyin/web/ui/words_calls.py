"""Words about calls: how one stands, what can be done to it, and why not."""

from django.utils.translation import gettext_noop as _

STATES = {
    "menu": _("In the menu"),
    "dialling": _("Being dialled"),
    "waiting": _("Waits"),
    "ringing": _("Rings"),
    "talking": _("On the phone"),
    "held": _("On hold, hears music"),
    "keying": _("Keys a secret; the recording is off"),
    "parked": _("Kept for the agent"),
    "rating": _("Says how it was"),
    "voicemail": _("Leaves a message"),
    "callback_booked": _("Will be called back"),
    "changed": _("Waits in a chat now"),
    "ended": _("Ended"),
}
TONES = {
    "talking": "green", "held": "amber", "keying": "amber", "parked": "red", "ringing": "amber", "waiting": "amber",
    "dialling": "amber",
}  # fmt: skip
VERBS = {
    "hold": _("Hold"),
    "unhold": _("Take off hold"),
    "mute": _("Mute me"),
    "unmute": _("Unmute me"),
    "secret": _("The buyer keys a secret…"),
    "keypad": _("Keys…"),
    "transfer": _("Transfer…"),
    "complete": _("Put through now"),
    "cancel": _("Take the caller back"),
    "hang_up": _("Hang up"),
    "listen": _("Listen"),
    "whisper": _("Whisper"),
    "barge": _("Join in"),
    "take_over": _("Take over"),
    "stop": _("Leave the call"),
    "dial": _("Dial"),
}
DONE = {
    "hold": _("The caller hears music."),
    "unhold": _("You are talking again."),
    "mute": _("The caller does not hear you."),
    "unmute": _("The caller hears you again."),
    "secret": _("The recording is off; the buyer keys, and you hear nothing of it."),
    "keypad": _("Sent."),
    "transfer": _("Under way; the caller hears music."),
    "complete": _("They are talking to each other now."),
    "cancel": _("You have the caller again."),
    "hang_up": _("Hung up."),
    "listen": _("You hear both; nobody hears you. It is recorded that you listen."),
    "whisper": _("Only the agent hears you."),
    "barge": _("Both hear you."),
    "take_over": _("Your phone rings: then the caller is yours."),
    "stop": _("You have left the call."),
    "dial": _("Your phone rings first, then the buyer's."),
}
SECRETS = {
    "payment": _("Check the payment: end of the bill number and amount"),
    "pin": _("Check the PIN of the case"),
}
CHECKED = {
    "matches": _("What the buyer keyed matches."),
    "differs": _("What the buyer keyed does not match."),
}
NOT_CHECKED = {
    "cancelled": _("Nothing was compared: it was broken off."),
    "timed_out": _("Nothing was compared: the buyer did not finish in time."),
    "hung_up": _("Nothing was compared: the buyer hung up."),
    "agent_gone": _("Nothing was compared: your device was gone."),
    "unavailable": _("Nothing was compared: the shop does not answer right now."),
    "too_many": _("Nothing was compared: too many wrong tries. Wait a quarter of an hour, or check another way."),
    "failed": _("Nothing was compared: that is our fault. Please try once more."),
}
JOINED = {
    "listen": _("You are listening"), "whisper": _("You whisper to the agent"), "barge": _("You talk with both"),
}  # fmt: skip
MARKS = {"urgent": _("Urgent"), "elderly": _("Elderly: take your time")}
UNDER_WAY = _("Asked for; the switchboard has not answered yet. What happens shows here.")
