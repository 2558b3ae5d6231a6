"""The parts of a call, as the switchboard carries them out one after the other."""

from enum import StrEnum


class Step(StrEnum):
    MENU = "menu"
    PERSON = "person"  # something went wrong in the menu
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    KEYING = "keying"
    PARKED = "parked"
    RATING = "rating"
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    CHANGED = "changed"  # waits in the chat now
    GOODBYE = "goodbye"
    DIALLING = "dialling"
