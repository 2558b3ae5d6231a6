"""Which function carries out which part of a call."""

from collections.abc import Mapping

from huiyin.daemons.calls.dialling import dial
from huiyin.daemons.calls.farewell import goodbye, rate
from huiyin.daemons.calls.flow import Stage
from huiyin.daemons.calls.greeting import greet, seek_person
from huiyin.daemons.calls.keying import key_in
from huiyin.daemons.calls.leaving import book, leave_message
from huiyin.daemons.calls.moving import moved
from huiyin.daemons.calls.ringing import ring
from huiyin.daemons.calls.steps import Step
from huiyin.daemons.calls.talking import park, talk
from huiyin.daemons.calls.waiting import wait

STAGES: Mapping[Step, Stage] = {
    Step.MENU: greet,
    Step.PERSON: seek_person,
    Step.WAITING: wait,
    Step.RINGING: ring,
    Step.TALKING: talk,
    Step.KEYING: key_in,
    Step.PARKED: park,
    Step.RATING: rate,
    Step.VOICEMAIL: leave_message,
    Step.CALLBACK: book,
    Step.CHANGED: moved,
    Step.GOODBYE: goodbye,
    Step.DIALLING: dial,
}
