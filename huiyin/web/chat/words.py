"""What the chat says, in the reader's language: our scripts have no words of their own.

Places for values are written {n}, as the scripts fill them in.
"""

from django.utils.translation import gettext, pgettext

Words = dict[str, "str | list[str] | dict[str, str]"]


def words() -> Words:
    """Everything, in the language of this moment."""
    return opening() | waiting() | talking() | ending()


def opening() -> Words:
    """The button, and what stands there before the first word."""
    return {
        "open": gettext("Talk to us"),
        "unread": gettext("unread"),
        "close": gettext("Put away"),
        "more": gettext("More"),
        "title": gettext("Customer service"),
        "hello": gettext("Hello. What happened?"),
        "about_case": gettext("About your matter {no}"),
        "here": gettext("Somebody is here now"),
        "here_wait": gettext("Somebody is here now; about {wait} until it is your turn"),
        "finder": gettext("Paid and no key came"),
        "finder_why": gettext("Look at the order first; most are put right on the spot"),
        "chips": [
            gettext("The key does not work"),
            gettext("I want my money back"),
            gettext("Trouble with my account"),
            gettext("How does it stand with my matter?"),
        ],
        "more_about_you": gettext("Leave a way to reach you (you need not)"),
        "why_contact": gettext("With it our answer finds you even when you have gone."),
        "your_contact": gettext("Phone or mail"),
        "your_name": gettext("What shall we call you?"),
        "contact_unreadable": gettext("We cannot read this. Please write a phone number or a mail address."),
        "urgent": gettext("It is urgent"),
        "why_urgent": gettext("Why is it urgent?"),
        "why_urgent_missing": gettext("Please choose why, so that the right person comes first."),
        "urgent_what": gettext("You go ahead of others to somebody senior. Please only when it cannot wait."),
        "mark_urgent": gettext("Mark as urgent"),
        "urgent_reasons": {
            "money_at_risk": gettext("Money is being lost"),
            "account_stolen": gettext("My account was stolen"),
            "deadline_today": gettext("It is too late after today"),
            "safety": gettext("Somebody is in danger"),
            "other": pgettext("urgent", "Something else"),
        },
    }


def waiting() -> Words:
    """The queue, and what is said when something does not get through."""
    return {
        "in_queue": gettext("You are in the queue"),
        "queued": gettext("We are looking for somebody for you"),
        "next": gettext("You are next"),
        "ahead": gettext("{n} before you"),
        "about": gettext("about {wait}"),
        "guess": gettext("perhaps {wait}, we cannot tell exactly yet"),
        "nobody_free": gettext("nobody is free just now"),
        "nobody_here": gettext("Nobody is on duty right now. A person answers you by %(by)s.") % {"by": "{at}"},
        "wait_no_longer": gettext("Leave a message instead"),
        "call_me": gettext("Have us call instead"),
        "call_sure": gettext("Shall we call you when it is your turn?"),
        "call_number": gettext("Your phone number"),
        "calls_you": gettext("We call {number} when it is your turn"),
        "calls_keep": gettext("Your place is kept. You need not stay here."),
        "leave_sure": gettext("Wait no longer and leave a message?"),
        "leave_what": gettext("What you wrote becomes a case with a number; a person answers it."),
        "leave": gettext("Leave a message"),
        "slower": gettext("It takes longer than we thought. Sorry; your place is kept"),
        "gap": pgettext("between two parts of a sentence", ", "),
        "stay": gettext("You can go on writing; whoever comes reads it all."),
        "may_leave": gettext("You may go: we also write to {contact}."),
        "i_am_urgent": gettext("It is urgent"),
        "is_urgent": gettext("Marked as urgent; you go ahead."),
        "today": pgettext("day", "Today"),
        "by_today": pgettext("in a sentence", "today"),
        "seconds": gettext("{n} seconds"),
        "minute": gettext("1 minute"),
        "minutes": gettext("{n} minutes"),
        "offline": gettext("No network. What you wrote is still here and goes out by itself."),
        "offline_quiet": gettext("No network. You can go on writing; it goes out as soon as there is one."),
        "reconnecting": gettext("The connection broke off; we are joining again. Nothing is lost."),
        "unsigned": gettext("We could not make sure of your sign-in and go on without it. Nothing you wrote is lost."),
        "gone": gettext("This conversation cannot be opened here any more. You can start another one."),
        "not_now": gettext("That did not work just now. Please try once more."),
    }


def talking() -> Words:
    """The conversation, the box and the menu."""
    return {
        "log": gettext("What was said"),
        "you": gettext("You"),
        "agent": gettext("Agent {no}"),
        "serves": gettext("Agent {no} is here for you"),
        "typing": gettext("The other side is writing"),
        "write": gettext("Write here"),
        "send": gettext("Send"),
        "sending": gettext("Sending"),
        "sent": pgettext("message", "Delivered"),
        "read": pgettext("message", "Read"),
        "waiting": gettext("Waits for the network"),
        "not_sent": gettext("Not sent."),
        "again": gettext("Try again"),
        "discard": gettext("Throw away"),
        "new_below": gettext("New messages"),
        "attach": gettext("Picture or file"),
        "picture": gettext("Picture"),
        "uploading": gettext("{name} is on its way"),
        "file_too_large": gettext("A file may have {mb} MB at most. A shorter video or a screenshot will do."),
        "keep_file": gettext("Keep this file"),
        "sends_file": gettext("(I am sending a file)"),
        "too_long": gettext("{n} characters; one message takes {limit}. Send it in parts, or:"),
        "as_file": gettext("send it as a text file"),
        "as_file_name": gettext("my-text.txt"),
        "big": gettext("Large print"),
        "sound": gettext("Sound for new messages"),
        "record_text": gettext("Keep the record (text)"),
        "record_pdf": gettext("Keep the record (PDF)"),
        "end": gettext("End the conversation"),
        "end_sure": gettext("End the conversation?"),
        "end_what": gettext("You can come back any time; the number stays valid."),
        "no": gettext("Go back"),
    }


def ending() -> Words:
    """After the last word."""
    return {
        "ended": gettext("This conversation has ended"),
        "ended_no": gettext("Its number: {no}"),
        "next_step": gettext("Next: {step}, by {at}"),
        "rate": gettext("How was it?"),
        "ratings": [
            gettext("Very bad"), gettext("Bad"), pgettext("rating", "So-so"), gettext("Good"), gettext("Very good"),
        ],
        "rate_words": gettext("A few words, if you like"),
        "rate_send": gettext("Send the rating"),
        "thanks": gettext("Thank you. The supervisors read every rating."),
        "keep_record": gettext("Keep the record:"),
        "as_text": gettext("text"),
        "as_pdf": gettext("PDF"),
        "begin_again": gettext("Start another one"),
        "left": gettext("We have it. It is a case now"),
        "left_by": gettext("A person answers by {at}."),
        "left_keep": gettext("Keep the number and the PIN: with both you can follow it from any device."),
        "left_contact": gettext("We write to you; with the number you can ask at any time."),
        "number": gettext("Number"),
        "pin": gettext("PIN"),
        "track": gettext("See how it stands"),
    }  # fmt: skip
